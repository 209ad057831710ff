using Sosia.Postgres.Tests;

namespace Sosia.Cli.Tests;

/// <summary>The same commands on a collection in a database; workers; moving a collection there and back.</summary>
[Slow]
public sealed class StoreTests : IDisposable
{
    private readonly SosiaProgram _sosia = new();
    private readonly string _name = TestServer.NewName();

    public StoreTests() => _sosia.Environment["SOSIA_STORE"] = TestServer.Need();

    public void Dispose()
    {
        TestServer.Drop(_name);
        _sosia.Dispose();
    }

    [Fact]
    public void A_collection_in_a_database_answers_as_one_in_a_directory()
    {
        _sosia.PutMany(8);
        _sosia.Put("broken.jpg", [0xFF, 0xD8, 1, 2, 3]);
        var again = _sosia.Put("again.jpg", Portraits.Again(1));
        Assert.Equal(10, Run("status").Code); // no such collection yet
        Assert.Equal(3, Run("index", _sosia.Photos).Code);

        var status = Run("status", "--json").Json;
        Assert.Equal(9, status.GetProperty("photos").GetProperty("searchable").GetInt32());
        Assert.Equal(1, status.GetProperty("photos").GetProperty("unreadable").GetInt32());
        Assert.Equal("postgres", status.GetProperty("store").GetProperty("kind").GetString());
        Assert.Equal(0, status.GetProperty("queue").GetProperty("waiting").GetInt32());

        var near = Run("search", again, "--json");
        var database = Run("search", again, "--json", "--where", "database");
        Assert.Equal(0, near.Code);
        Assert.Equal(Found(near), Found(database));
        Assert.NotEmpty(Found(near));
        _sosia.Environment["SOSIA_STORE"] = null;
        Assert.Equal(3, _sosia.Run("index", _sosia.Photos).Code);
        Assert.Equal(Found(near), Found(_sosia.Run("search", again, "--json")));
        _sosia.Environment["SOSIA_STORE"] = TestServer.Need();

        Assert.Equal(0, Run("people", "group").Code);
        var forgotten = Run("forget", again);
        Assert.Equal(0, forgotten.Code);
        Assert.Contains("PostgreSQL keeps what was deleted", forgotten.Out + forgotten.Error);
        Assert.DoesNotContain("again.jpg", string.Join('\n', Found(Run("search", again, "--json"))));
        Assert.Equal(0, Run("verify").Code);
        Assert.Contains(Run("doctor").Out.Split('\n'), line => line.StartsWith("ok  pgvector", StringComparison.Ordinal));
    }

    [Fact]
    public void The_password_stands_in_a_file_and_in_no_message()
    {
        var secret = new Npgsql.NpgsqlConnectionStringBuilder(TestServer.Need()) { Password = "wrong-password-5" };
        var file = _sosia["store.txt"];
        File.WriteAllText(file, secret.ConnectionString);
        _sosia.Environment["SOSIA_STORE"] = null;
        var refused = _sosia.Ask("status", "--store-file", file);
        Assert.Equal(2, refused.Code);
        Assert.Contains("refuses the user", refused.Sentence);
        Assert.DoesNotContain("wrong-password-5", refused.Error);
        File.WriteAllText(file, TestServer.Need());
        Assert.Equal(0, _sosia.Ask("store", "init", "--store-file", file, "--collection", _name).Code);
        Assert.Equal(0, _sosia.Ask("status", "--store-file", file, "--collection", _name).Code);
        Assert.Contains("give one of them", _sosia.Ask("status", "--store-file", file, "--store", "Host=x").Sentence);
        Assert.Contains("can't be read", _sosia.Ask("status", "--store-file", _sosia["nothing.txt"]).Sentence);
    }

    [Fact]
    public void A_collection_moves_to_a_database_and_back()
    {
        _sosia.Environment["SOSIA_STORE"] = null;
        _sosia.PutMany(12);
        Assert.Equal(0, _sosia.Run("index", _sosia.Photos).Code);
        Assert.Equal(0, _sosia.Run("people", "group").Code);
        var group = _sosia.Run("people", "list", "--json").JsonLines[0].GetProperty("id").GetString()!;
        var named = _sosia.Run("people", "name", group, "Ada");
        Assert.True(named.Code == 0, named.Error);
        var store = new Npgsql.NpgsqlConnectionStringBuilder(TestServer.Need()) { SearchPath = _name }.ConnectionString;
        var there = _sosia.Run("copy", _sosia.Collection, store, "--json");
        Assert.True(there.Code == 0, there.Error);
        Assert.Equal(12, there.Json.GetProperty("photos").GetProperty("total").GetInt32());
        Assert.Equal(2, _sosia.Run("copy", _sosia.Collection, store).Code); // it holds something
        Assert.Equal(0, _sosia.Run("copy", _sosia.Collection, store, "--resume").Code);
        Assert.Equal(0, _sosia.Run("copy", store, _sosia["back"]).Code);
        var query = Path.Combine(_sosia.Photos, "0001.jpg");
        Assert.Equal(
            Found(_sosia.Run("search", query, "--json")),
            Found(_sosia.Run("search", query, "--json", "--collection", _sosia["back"]))
        );
        Assert.Contains("Ada", _sosia.Run("people", "list", "--collection", _sosia["back"]).Out);
    }

    [Fact]
    public void Workers_read_what_an_index_found_also_under_another_path_and_say_when_they_cant_see_it()
    {
        _sosia.PutMany(40);
        var index = _sosia.Start("index", _sosia.Photos, "--collection", _name, "--json");
        var worker = Run("work", "--once", "--json");
        var ran = SosiaProgram.End(index);
        Assert.Equal((0, 0), (ran.Code, worker.Code));
        Assert.Equal(40, Run("status", "--json").Json.GetProperty("photos").GetProperty("searchable").GetInt32());

        // The originals move; an index that was interrupted left files in the queue.
        _sosia.PutMany(30, from: 100);
        using (var interrupted = _sosia.Start("index", _sosia.Photos, "--collection", _name, "--json"))
        {
            interrupted.StandardInput.Close();
            Assert.NotNull(interrupted.StandardOutput.ReadLine());
            interrupted.Kill();
            interrupted.WaitForExit();
        }
        TestServer.Run($"UPDATE \"{_name.Replace("\"", "\"\"", StringComparison.Ordinal)}\".claims SET until = now() - interval '1 s'");
        Directory.Move(_sosia.Photos, _sosia["moved"]);
        var blind = Run("work", "--once");
        Assert.Equal(2, blind.Code);
        Assert.Contains("--map PREFIX=PATH", blind.Error);
        var mapped = Run("work", "--once", "--map", $"{_sosia.Photos}={_sosia["moved"]}");
        Assert.True(mapped.Code == 0, mapped.Error);
        var status = Run("status", "--json").Json;
        Assert.Equal(70, status.GetProperty("photos").GetProperty("searchable").GetInt32());
        Assert.Equal(0, status.GetProperty("queue").GetProperty("waiting").GetInt32());
        Assert.Equal(0, Run("verify").Code);
    }

    /// <summary>Who holds a file, and for how long, is said by the server's clock alone.</summary>
    [Fact]
    public void Workers_whose_clocks_are_an_hour_wrong_take_nothing_from_each_other()
    {
        FaultyDisk.Need();
        const int photos = 60;
        _sosia.PutMany(photos);
        Assert.Equal(0, Run("store", "init").Code);
        var index = _sosia.Start("index", _sosia.Photos, "--collection", _name, "--json");
        var workers = new[] { -1, 1 }
            .Select(hours =>
            {
                _sosia.Environment.SetClock(TimeSpan.FromHours(hours));
                return _sosia.Start("work", "--once", "--json", "--collection", _name, "--workers", "1");
            })
            .ToList();
        _sosia.Environment.Remove("LD_PRELOAD");
        var ran = workers.Append(index).AsParallel().Select(SosiaProgram.End).ToList();
        Assert.All(ran, each => Assert.True(each.Code == 0, each.Error));
        // Whoever computed a photo told it: each is told once, by one of them.
        string[] told = [.. ran.SelectMany(each => each.JsonLines).Where(line => line.TryGetProperty("path", out _)).Select(PathOf)];
        Assert.Equal(photos, told.Distinct().Count());
        Assert.Equal(photos, told.Length);
        Assert.Equal(0, Run("verify").Code);

        static string PathOf(System.Text.Json.JsonElement line) => line.GetProperty("path").GetString()!;
    }

    [Fact]
    public void A_full_disk_of_the_server_ends_the_run_with_a_sentence_and_the_next_one_goes_on()
    {
        _sosia.PutMany(6);
        Assert.Equal(0, Run("store", "init").Code);
        var schema = $"\"{_name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        TestServer.Run(
            $"""
            CREATE FUNCTION {schema}.no_room() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
            CREATE TRIGGER no_room BEFORE INSERT ON {schema}.faces FOR EACH ROW EXECUTE FUNCTION {schema}.no_room()
            """
        );
        var full = Run("index", _sosia.Photos);
        Assert.Equal(2, full.Code);
        Assert.Contains("The disk of the server", full.Error);
        Assert.Contains("free some space there", full.Error);
        Assert.Equal(0, Run("status", "--json").Json.GetProperty("faces").GetInt32());
        Assert.Equal(0, Run("verify").Code);
        TestServer.Run($"DROP TRIGGER no_room ON {schema}.faces");
        TestServer.Run($"UPDATE {schema}.claims SET until = now() - interval '1 s'");
        Assert.Equal(0, Run("index", _sosia.Photos).Code);
        Assert.Equal(6, Run("status", "--json").Json.GetProperty("photos").GetProperty("searchable").GetInt32());
    }

    [Fact]
    public void A_path_that_the_database_cant_keep_is_listed_and_the_rest_is_read()
    {
        _sosia.PutMany(2);
        var deep = string.Join('/', Enumerable.Repeat(new string('d', 200), 13));
        _sosia.Put($"{deep}/far.jpg", Portraits.Of(3));
        var index = Run("index", _sosia.Photos);
        Assert.Equal(3, index.Code);
        Assert.Contains("the database keeps paths of 2,600", index.Error);
        Assert.Equal(2, Run("status", "--json").Json.GetProperty("photos").GetProperty("total").GetInt32());
    }

    [Fact]
    public void A_plan_grows_with_the_faces_and_says_what_breaks_first()
    {
        var plan = _sosia.Ask("plan", "--faces", "100000000", "--json").Json;
        Assert.Equal(100_000_000, plan.GetProperty("faces").GetInt64());
        Assert.Equal(12_800_000_000, plan.GetProperty("readerMemory").GetInt64());
        Assert.True(plan.GetProperty("bytes").GetInt64() > 100_000_000L * 2048);
        Assert.True(plan.GetProperty("indexSeconds").GetDouble() > 600);
        Assert.Equal(
            1,
            plan.GetProperty("machines").GetInt64() - _sosia.Ask("plan", "--faces", "10", "--json").Json.GetProperty("machines").GetInt64()
        );
        Assert.Equal(
            12,
            _sosia.Ask("plan", "--faces", "10", "--photos-per-day", "13000000", "--json").Json.GetProperty("machines").GetInt64()
        );
        Assert.Contains("A directory on one machine carries this too", _sosia.Ask("plan", "--faces", "1000").Out);
        Assert.Contains("Expected --faces to be 1 or more", _sosia.Ask("plan", "--faces", "0").Sentence);
    }

    private Ran Run(params string[] arguments) => _sosia.Run([.. arguments, "--collection", _name]);

    private static string[] Found(Ran search) =>
        [
            .. search
                .Json.GetProperty("matches")
                .EnumerateArray()
                .Select(match => $"{Path.GetFileName(match.GetProperty("path").GetString())} {match.GetProperty("score").GetSingle():F5}"),
        ];
}
