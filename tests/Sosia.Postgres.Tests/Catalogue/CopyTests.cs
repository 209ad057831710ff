using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;
using Sosia.Faces;
using Sosia.Tests;

namespace Sosia.Postgres.Tests.Catalogue;

/// <summary>A catalogue moves between stores either way, with all that it holds.</summary>
public sealed class CopyTests : IDisposable
{
    private const int Descriptor = 3;

    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryDirectory _directory = new();
    private readonly NewCollection _database = new();

    public void Dispose()
    {
        _database.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void From_a_directory_to_a_database_and_back_nothing_is_lost()
    {
        var first = new SqliteCatalogueStore(_directory["first"]);
        Fill(first);
        Copy(first, _database.Store);
        var last = new SqliteCatalogueStore(_directory["last"]);
        Copy(_database.Store, last);
        Same(first, _database.Store);
        Same(first, last);
    }

    [Fact]
    public void A_copy_that_was_interrupted_goes_on_and_loses_what_is_gone_from_the_collection()
    {
        var source = new SqliteCatalogueStore(_directory["first"]);
        Fill(source);
        using (var cancelled = new CancellationTokenSource())
            Assert.ThrowsAny<OperationCanceledException>(() =>
                Copy(source, _database.Store, new CancelAfterOne(cancelled), cancellation: cancelled.Token)
            );
        using (var writer = source.OpenWriter())
            writer.RemovePaths(["/p/0.jpg"]);
        var refused = Assert.Throws<CatalogueException>(() => Copy(source, _database.Store));
        Assert.Contains("--resume", refused.Message);
        Copy(source, _database.Store, resume: true);
        Same(source, _database.Store);
    }

    [Fact]
    public async Task A_collection_is_copied_while_others_write_to_it()
    {
        var source = new SqliteCatalogueStore(_directory["first"]);
        Fill(source);
        var writing = Task.Run(() =>
        {
            using var writer = source.OpenWriter();
            var space = writer.EnsureSpace(Some.Space());
            for (var i = 0; i < 30; i++)
            {
                writer.Commit(space, [Some.Read($"/late/{i}.jpg", $"late {i}", Some.Face(i))]);
                writer.RemovePaths([$"/late/{i - 3}.jpg"]);
            }
        });
        Copy(source, _database.Store);
        await writing;
        Copy(source, _database.Store, resume: true);
        Same(source, _database.Store);
    }

    private static void Copy(
        ICatalogueStore from,
        ICatalogueStore to,
        IProgress<CopyProgress>? progress = null,
        bool resume = false,
        CancellationToken cancellation = default
    )
    {
        using var reader = from.OpenReader();
        using var writer = to.OpenWriter();
        writer.CopyFrom(reader, resume, Descriptor, progress, cancellation);
        Assert.Empty(writer.Verify(CancellationToken.None));
    }

    /// <summary>Something of all that a catalogue can hold.</summary>
    private static void Fill(ICatalogueStore store)
    {
        using var writer = store.OpenWriter();
        SpaceId faces = writer.EnsureSpace(Some.Space()),
            others = writer.EnsureSpace(Some.Space("model-b")),
            look = writer.EnsureSpace(Some.LookSpace());
        writer.Commit(
            new IndexedSpaces(faces, look) { DescriptorVersion = Descriptor },
            [
                .. Enumerable
                    .Range(0, 150)
                    .Select(i =>
                        Some.Read($"/p/{i}.jpg", $"{i}", Some.Face(i + 1), Some.Face(i + 2, good: i % 3 > 0)) with
                        {
                            Look = i % 5 == 0 ? [] : Some.Look(i),
                        }
                    ),
                Some.Copy("/q/copy.jpg", "1"),
                Some.Failed("/p/broken.jpg"),
            ]
        );
        writer.Commit(others, [Some.Read("/p/2.jpg", "2", Some.Face(3), Some.Face(4))]);
        writer.Announce([Some.File("/p/waiting.jpg"), Some.File("/p/3.jpg", bytes: 77)]);
        writer.Commit(faces, [Some.Failed("/p/4.jpg")]);

        var person = writer.ReservePerson();
        var place = new FacePlace(Some.Sha256("5"), Some.Face(6).Box);
        writer.Say(ChangeKind.Name, [new PersonNamed(person, "Ada"), new FaceJudged(person, place, Verdict.Is)], Noon);
        writer.Say(ChangeKind.Rename, [new PersonNamed(person, "Ada Lovelace")], Noon);
        var search = writer.ReserveCase();
        writer.Say(
            ChangeKind.Case,
            [
                new CaseDescribed(search, new CaseDetails("missing", "to be found")),
                new CaseFaceJudged(search, new FacePlace(Some.Sha256("elsewhere"), new Box(1, 2, 30, 40)), CaseRole.For)
                {
                    Outside = new OutsideFace(Some.Space().Key, Some.Embedding(9), "/elsewhere.jpg"),
                },
            ],
            Noon
        );
        writer.NoteShown(search, [Some.Sha256("7")]);
        writer.Forget([writer.FindPhotoAt("/p/8.jpg")!.Id], [writer.FacesOf(writer.FindPhotoAt("/p/9.jpg")!.Id)[0].Id]);
    }

    private static void Same(ICatalogueStore one, ICatalogueStore other)
    {
        using ICatalogueReader first = one.OpenReader(),
            second = other.OpenReader();
        Assert.Equal(first.Count(), second.Count());
        Assert.Equal(first.CountFaces(), second.CountFaces());
        Assert.Equal(first.Spaces().Select(space => (space.Space, space.Rows)), second.Spaces().Select(space => (space.Space, space.Rows)));
        Assert.Equal(
            first.FilesUnder("/").Select(file => file.Value).OrderBy(file => file.File.Path, StringComparer.Ordinal),
            second.FilesUnder("/").Select(file => file.Value).OrderBy(file => file.File.Path, StringComparer.Ordinal)
        );
        Assert.Equal(first.ReadPeople(), second.ReadPeople());
        Assert.Equal(first.ReadJournal(null, 100), second.ReadJournal(null, 100));
        Assert.Equal(first.ReadCases(), second.ReadCases());
        foreach (var row in first.ReadCases())
        {
            Assert.Equal(first.ReadShown(row.Id).Order(), second.ReadShown(row.Id).Order());
            CaseFace faceOne = Assert.Single(first.ReadCaseFaces(row.Id, Some.Space().Key)),
                faceTwo = Assert.Single(second.ReadCaseFaces(row.Id, Some.Space().Key));
            Assert.Equal((faceOne.Place, faceOne.Role), (faceTwo.Place, faceTwo.Role));
            Assert.Equal(faceOne.Outside!.Row, faceTwo.Outside!.Row);
        }
        foreach (var photo in first.Photos(default, 1000))
        {
            var same = second.FindPhoto(photo.Sha256)!;
            Assert.Equal((photo.State, photo.Width, photo.Taken), (same.State, same.Width, same.Taken));
            Assert.Equal(photo.Paths, same.Paths);
            Assert.Equal(
                first.FacesOf(photo.Id).Select(face => (face.Box, face.Landmarks, face.Quality, face.HasEmbedding)),
                second.FacesOf(same.Id).Select(face => (face.Box, face.Landmarks, face.Quality, face.HasEmbedding))
            );
        }
        var verdict = Assert.Single(second.ReadVerdicts());
        Assert.Equal("5", verdict.Face is null ? "" : "5");
        var space = second.Spaces()[0].Id;
        Assert.True(second.ProgressOf(Some.Sha256("8"), new(space)).IsForgotten);
        // A forgotten face does not come back to the copy either.
        using var writer = other.OpenWriter();
        var before = writer.FacesOf(writer.FindPhotoAt("/p/9.jpg")!.Id).Count;
        writer.RemovePaths(["/p/9.jpg"]);
        writer.Commit(space, [Some.Read("/p/9.jpg", "9", Some.Face(10), Some.Face(11))]);
        Assert.Equal(before, writer.FacesOf(writer.FindPhotoAt("/p/9.jpg")!.Id).Count);
    }

    private sealed class CancelAfterOne(CancellationTokenSource cancelled) : IProgress<CopyProgress>
    {
        public void Report(CopyProgress value) => cancelled.Cancel();
    }
}
