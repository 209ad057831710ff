using System.Runtime.InteropServices;
using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;
using Sosia.Embeddings;
using Sosia.Maintenance;
using Sosia.Search;
using Sosia.Search.Local.Segments;

namespace Sosia.Tests.Indexing;

/// <summary>A collection and its index files: what is forgotten is in none of them.</summary>
public sealed class CollectionIndexTests : IDisposable
{
    private const int Photos = 60,
        Dimensions = 512;

    private readonly TemporaryDirectory _place = new();

    public CollectionIndexTests()
    {
        using var collection = Open();
        using var writer = new SqliteCatalogueStore(collection.Directory).OpenWriter();
        var space = writer.EnsureSpace(collection.Space);
        writer.Commit(
            space,
            [
                .. Enumerable
                    .Range(0, Photos)
                    .Select(number => Some.Read($"/photos/{number}.jpg", $"{number}", Some.Face() with { Embedding = Row(number) })),
            ]
        );
    }

    public void Dispose() => _place.Dispose();

    [Fact]
    public void A_search_makes_the_index_and_forgetting_leaves_no_byte_of_the_row_in_it()
    {
        using var collection = Open();
        Assert.Equal(7, First(collection, 7));
        collection.Maintenance.FinishIndexes(TestContext.Current.CancellationToken);
        Assert.Single(collection.Maintenance.IndexFiles(), file => file.Extension == ".index");
        Assert.Equal(2, FilesWith(Row(7)).Length); // the catalogue and the index
        using var other = Open(); // as another process, which has the file open
        Assert.Equal(7, First(other, 7));

        collection.Maintenance.Forget([PhotoOf(collection, 7)], []);
        Assert.Empty(FilesWith(Row(7)));
        foreach (var asked in new[] { collection, other })
        {
            Assert.Equal(8, First(asked, 8));
            Assert.NotEqual(7, First(asked, 9));
            asked.Maintenance.FinishIndexes(TestContext.Current.CancellationToken);
        }
        Assert.Single(collection.Maintenance.IndexFiles(), file => file.Extension == ".index");
        Assert.Empty(FilesWith(Row(7)));
        Assert.All(collection.Maintenance.VerifyIndexes(TestContext.Current.CancellationToken), index => Assert.True(index.Ok, index.Says));
    }

    [Fact]
    public async Task Photos_that_are_forgotten_at_the_same_time_are_all_forgotten_while_others_are_stored()
    {
        using var collection = Open();
        using var other = Open(); // as another process
        var gone = Enumerable.Range(0, 8).ToArray();
        var photos = Array.ConvertAll(gone, number => PhotoOf(collection, number));
        var indexer = new SqliteCatalogueStore(collection.Directory).OpenIndexer(TestContext.Current.CancellationToken);
        var space = indexer.EnsureSpace(collection.Space);
        var indexing = Task.Run(() =>
        {
            for (var number = Photos; number < 2 * Photos; number++)
                indexer.Commit(space, [Some.Read($"/photos/{number}.jpg", $"{number}", Some.Face() with { Embedding = Row(number) })]);
        });

        var receipts = await Task.WhenAll(
            gone.Select(number => Task.Run(() => (number % 2 == 0 ? collection : other).Maintenance.Forget([photos[number]], [])))
        );
        await indexing;

        Assert.All(receipts, receipt => Assert.Equal((1, true), (receipt.Removed.Photos, receipt.Removed.Overwritten)));
        Assert.Equal(2 * Photos - gone.Length, indexer.Count().Searchable);
        Assert.Empty(indexer.Verify(TestContext.Current.CancellationToken));
        indexer.Dispose(); // no test reads a file that is locked
        Assert.All(gone, number => Assert.Empty(FilesWith(Row(number))));
    }

    [Fact]
    public async Task What_is_forgotten_is_found_no_more_at_once_and_is_overwritten_in_the_background()
    {
        using var collection = Open();
        Assert.Equal(7, First(collection, 7));
        collection.Maintenance.FinishIndexes(TestContext.Current.CancellationToken);
        var photo = PhotoOf(collection, 7);

        var receipt = collection.Maintenance.BeginToForget([photo], []);
        Assert.Equal((1, false), (receipt.Removed.Photos, receipt.Removed.Overwritten));
        Assert.NotEqual(7, First(collection, 9));
        Assert.Empty(FilesWith(Row(7), "*.rows"));
        var other = collection.Maintenance.BeginToForget([PhotoOf(collection, 8)], []); // interrupts the overwriting, which is then done at once

        var overwritten = await receipt.Overwriting;
        Assert.Null(overwritten.Problem);
        Assert.InRange(overwritten.At!.Value, receipt.At, DateTimeOffset.UtcNow);
        Assert.Equal(overwritten, await other.Overwriting);
        Assert.Equal(overwritten, await collection.Maintenance.Overwriting);
        Assert.Empty(FilesWith(Row(7)));
        Assert.Empty(FilesWith(Row(8)));
        Assert.All(collection.Maintenance.VerifyIndexes(TestContext.Current.CancellationToken), index =>
            Assert.Contains("is sound", index.Says)
        );
    }

    [Fact]
    public async Task What_a_program_that_ends_has_not_overwritten_the_next_writer_overwrites()
    {
        Task<Overwritten> overwriting;
        using (var collection = Open())
        {
            using var reading = collection.Catalogue.Open();
            overwriting = collection.Maintenance.BeginToForget([PhotoOf(collection, 7)], []).Overwriting;
        }
        if ((await overwriting).Problem is { } problem)
            Assert.Contains("ended before", problem);
        new SqliteCatalogueStore(_place["collection"]).OpenWriter().Dispose();
        Assert.Empty(FilesWith(Row(7)));
    }

    [Fact]
    public async Task To_forget_waits_until_another_process_has_made_its_index()
    {
        using var collection = Open();
        var photo = PhotoOf(collection, 3);
        Assert.True(new IndexFolder(collection.Directory).Hold(TimeSpan.Zero, out var held));
        var forgetting = Task.Run(() => collection.Maintenance.Forget([photo], []));
        var path = new LocalIndexFile(collection.Directory, "one-that-was-being-made").Path;
        File.WriteAllBytes(path, MemoryMarshal.AsBytes<float>(Row(3)));
        held!.Dispose();
        Assert.Equal(1, (await forgetting).Removed.Photos);
        Assert.Empty(FilesWith(Row(3)));
    }

    [Fact]
    public void A_place_where_no_index_can_be_kept_is_not_said_to_be_in_use_by_another_process()
    {
        using var collection = Open();
        var photo = PhotoOf(collection, 3);
        File.WriteAllText(Path.Combine(collection.Directory, "indexes"), "no directory, as on a disk without room for one");
        var refused = Assert.Throws<CatalogueException>(() => collection.Maintenance.Forget([photo], []));
        Assert.Equal(CatalogueProblem.CannotWrite, refused.Problem);
        Assert.NotNull(collection.Catalogue.Ask(reader => reader.FindPhoto(photo)));
    }

    [Fact]
    public void Search_by_look_keeps_a_file_too_follows_what_comes_and_goes_and_forgets()
    {
        using var collection = Open();
        AddLooks(collection, 0, Photos);
        Assert.Equal([11, .. Alike(11, 3, Photos)], ByLook(collection, 11, 4));
        collection.Maintenance.FinishIndexes(TestContext.Current.CancellationToken);
        Assert.Single(collection.Maintenance.IndexFiles(), file => file.Extension == ".index");
        Assert.Equal(2, FilesWith(LookRow(11)).Length); // the catalogue and the index

        using var other = Open();
        AddLooks(collection, Photos, 2 * Photos);
        using (var writer = new SqliteCatalogueStore(collection.Directory).OpenWriter())
            writer.RemovePaths(["/photos/12.jpg"]);
        foreach (var asked in new[] { collection, other }) // one has the rows of before in memory, one only the file
        {
            Assert.Equal([90, .. Alike(90, 3, 2 * Photos, gone: 12)], ByLook(asked, 90, 4));
            Assert.DoesNotContain(12, ByLook(asked, 11, 2 * Photos));
            Assert.Equal(2 * Photos - 1, ByLook(asked, 11, 3 * Photos).Length);
        }

        collection.Maintenance.Forget([PhotoOf(collection, 11)], []);
        Assert.Empty(FilesWith(LookRow(11)));
        Assert.DoesNotContain(11, ByLook(collection, 13, 2 * Photos));
        collection.Maintenance.FinishIndexes(TestContext.Current.CancellationToken);
        Assert.Empty(FilesWith(LookRow(11)));
        Assert.All(collection.Maintenance.VerifyIndexes(TestContext.Current.CancellationToken), index => Assert.True(index.Ok, index.Says));
    }

    private static float[] LookRow(int number) => Row(1000 + number);

    private static SpaceInfo Looks => new(EmbedderKey.Of(RealFiles.Model("resnet-18").Entry), "resnet-18", Dimensions, SpaceKind.Photos);

    /// <summary>Gives photos a row of the whole; those that are new have no face.</summary>
    private static void AddLooks(Collection collection, int from, int to)
    {
        using var writer = new SqliteCatalogueStore(collection.Directory).OpenWriter();
        writer.Commit(writer.Spaces()[0].Id, [.. Enumerable.Range(from, to - from).Select(Looked)], writer.EnsureSpace(Looks));
    }

    private static FileOutcome Looked(int number)
    {
        var path = $"/photos/{number}.jpg";
        if (number < Photos)
            return new DetailsRead(Some.File(path), Some.Sha256($"{number}")) { Look = LookRow(number) };
        return Some.Read(path, $"{number}") with { Look = LookRow(number) };
    }

    private static int[] ByLook(Collection collection, int number, int limit)
    {
        var query = new QueryPhoto("query.jpg", "", [], -1, 1, 1, 1) { Look = new PhotoAppearance(Looks.Key, LookRow(number)) };
        return
        [
            .. collection
                .Searching.Search([query], new SearchOptions { By = SearchBy.Look, Limit = limit })
                .Matches.Select(match => int.Parse(Path.GetFileNameWithoutExtension(match.Path))),
        ];
    }

    /// <summary>The photos most like one by a scan.</summary>
    private static IEnumerable<int> Alike(int number, int count, int photos, int gone = -1) =>
        Enumerable
            .Range(0, photos)
            .Where(other => other != number && other != gone)
            .OrderByDescending(other => System.Numerics.Tensors.TensorPrimitives.Dot<float>(LookRow(number), LookRow(other)))
            .Take(count);

    private Collection Open() => Collection.Open(new CollectionOptions { Directory = _place["collection"] });

    private static float[] Row(int number)
    {
        var row = Some.Embedding(number, Dimensions);
        var length = MathF.Sqrt(row.Sum(value => value * value));
        return Array.ConvertAll(row, value => value / length);
    }

    private static PhotoId PhotoOf(Collection collection, int number) =>
        collection.Catalogue.Ask(reader => reader.FindPhotoAt($"/photos/{number}.jpg"))!.Id;

    /// <summary>The number of the photo found first for a stored row.</summary>
    private static int First(Collection collection, int number)
    {
        var query = collection.Queries.StoredPhoto(PhotoOf(collection, number))!.Query;
        return int.Parse(
            Path.GetFileNameWithoutExtension(collection.Searching.Search([query], new SearchOptions { Threshold = -1 }).Matches[0].Path)
        );
    }

    // A part from the middle: a row may have lost its head.
    private string[] FilesWith(float[] row, string pattern = "*") =>
        [
            .. Directory
                .GetFiles(_place["collection"], pattern, SearchOption.AllDirectories)
                .Where(file =>
                {
                    if (!File.Exists(file))
                        return false; // written anew meanwhile
                    using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                    var bytes = new byte[stream.Length];
                    stream.ReadExactly(bytes);
                    return bytes.AsSpan().IndexOf(MemoryMarshal.AsBytes<float>(row).Slice(1024, 24)) >= 0;
                }),
        ];
}
