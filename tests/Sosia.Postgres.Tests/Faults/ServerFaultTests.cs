using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Sosia.Catalogue;
using Sosia.Postgres.Catalogue;
using Sosia.Postgres.Search;
using Sosia.Postgres.Server;
using Sosia.Search.Local;
using Sosia.Search.Ranking;
using Sosia.Tests;

namespace Sosia.Postgres.Tests.Faults;

/// <summary>The server dies, or the way to it is stalled: the work goes on by itself, nothing acknowledged is lost, and nothing is doubled.</summary>
[Slow, Collection(nameof(ServerFaultTests)), CollectionDefinition(DisableParallelization = true)]
public sealed class ServerFaultTests
{
    private const int FacesEach = 2;

    /// <summary>Milliseconds: a test that hangs must not keep all others waiting.</summary>
    private const int Longest = 900_000;

    private static readonly SpaceName Name = new(Some.Space().Key, Some.Space().Model);

    /// <summary>How soon a search answers again after the server does.</summary>
    private static readonly TimeSpan SoonEnough = TimeSpan.FromSeconds(5);

    /// <summary>Every process of the server but the first is killed; that one starts them anew, and recovers from its log.</summary>
    [Fact(Timeout = Longest)]
    public async Task A_server_that_is_killed_again_and_again_costs_nothing_but_time()
    {
        var times = FaultRun.IsLong ? 30 : 6;
        using var collection = new NewCollection();
        var space = collection.Space();
        using var directory = new TemporaryDirectory();
        using var near = new LocalVectorStore(directory["near"], collection.Store.OpenReader, NullLogger.Instance);
        using var inDatabase = new DatabaseVectorStore(collection.Server, isApproximate: false);
        using (var first = collection.Store.OpenWriter())
            first.Commit(space, [.. "abc".Select(name => Some.Read($"/{name}.jpg", $"{name}", Some.Face(1), Some.Face(2)))]);
        using var done = new CancellationTokenSource();
        var writing = Enumerable
            .Range(0, 2)
            .Select(number => Task.Run(() => Write(collection.Another(), space, number, done.Token)))
            .ToList();
        var reading = Task.Run(() => Read(collection.Another(), space, done));
        for (var kill = 0; kill < times; kill++)
        {
            await Task.Delay(400 + 100 * (kill % 5), TestContext.Current.CancellationToken);
            Kill(kill % 2 == 0 ? "kill -9 $PPID" : "kill -QUIT $PPID");
            await WaitForServer();
            var answered = Stopwatch.StartNew();
            foreach (var vectors in new IVectorStore[] { near, inDatabase })
            {
                using var reader = collection.Another().OpenReader();
                var hits = await vectors.AskAsync(Name, reader, search => search.NearestAsync([Some.Embedding(kill)], 5));
                Assert.True(answered.Elapsed < SoonEnough, $"A search answered {answered.Elapsed} after the server did.");
                Assert.Equal(5, hits[0].Count);
                answered.Restart();
            }
        }
        await done.CancelAsync();
        await reading;
        Check(collection, space, [.. (await Task.WhenAll(writing)).SelectMany(paths => paths)]);
    }

    /// <summary>A minute in the long run only.</summary>
    public static TheoryData<int> Stalls => FaultRun.IsLong ? [1, 10, 60] : [1, 10];

    [Theory(Timeout = Longest)]
    [MemberData(nameof(Stalls))]
    public async Task A_connection_that_is_stalled_in_any_phase_costs_nothing_but_time(int seconds)
    {
        using var collection = new NewCollection();
        var space = collection.Space();
        var settings = new NpgsqlConnectionStringBuilder(TestServer.Need());
        await using var proxy = new StallingProxy(settings.Port);
        settings.Port = proxy.Port;
        using var server = new PostgresServer(settings.ConnectionString, collection.Name);
        var random = new Random(seconds);
        using var done = new CancellationTokenSource();
        var writing = Task.Run(() => Write(new PostgresCatalogueStore(server), space, 0, done.Token));
        var reading = Task.Run(() => Read(new PostgresCatalogueStore(server), space, done));
        for (
            var stall = 0;
            stall
                < (
                    seconds == 1 ? 6
                    : FaultRun.IsLong ? 4
                    : 1
                );
            stall++
        )
        {
            await Task.Delay(random.Next(300, 700), TestContext.Current.CancellationToken);
            // Half of them end by a broken connection: it is not known how far the server came.
            await proxy.Stall(TimeSpan.FromSeconds(seconds), breaks: stall % 2 == 1);
        }
        await Task.Delay(500);
        await done.CancelAsync();
        await reading;
        Check(collection, space, await writing);
    }

    /// <returns>The paths of the photos that were acknowledged.</returns>
    private static List<string> Write(ICatalogueStore store, SpaceId space, int number, CancellationToken done)
    {
        var acknowledged = new List<string>();
        using var writer = store.OpenWriter();
        for (var i = 0; !done.IsCancellationRequested; i++)
        {
            string[] contents = [$"{number} {i} a", $"{number} {i} b", "of both writers"];
            writer.Commit(
                space,
                [.. contents.Select(content => Some.Read($"/{content}.jpg", content, Some.Face(i + 1), Some.Face(i + 2)))]
            );
            acknowledged.AddRange(contents.Select(content => $"/{content}.jpg"));
        }
        return acknowledged;
    }

    private static void Read(ICatalogueStore store, SpaceId space, CancellationTokenSource done)
    {
        using var reader = store.OpenReader();
        var last = 0L;
        while (!done.IsCancellationRequested)
        {
            var table = reader.ReadEmbeddings(space);
            Assert.True(table.Revision.Version >= last, "A reader was taken back.");
            last = table.Revision.Version;
            Assert.All(table.Photos.CountBy(photo => photo), faces => Assert.Equal(FacesEach, faces.Value));
            Thread.Sleep(20);
        }
    }

    private static void Check(NewCollection collection, SpaceId space, List<string> acknowledged)
    {
        using var reader = collection.Another().OpenReader();
        Assert.True(acknowledged.Count > 10, $"Only {acknowledged.Count} photos were stored.");
        var stored = reader.FilesUnder("/").Keys.ToHashSet();
        Assert.Empty(acknowledged.Except(stored));
        // Each file of these tests is another photo: none came in twice, whoever stored it.
        Assert.Equal(stored.Count, reader.Count().Total);
        Assert.Equal(stored.Count * FacesEach, reader.CountEmbeddings(space));
        Assert.Empty(reader.Verify());
    }

    /// <summary>Has the server run a command as its own user; $PPID is the process of the connection.</summary>
    private static void Kill(string command)
    {
        try
        {
            TestServer.RunOnce($"COPY (SELECT 1) TO PROGRAM '{command}; sleep 5'");
        }
        catch (NpgsqlException)
        {
            // It died of it.
        }
        NpgsqlConnection.ClearAllPools();
    }

    private static async Task WaitForServer()
    {
        for (var tries = 0; ; tries++)
            try
            {
                TestServer.RunOnce("SELECT 1");
                return;
            }
            catch (NpgsqlException) when (tries < 600)
            {
                await Task.Delay(100);
            }
    }
}
