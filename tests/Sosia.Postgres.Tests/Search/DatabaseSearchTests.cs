using Microsoft.Extensions.Logging.Abstractions;
using Sosia.Catalogue;
using Sosia.Postgres.Search;
using Sosia.Search.Local;
using Sosia.Search.Ranking;
using Sosia.Tests;

namespace Sosia.Postgres.Tests.Search;

/// <summary>A search in the database gives what a search near the reader gives; one by HNSW uses the index, and finds nearly all.</summary>
public class DatabaseSearchTests : IDisposable
{
    private const int Photos = 1500,
        Dimensions = 32;

    private static readonly SpaceInfo Space = Some.Space("search", Dimensions);
    private static readonly SpaceName Name = new(Space.Key, Space.Model);

    private readonly TemporaryDirectory _directory = new();
    private readonly NewCollection _collection;
    private readonly LocalVectorStore _near;
    private readonly SpaceId _space;

    public DatabaseSearchTests()
        : this(shards: null) { }

    protected DatabaseSearchTests(int? shards)
    {
        _collection = new NewCollection(shards);
        using var writer = _collection.Store.OpenWriter();
        _space = writer.EnsureSpace(Space);
        foreach (var batch in Enumerable.Range(0, Photos).Chunk(100))
            writer.Commit(_space, [.. batch.Select(i => Some.Read($"/p{i % 3}/{i}.jpg", $"{i}", Face(i, 1), Face(i, 2)))]);
        _near = new LocalVectorStore(_directory["near"], _collection.Store.OpenReader, NullLogger.Instance);
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _near.Dispose();
        _collection.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task The_nearest_rows_are_the_same_with_equal_ones_in_the_same_order()
    {
        foreach (
            var filter in new[]
            {
                null,
                new PhotoFilter { Under = ["/p1"] },
            }
        )
        foreach (var least in new[] { float.NegativeInfinity, 0.3f })
            await Compare(async search =>
            {
                var only = filter is null ? null : search.Filter(filter);
                var found = await search.NearestAsync([Unit(-1), Unit(3), Unit(4)], 25, only, least);
                return found.SelectMany(hits => hits).ToList();
            });
    }

    [Fact]
    public async Task What_lies_above_a_score_and_before_a_photo_is_the_same()
    {
        using var reader = _collection.Store.OpenReader();
        var photo = reader.FindPhotoAt("/p0/33.jpg")!.Id;
        await Compare(async search =>
        {
            var above = new List<VectorHit>();
            await foreach (var hit in search.AboveAsync(Unit(33), 0.25f))
                above.Add(hit);
            var before = await search.CountBeforeAsync([Unit(5), Unit(33)], photo, 0.2f);
            above.Add(new VectorHit(photo, before, search.Count));
            return [.. above.OrderBy(hit => hit.Owner).ThenBy(hit => hit.Score)];
        });
    }

    [Fact]
    public async Task The_vectors_of_faces_are_the_same_and_null_for_those_that_have_none()
    {
        using var reader = _collection.Store.OpenReader();
        var faces = reader.FacesOf(reader.FindPhotoAt("/p1/4.jpg")!.Id);
        long[] owners = [faces[1].Id.Value, 12345, faces[0].Id.Value];
        var near = await Ask(_near, search => search.VectorsAsync(owners));
        var database = await Ask(Database(), search => search.VectorsAsync(owners));
        Assert.Equal(near.Select(row => row?.ToArray()), database.Select(row => row?.ToArray()));
        Assert.Null(database[1]);
    }

    [Fact]
    public async Task Hnsw_is_used_where_it_is_asked_for_and_finds_nearly_all()
    {
        using var reader = _collection.Store.OpenReader();
        Hnsw.Make(_collection.Server, new NamedSpace(_space, Space));
        Hnsw.Make(_collection.Server, new NamedSpace(_space, Space)); // again: it takes the place of the other
        var (found, wanted) = (0, 0);
        for (var query = 0; query < 30; query++)
        {
            var vector = Unit(-query - 100);
            var exact = await Ask(_near, search => search.NearestAsync([vector], 20));
            var near = await Ask(Database(isApproximate: true), search => search.NearestAsync([vector], 20));
            found += near[0].Select(hit => hit.Owner).Intersect(exact[0].Select(hit => hit.Owner)).Count();
            wanted += 20;
        }
        Assert.True(found >= 0.95 * wanted, $"{found} of {wanted} were found.");
        if (_collection.Store.Shards is not null)
            return; // the plan is that of the coordinator, which has no rows
        Assert.Contains("hnsw", Plan($"({Hnsw.Expression(Dimensions)})"));
        Assert.DoesNotContain("hnsw", Plan("e.row"));
    }

    private string Plan(string row)
    {
        var text = $"[{string.Join(',', Unit(1).Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture)))}]";
        return $"{TestServer.Run($"SET enable_seqscan = off; EXPLAIN (FORMAT JSON) SELECT face FROM {_collection.Server.Schema}.embeddings_{_space} e ORDER BY {row} <#> '{text}' LIMIT 5")}";
    }

    private async Task Compare(Func<IVectorSearch, Task<List<VectorHit>>> question)
    {
        var near = await Ask(_near, search => new ValueTask<List<VectorHit>>(question(search)));
        var database = await Ask(Database(), search => new ValueTask<List<VectorHit>>(question(search)));
        Assert.NotEmpty(near);
        Assert.Equal(near, database);
    }

    private DatabaseVectorStore Database(bool isApproximate = false) => new(_collection.Server, isApproximate);

    private async Task<T> Ask<T>(IVectorStore vectors, Func<IVectorSearch, ValueTask<T>> question)
    {
        using var reader = _collection.Store.OpenReader();
        return await vectors.AskAsync(Name, reader, question);
    }

    /// <summary>Every tenth photo has the rows of the one before it.</summary>
    private NewFace Face(int photo, int number) =>
        Some.Face(number) with
        {
            Embedding = Unit((photo % 10 == 9 ? photo - 1 : photo) * number),
        };

    private static float[] Unit(int seed)
    {
        var random = new Random(seed);
        var row = Enumerable.Range(0, Dimensions).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray();
        var length = MathF.Sqrt(row.Sum(number => number * number));
        return [.. row.Select(number => number / length)];
    }
}
