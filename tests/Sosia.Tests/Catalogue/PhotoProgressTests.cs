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
        Assert.Equal(PhotoWork.Faces, default(PhotoProgress).WorkLeft(ByPerson));
        Assert.Equal(PhotoWork.Faces | PhotoWork.Look, default(PhotoProgress).WorkLeft(ByLookToo));
    }

    [Fact]
    public void Nothing_is_left_of_a_photo_that_was_forgotten()
    {
        var forgotten = new PhotoProgress(IsForgotten: true, HasFaces: false, HasLook: false);
        Assert.Equal(PhotoWork.None, forgotten.WorkLeft(ByLookToo));
    }

    [Theory]
    [InlineData(true, true, PhotoWork.None, PhotoWork.None)]
    [InlineData(true, false, PhotoWork.None, PhotoWork.Look)]
    [InlineData(false, true, PhotoWork.Faces, PhotoWork.Faces)]
    public void What_a_photo_has_is_not_made_again(bool hasFaces, bool hasLook, PhotoWork byPerson, PhotoWork byLookToo)
    {
        var progress = new PhotoProgress(IsForgotten: false, hasFaces, hasLook);
        Assert.Equal((byPerson, byLookToo), (progress.WorkLeft(ByPerson), progress.WorkLeft(ByLookToo)));
    }
}
