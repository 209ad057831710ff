using System.Diagnostics;
using System.Security.Cryptography;
using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;
using Sosia.Faces;
using Sosia.Pictures;

namespace Sosia.Tests.Indexing;

/// <summary>The small pictures that Sosia makes: none stays of what was forgotten, and none is indexed.</summary>
public sealed class OwnPicturesTests : IDisposable
{
    private readonly TemporaryDirectory _place = new();
    private readonly IndexedFolder _folder = new();

    private static void Make(PictureCache pictures, string sha256, Box box) =>
        PictureCache.Get(pictures.OfFace(sha256, box, 160), () => [1, 2, 3], () => true);

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
        var path = here.OfFace(Some.Sha256("7"), Some.Face().Box, 160);

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
            there.Delete([Some.Sha256("7")]);
        }
    }

    [Fact, Slow]
    public async Task No_picture_of_what_is_forgotten_stays_while_another_process_makes_pictures_without_end()
    {
        const int Photos = 30,
            Kept = 6;
        Store(Photos);
        using var collection = Collection.Open(new CollectionOptions { Directory = _folder.Collection });
        var photos = collection.Catalogue.Ask(reader => reader.Photos(default, int.MaxValue));
        var faces = photos.ToDictionary(photo => photo.Id, photo => collection.Catalogue.Ask(reader => reader.FacesOf(photo.Id))[0].Id);
        using var child = ChildPictureMaker.Start(_folder.Collection);
        var made = Task.Run(() => Lines(child), TestContext.Current.CancellationToken);
        var forgotten = photos.Skip(Kept).ToList();
        while (forgotten.Exists(photo => !Has(photo)))
            await Task.Delay(10, TestContext.Current.CancellationToken);

        for (var i = 0; i < forgotten.Count; i++)
            if (i % 3 == 0)
                collection.Maintenance.Forget([], [faces[forgotten[i].Id]]); // the photo stays, without this face
            else
                collection.Maintenance.Forget([forgotten[i].Id], []);
        Assert.False(child.HasExited);
        child.StandardInput.Close();
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, child.ExitCode);
        Assert.True((await made).Count > 2 * Photos);
        Assert.All(forgotten, photo => Assert.Empty(FilesOf($"{photo.Sha256}-*", "crops")));
        Assert.All(forgotten.Where((_, i) => i % 3 != 0), photo => Assert.Empty(FilesOf($"{photo.Sha256}-*", "thumbnails")));
        Assert.All(photos.Take(Kept), photo => Assert.True(Has(photo)));

        bool Has(PhotoRow photo) =>
            FilesOf($"{photo.Sha256}-*", "thumbnails").Length > 0 && FilesOf($"{photo.Sha256}-*", "crops").Length > 0;
    }

    private void Store(int photos)
    {
        using var writer = _folder.Store.OpenWriter();
        var space = writer.EnsureSpace(Some.Space());
        var box = new Box(4, 4, 20, 20);
        writer.Commit(
            space,
            [
                .. Enumerable
                    .Range(0, photos)
                    .Select(number =>
                    {
                        var bytes = IndexedFolder.Empty(number);
                        var path = _folder.Put($"{number}.png", bytes);
                        var photo = new NewPhoto(
                            Convert.ToHexStringLower(SHA256.HashData(bytes)),
                            32,
                            32,
                            [Some.Face(number) with { Box = box }]
                        );
                        return new PhotoRead(Some.File(path), photo);
                    }),
            ]
        );
    }

    private static List<string> Lines(Process child)
    {
        var lines = new List<string>();
        while (child.StandardOutput.ReadLine() is { } line)
            lines.Add(line);
        return lines;
    }

    /// <summary>The pictures of a kind that are there, unfinished ones among them.</summary>
    private string[] FilesOf(string pattern, string kind)
    {
        var folder = Path.Combine(_folder.Collection, kind);
        return Directory.Exists(folder) ? Directory.GetFiles(folder, pattern, SearchOption.AllDirectories) : [];
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
    public void A_face_that_was_found_again_elsewhere_gets_another_picture_and_both_go_with_it()
    {
        var pictures = new PictureCache(_place.Path);
        var (before, now) = (Some.Face().Box, Some.Face().Box with { Left = -1200.4f });
        var (photo, other) = (Some.Sha256("263"), Some.Sha256("7"));
        Make(pictures, photo, before);
        Make(pictures, photo, now);
        Make(pictures, other, now);
        Assert.Equal(3, Directory.GetFiles(_place.Path, "*", SearchOption.AllDirectories).Length);
        Assert.Equal(new[] { photo, other }.Order(), pictures.Photos().Order());
        Assert.Equal(2, pictures.Delete([photo]));
        Assert.Equal([other], pictures.Photos());
    }

    [Fact]
    public void No_picture_stays_of_a_forgotten_photos_face_that_was_not_found_any_more()
    {
        using var collection = Collection.Open(new CollectionOptions { Directory = _place.Path });
        var pictures = new PictureCache(_place.Path);
        PhotoId photo;
        using (var writer = new SqliteCatalogueStore(_place.Path).OpenWriter())
        {
            var space = writer.EnsureSpace(Some.Space());
            writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face(1), Some.Face(2)), Some.Read("/p/b.jpg", "b", Some.Face(3))]);
            photo = writer.FindPhotoAt("/p/a.jpg")!.Id;
            foreach (var face in writer.Faces(default, 10))
                Make(pictures, writer.FindPhoto(face.Photo)!.Sha256, face.Box);
            var now = new Provenance(Some.Sha256("now"), "another detector");
            var again = Some.Photo("a", Some.Face(1)) with { FoundBy = now };
            writer.Commit(new IndexedSpaces(space) { FoundBy = now }, [new PhotoRead(Some.File("/p/a.jpg"), again)]);
        }
        Make(pictures, Some.Sha256("of nobody"), Some.Face(1).Box); // a process was killed while another forgot the photo
        File.WriteAllBytes(Path.Combine(_place.Path, "crops", "a-1.jpg"), [1]); // somebody's own
        Assert.Equal(3, pictures.Photos().Count);

        collection.Maintenance.Forget([photo], []);

        Assert.Equal(collection.Catalogue.Ask(reader => reader.Photos(default, 10)).Select(stored => stored.Sha256), pictures.Photos());
        Assert.True(File.Exists(Path.Combine(_place.Path, "crops", "a-1.jpg")));
    }

    [Fact]
    public void Pictures_of_faces_by_number_as_earlier_versions_kept_them_are_deleted()
    {
        var crops = Path.Combine(_place.Path, "crops");
        foreach (var name in (string[])["07/7-1,2,3,4-160.webp", "08/8-160.webp", "08/my 2024-12.webp", "mine/9-160.webp"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(crops, name))!);
            File.WriteAllBytes(Path.Combine(crops, name), [1, 2, 3]);
        }
        using var collection = Collection.Open(new CollectionOptions { Directory = _place.Path });
        Assert.Equal(
            ["08/my 2024-12.webp", "mine/9-160.webp"], // somebody's own
            Directory.GetFiles(crops, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(crops, file)).Order()
        );
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
