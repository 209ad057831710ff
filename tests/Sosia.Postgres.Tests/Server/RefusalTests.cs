using Npgsql;
using Sosia.Catalogue;
using Sosia.Postgres.Search;
using Sosia.Tests;

namespace Sosia.Postgres.Tests.Server;

/// <summary>What can't be opened is refused in one sentence, which never tells the password.</summary>
public sealed class RefusalTests
{
    private const string Password = "open-sesame-17";

    private static readonly string Role = $"sosia_test_{Guid.NewGuid():N}";

    [Theory]
    [InlineData("Hots=db;Database=photos", "there is no setting 'Hots'")]
    [InlineData("Host=db;Database=photos;Port=many", "the value of 'Port' can't be read")]
    [InlineData("Host=db", "it names no database")]
    [InlineData("Database=photos", "it names no host")]
    [InlineData("photos", "a part of it has no '='")]
    public void A_connection_string_with_a_mistake_names_the_mistake(string text, string what)
    {
        var refused = Assert.Throws<CatalogueException>(() => new PostgresStore($"{text};Password={Password}"));
        Assert.Contains(what, refused.Message);
        Assert.DoesNotContain(Password, refused.Message);
    }

    [Fact]
    public void A_name_that_is_too_long_for_the_database_is_refused() =>
        Assert.Contains(
            "63 bytes",
            Assert.Throws<ArgumentException>(() => new PostgresStore("Host=db;Database=x", new string('x', 64))).Message
        );

    [Fact]
    public void A_wrong_password_is_told_without_it() =>
        Refused(With(settings => settings.Password = Password), CatalogueProblem.Unavailable, "refuses the user");

    [Fact]
    public void A_database_that_is_not_there_is_named() =>
        Refused(With(settings => settings.Database = "no such place"), CatalogueProblem.Unavailable, "has no database no such place");

    [Fact]
    public void A_server_that_is_not_there_is_named() =>
        Refused(With(settings => settings.Port = 1), CatalogueProblem.Unavailable, "can't be reached");

    [Fact]
    public void A_collection_that_is_not_there_is_missing() =>
        Refused(TestServer.Need(), CatalogueProblem.Missing, "There is no collection");

    [Fact]
    public void A_user_who_may_not_make_a_collection_is_told_so()
    {
        TestServer.Run($"CREATE ROLE {Role} LOGIN PASSWORD '{Password}'");
        try
        {
            using var store = Of(With(settings => (settings.Username, settings.Password) = (Role, Password)));
            var refused = Assert.Throws<CatalogueException>(() => store.Make());
            Assert.Contains($"The user {Role} lacks a right", refused.Message);
            var check = store.Check();
            Assert.Contains(check, one => !one.Ok && one.Says.Contains("must grant CREATE", StringComparison.Ordinal));
            TestServer.Run($"ALTER ROLE {Role} CONNECTION LIMIT 0");
            using var full = Of(With(settings => (settings.Username, settings.Password) = (Role, Password)));
            Assert.Contains("takes no more connections", Assert.Throws<CatalogueException>(() => full.Make()).Message);
        }
        finally
        {
            TestServer.Run($"DROP ROLE {Role}");
        }
    }

    [Fact]
    public void A_database_without_pgvector_is_told_what_to_install()
    {
        var database = $"sosia_test_{Guid.NewGuid():N}";
        var role = $"{Role}_2";
        TestServer.Run($"CREATE ROLE {role} LOGIN PASSWORD '{Password}'");
        TestServer.Run($"CREATE DATABASE {database} OWNER {role} TEMPLATE template0");
        try
        {
            using var store = Of(With(settings => (settings.Database, settings.Username, settings.Password) = (database, role, Password)));
            Assert.Contains("CREATE EXTENSION vector", Assert.Throws<CatalogueException>(() => store.Make()).Message);
        }
        finally
        {
            TestServer.Run($"DROP DATABASE {database} WITH (FORCE)");
            TestServer.Run($"DROP ROLE {role}");
        }
    }

    [Fact]
    public void A_pgvector_that_is_too_old_is_to_be_updated()
    {
        var database = $"sosia_test_{Guid.NewGuid():N}";
        TestServer.Run($"CREATE DATABASE {database} TEMPLATE template0");
        try
        {
            var there = With(settings => settings.Database = database);
            using (var connection = new NpgsqlConnection(there))
            {
                connection.Open();
                using var old = new NpgsqlCommand("CREATE EXTENSION vector; UPDATE pg_extension SET extversion = '0.5.1'", connection);
                old.ExecuteNonQuery();
            }
            using var store = Of(there);
            Assert.Contains("ALTER EXTENSION vector UPDATE", Assert.Throws<CatalogueException>(() => store.Make()).Message);
        }
        finally
        {
            TestServer.Run($"DROP DATABASE {database} WITH (FORCE)");
        }
    }

    [Fact]
    public void Shards_without_citus_are_refused()
    {
        Assert.SkipUnless(TestServer.Run("SELECT 1 FROM pg_extension WHERE extname = 'citus'") is null, "This server has Citus.");
        using var store = Of(TestServer.Need());
        Assert.Contains("has not the extension citus", Assert.Throws<CatalogueException>(() => store.Make(4)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => store.Make(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => store.Make(5000));
    }

    [Fact]
    public void A_collection_of_a_newer_version_is_left_as_it_is()
    {
        using var collection = new NewCollection();
        collection.Space();
        TestServer.Run($"UPDATE {collection.Server.Schema}.schema_version SET version = 99");
        foreach (var open in new Action[] { () => collection.Another().OpenReader(), () => collection.Another().OpenWriter() })
        {
            var refused = Assert.Throws<CatalogueException>(open);
            Assert.Equal(CatalogueProblem.TooNew, refused.Problem);
            Assert.Contains("schema 99", refused.Message);
        }
    }

    [Fact]
    public async Task Of_two_who_make_a_collection_at_once_both_find_it_made()
    {
        using var collection = new NewCollection();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => collection.Another().OpenWriter().Dispose())));
        using var reader = collection.Store.OpenReader();
        Assert.Empty(reader.Verify());
    }

    [Fact]
    public async Task Of_two_who_make_the_first_collections_of_a_database_neither_stumbles_over_the_other()
    {
        var database = $"sosia_test_{Guid.NewGuid():N}";
        TestServer.Run($"CREATE DATABASE {database} TEMPLATE template0");
        try
        {
            var stores = Enumerable.Range(0, 4).Select(_ => Of(With(settings => settings.Database = database))).ToList();
            await Task.WhenAll(stores.Select(store => Task.Run(() => store.Make())));
            stores.ForEach(store => store.Dispose());
        }
        finally
        {
            TestServer.Run($"DROP DATABASE {database} WITH (FORCE)");
        }
    }

    [Fact]
    public void Hnsw_of_too_many_dimensions_is_refused_and_exact_search_is_named_instead()
    {
        using var collection = new NewCollection();
        using var writer = collection.Store.OpenWriter();
        var info = Some.Space("long", 2001);
        var space = new NamedSpace(writer.EnsureSpace(info), info);
        Assert.Contains("2,000 dimensions at most", Assert.Throws<CatalogueException>(() => Hnsw.Make(collection.Server, space)).Message);
    }

    private static void Refused(string connection, CatalogueProblem problem, string says)
    {
        using var store = Of(connection);
        var refused = Assert.Throws<CatalogueException>(() => store.Catalogue.OpenReader());
        Assert.Equal(problem, refused.Problem);
        Assert.Contains(says, refused.Message);
        Assert.DoesNotContain(Password, refused.Message);
        Assert.DoesNotContain(new NpgsqlConnectionStringBuilder(TestServer.Need()).Password!, refused.Message);
    }

    private static PostgresStore Of(string connection) => new(connection, TestServer.NewName());

    private static string With(Action<NpgsqlConnectionStringBuilder> change)
    {
        var settings = new NpgsqlConnectionStringBuilder(TestServer.Need());
        change(settings);
        return settings.ConnectionString;
    }
}
