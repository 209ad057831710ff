using Sosia.Catalogue;
using Sosia.Postgres.Catalogue;
using Sosia.Postgres.Search;
using Sosia.Postgres.Tests.Search;
using Sosia.Tests;
using Sosia.Tests.Catalogue;

namespace Sosia.Postgres.Tests.Catalogue;

/// <summary>A collection that Citus spreads over shards keeps the contract. Skipped where the server has no such extension.</summary>
public sealed class CitusCatalogueContractTests : CatalogueContract, IDisposable
{
    private readonly NewCollection _collection = new(shards: 4);

    private protected override ICatalogueStore Store => _collection.Store;

    private protected override bool SeesOneMoment => false;

    private protected override Forgotten Gone(int photos, int faces, int embeddings) =>
        new(photos, faces, embeddings, Overwritten: false) { NotOverwritten = PostgresWriter.StaysBehind };

    public void Dispose() => _collection.Dispose();
}

/// <summary>And is searched as any other.</summary>
public sealed class CitusSearchTests() : DatabaseSearchTests(shards: 4);

/// <summary>What is asked of many photos is done by the shards, each on its own; what can't be is refused.</summary>
public sealed class CitusTests : IDisposable
{
    private const int Shards = 4;

    private readonly NewCollection _collection = new(Shards);
    private readonly SpaceId _space;

    public CitusTests()
    {
        _space = _collection.Space();
        using var writer = _collection.Store.OpenWriter();
        writer.Commit(_space, [.. Enumerable.Range(0, 40).Select(i => Some.Read($"/{i}.jpg", $"{i}", Some.Face(i)))]);
    }

    public void Dispose() => _collection.Dispose();

    [Fact]
    public void A_search_orders_and_cuts_in_every_shard()
    {
        using var database = new PostgresDatabase(_collection.Server);
        var vector = string.Join(',', Enumerable.Repeat("0.5", Some.Space().Dimensions));
        var which = $"TRUE ORDER BY e.row <#> '[{vector}]' LIMIT 5";
        var plan = Plan(DatabaseSearch.Statement($"embeddings_{_space}", database.Rows(SpaceKind.Faces), which));
        Assert.Contains($"Task Count: {Shards}", plan);
        var task = plan[plan.IndexOf("->  Task", StringComparison.Ordinal)..];
        Assert.Matches(@"Limit[\s\S]*Sort[\s\S]*Scan on embeddings_", task);
    }

    [Fact]
    public void What_belongs_to_a_photo_is_joined_where_it_lies()
    {
        var plan = Plan(
            """
            SELECT p.id, f.id, e.face FROM photos p JOIN faces f ON f.photo = p.id AND f.bucket = p.bucket
            JOIN embeddings e ON e.face = f.id AND e.bucket = f.bucket LEFT JOIN photo_facts x ON x.photo = p.id AND x.bucket = p.bucket
            WHERE x.photo IS NULL
            """
        );
        Assert.Contains($"Task Count: {Shards}", plan);
        Assert.DoesNotContain("Subplan", plan);
        Assert.Contains("Join", plan[plan.IndexOf("->  Task", StringComparison.Ordinal)..]);
    }

    [Fact]
    public void A_photo_with_its_bucket_is_removed_by_one_shard_and_many_by_all()
    {
        var one = Plan("DELETE FROM faces WHERE photo = 4097 AND bucket = 1");
        Assert.Contains("Task Count: 1", one);
        var many = Plan("DELETE FROM photos WHERE id = ANY('{1,2,3}')");
        Assert.Contains($"Task Count: {Shards}", many);
        Assert.DoesNotContain("Subplan", many);
    }

    [Fact]
    public void A_reader_near_is_refused_and_the_database_searches_where_nothing_is_said()
    {
        using var near = new PostgresStore(TestServer.Need(), _collection.Name) { Where = SearchPlace.Near };
        using var directory = new TemporaryDirectory();
        var options = new CollectionOptions { Directory = directory["cache"], Store = near };
        Assert.Contains("--where database", Assert.Throws<CatalogueException>(() => Collection.Open(options)).Message);
        using var usual = new PostgresStore(TestServer.Need(), _collection.Name);
        using var collection = Collection.Open(new CollectionOptions { Directory = directory["cache"], Store = usual });
        Assert.Equal(40, collection.Catalogue.Ask(reader => reader.Count().Total));
    }

    [Fact]
    public void One_that_is_there_is_not_spread_anew()
    {
        using var same = new PostgresStore(TestServer.Need(), _collection.Name);
        same.Make(Shards);
        Assert.Contains("4 shards already", Assert.Throws<CatalogueException>(() => same.Make(8)).Message);
        using var plain = new NewCollection();
        plain.Space();
        using var other = new PostgresStore(TestServer.Need(), plain.Name);
        Assert.Contains("has photos already", Assert.Throws<CatalogueException>(() => other.Make(8)).Message);
    }

    private string Plan(string sql) =>
        string.Join('\n', TestServer.Rows($"SET search_path = {_collection.Server.SearchPath}; EXPLAIN (COSTS OFF) {sql}"));
}
