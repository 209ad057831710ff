using Sosia.Catalogue;

namespace Sosia.Tests.Catalogue;

/// <summary>What a run has left to make of a photo.</summary>
public class PhotoProgressTests
{
    private static readonly IndexedSpaces ByPerson = new(new SpaceId(1));
    private static readonly IndexedSpaces ByLookToo = new(new SpaceId(1), new SpaceId(2));

    [Fact]
    public void All_is_left_of_a_photo_that_was_never_seen()
    {
        Assert.Equal(PhotoWork.Faces | PhotoWork.Facts | PhotoWork.Descriptor, default(PhotoProgress).WorkLeft(ByPerson));
        Assert.Equal(PhotoWork.Faces | PhotoWork.Look | PhotoWork.Facts | PhotoWork.Descriptor, default(PhotoProgress).WorkLeft(ByLookToo));
    }

    [Fact]
    public void Nothing_is_left_of_a_photo_that_was_forgotten()
    {
        var forgotten = new PhotoProgress(IsForgotten: true, HasFaces: false, HasLook: false);
        Assert.Equal(PhotoWork.None, forgotten.WorkLeft(ByLookToo));
    }

    [Theory]
    [InlineData(true, true, true, true, PhotoWork.None, PhotoWork.None)]
    [InlineData(true, false, true, true, PhotoWork.None, PhotoWork.Look)]
    [InlineData(false, true, true, true, PhotoWork.Faces, PhotoWork.Faces)]
    [InlineData(true, true, false, true, PhotoWork.Facts, PhotoWork.Facts)]
    [InlineData(true, true, true, false, PhotoWork.Descriptor, PhotoWork.Descriptor)]
    public void What_a_photo_has_is_not_made_again(
        bool hasFaces,
        bool hasLook,
        bool hasFacts,
        bool hasDescriptor,
        PhotoWork byPerson,
        PhotoWork byLookToo
    )
    {
        var progress = new PhotoProgress(IsForgotten: false, hasFaces, hasLook) { HasFacts = hasFacts, HasDescriptor = hasDescriptor };
        Assert.Equal((byPerson, byLookToo), (progress.WorkLeft(ByPerson), progress.WorkLeft(ByLookToo)));
    }
}
