using Sosia.Pictures;

namespace Sosia.Tests.Indexing;

/// <summary>The small pictures that Sosia makes: none stays of what was forgotten, and none is indexed.</summary>
public sealed class OwnPicturesTests : IDisposable
{
    private readonly TemporaryDirectory _place = new();
    private readonly IndexedFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _place.Dispose();
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(2)]
    public void A_picture_that_is_being_made_while_another_process_forgets_its_face_does_not_stay(int checksBefore)
    {
        var (here, there) = (new PictureCache(_place.Path), new PictureCache(_place.Path));
        var (stored, checks) = (true, 0);
        var path = here.OfFace(7, 160);

        PictureCache.Get(
            path,
            () => [1, 2, 3],
            () =>
            {
                // The other process commits and deletes right after this one has looked, the given number of looks later.
                var answer = stored;
                if (checks++ == checksBefore)
                    Forget();
                return answer;
            }
        );
        if (stored)
            Forget();

        Assert.Empty(Directory.GetFiles(_place.Path, "*", SearchOption.AllDirectories));

        void Forget()
        {
            stored = false;
            there.Delete([], [7]);
        }
    }

    [Fact]
    public void A_picture_of_what_is_still_stored_is_kept()
    {
        var pictures = new PictureCache(_place.Path);
        var path = pictures.OfPhoto(Some.Sha256("a"), 320);
        PictureCache.Get(path, () => [1, 2, 3], () => true);
        Assert.Equal([1, 2, 3], PictureCache.Get(path, () => throw new InvalidOperationException("It was made before."), () => true));
    }

    [Fact]
    public void The_collections_own_directory_below_a_folder_is_never_indexed()
    {
        _folder.Put("a.jpg", IndexedFolder.Person(0));
        _folder.Collection = _folder["sosia"];
        _folder.Put("sosia/crops/07/7-160.jpg", IndexedFolder.Person(1));
        _folder.Put("sosia/elsewhere.png", IndexedFolder.Empty(1));

        Assert.Equal((1, 1), (_folder.Index().Photos, _folder.Counts.Total));
    }

    [Fact]
    public void Pictures_that_were_indexed_before_are_removed_whatever_their_share()
    {
        _folder.Collection = _folder["sosia"];
        _folder.Put("a.jpg", IndexedFolder.Person(0));
        var crops = Enumerable
            .Range(1, 3)
            .Select(person => _folder.Put($"sosia/crops/0{person}/{person}-160.jpg", IndexedFolder.Person(person)))
            .ToArray();
        using (var writer = _folder.Store.OpenWriter())
            writer.Commit(writer.EnsureSpace(Some.Space()), [.. crops.Select(path => Some.Read(path, path))]);

        var summary = _folder.Index();

        Assert.Equal((3, null), (summary.Removed, summary.Kept));
        Assert.Equal(1, _folder.Counts.Total);
    }

    [Fact]
    public void Photos_beside_the_catalogue_are_indexed_when_the_collections_directory_is_named()
    {
        _folder.Collection = _folder.Folder;
        _folder.Put("a.jpg", IndexedFolder.Person(0));
        _folder.Put("crops/07/7-160.webp", IndexedFolder.Empty(1));
        _folder.Put("thumbnails/07/7.webp", IndexedFolder.Empty(2));
        _folder.Index();
        Assert.Equal(1, _folder.Counts.Total);
    }
}
