using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;
using Sosia.Embeddings;
using Sosia.Search;
using Sosia.Search.Calibrating;
using Sosia.Search.Local.Segments;
using Sosia.Search.Ranking;
using Sosia.Tests.Search.Local;
using Sosia.Vectors;

namespace Sosia.Tests.Indexing;

/// <summary>A collection that was made when a space of faces was named by its embedder alone.</summary>
public sealed class FormerCollectionTests : IDisposable
{
    private const int Photos = 40,
        Dimensions = 512;

    private readonly TemporaryDirectory _place = new();
    private readonly string _former = EmbedderKey.Of(RealFiles.Model("face-512").Entry);
    private readonly (string Path, float Score)[] _found;

    public FormerCollectionTests()
    {
        using var collection = Open();
        using (var writer = Store.OpenWriter())
        {
            writer.Commit(
                writer.EnsureSpace(collection.Space),
                [.. Enumerable.Range(0, Photos).Select(n => Some.Read($"/photos/{n}.jpg", $"{n}", Face(n)))]
            );
            var looks = writer.EnsureSpace(Looks);
            writer.Commit(
                writer.Spaces()[0].Id,
                [new DetailsRead(Some.File("/photos/0.jpg"), Some.Sha256("0")) { Look = Row(900) }],
                looks
            );
        }
        _found = Found(collection);
        Assert.Equal(Photos, _found.Length);
        collection.Maintenance.FinishIndexes();
        WriteFormerIndex(collection);
        VersionEight.Restore(Store.File, collection.Space.Key, _former);
        var (keys, version) = VersionEight.Read(Store.File);
        Assert.Equal([_former, Looks.Key], keys);
        Assert.Equal(8, version);
    }

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Its_rows_are_found_under_the_key_of_the_pipeline_that_made_them()
    {
        using var collection = Open();
        using var reader = collection.Catalogue.Open();
        Assert.Equal([(collection.Space, Photos), (Looks, 1)], reader.Spaces().Select(space => (space.Space, (int)space.Rows)));
        Assert.NotEqual(_former, collection.Space.Key);
        Assert.Equal(Photos, reader.ReadEmbeddings(reader.Spaces()[0].Id).Count);
        Assert.True(reader.ProgressOf(Some.Sha256("7"), new(reader.Spaces()[0].Id)).HasFaces);
        Assert.Equal([new(null, Photos)], reader.CountByProvenance(reader.Spaces()[0].Id)); // nobody wrote that down
        Assert.Empty(reader.Verify());
    }

    [Fact]
    public void A_search_finds_what_it_found_and_the_former_index_is_not_used_but_deleted()
    {
        using var collection = Open();
        Assert.Equal(_former + ".index", Assert.Single(collection.Maintenance.IndexFiles(), file => file.Extension == ".index").Name);

        Assert.Equal(_found, Found(collection));
        collection.Maintenance.FinishIndexes(TestContext.Current.CancellationToken);
        Assert.Equal(
            collection.Space.Key + ".index",
            Assert.Single(collection.Maintenance.IndexFiles(), file => file.Extension == ".index").Name
        );
        Assert.Equal(_found, Found(collection));
        using var again = Open();
        Assert.Equal(_found, Found(again));
        Assert.All(again.Maintenance.VerifyIndexes(TestContext.Current.CancellationToken), index => Assert.True(index.Ok, index.Says));
    }

    [Fact]
    public void A_calibration_of_then_says_what_scores_mean_now()
    {
        var model = RealFiles.Model("face-512");
        using var collection = Open();
        var text = File.ReadAllText(model.CalibrationPath!);
        var now = Calibration.Parse(text, collection.Space.Key);
        var former = Calibration.Parse((now with { SpaceKey = _former }).ToJson(), collection.Space.Key);

        Assert.NotEqual(_former, now.SpaceKey);
        Assert.Equal(now.SpaceKey, former.SpaceKey);
        Assert.Equal(now.Threshold(ScoringRule.Plain, 1), former.Threshold(ScoringRule.Plain, 1));
        var elsewhere = (now with { SpaceKey = Looks.Key }).ToJson();
        var other = Assert.Throws<ArgumentException>(() => Calibration.Parse(elsewhere, collection.Space.Key));
        Assert.Contains("belongs to another space", other.Message);
    }

    private static SpaceInfo Looks => new(EmbedderKey.Of(RealFiles.Model("resnet-18").Entry), "resnet-18", Dimensions, SpaceKind.Photos);

    private SqliteCatalogueStore Store => new(_place["collection"]);

    private Collection Open() => Collection.Open(new CollectionOptions { Directory = _place["collection"] });

    private static NewFace Face(int number) => Some.Face() with { Embedding = Row(number) };

    private static float[] Row(int number)
    {
        var row = Some.Embedding(number, Dimensions);
        var length = MathF.Sqrt(row.Sum(value => value * value));
        return Array.ConvertAll(row, value => value / length);
    }

    /// <summary>All photos by their likeness to one of them, with their scores.</summary>
    private static (string Path, float Score)[] Found(Collection collection)
    {
        var query = collection.Queries.StoredPhoto(collection.Catalogue.Ask(reader => reader.FindPhotoAt("/photos/7.jpg"))!.Id)!.Query;
        var matches = collection.Searching.Search([query], new SearchOptions { Threshold = -1, Limit = Photos }).Matches;
        return [.. matches.Select(match => (match.Path, match.Score))];
    }

    /// <summary>The index file of then, with rows that would give other answers.</summary>
    private void WriteFormerIndex(Collection collection)
    {
        new IndexFolder(collection.Directory).DeleteAll();
        using var reader = collection.Catalogue.Open();
        var table = reader.ReadEmbeddings(reader.Spaces()[0].Id);
        var rows = new RowTable(Dimensions);
        for (var row = 0; row < table.Count; row++)
            rows.Append(Row(500 + row));
        var turned = table with { Rows = rows.Snapshot() };
        new LocalIndexFile(collection.Directory, _former).Write(turned, reader.Identity);
    }
}
