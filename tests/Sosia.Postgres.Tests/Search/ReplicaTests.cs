using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Sosia.Catalogue;
using Sosia.Postgres.Catalogue;
using Sosia.Postgres.Server;
using Sosia.Search.Local;
using Sosia.Search.Ranking;
using Sosia.Tests;

namespace Sosia.Postgres.Tests.Search;

/// <summary>A reader that asks a replica goes on with what it has while that lags, and follows it afterwards.</summary>
[Collection(nameof(Faults.ServerFaultTests))]
public sealed class ReplicaTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly SpaceName Name = new(Some.Space().Key, Some.Space().Model);

    private readonly TemporaryDirectory _directory = new();
    private readonly string _connection = TestServer.NeedReplica();
    private readonly NewCollection _collection = new();
    private readonly PostgresServer _replica;
    private readonly PostgresCatalogueStore _replicated;

    public ReplicaTests()
    {
        _replica = new PostgresServer(_connection, _collection.Name);
        _replicated = new PostgresCatalogueStore(_replica);
    }

    public void Dispose()
    {
        OnReplica("SELECT pg_wal_replay_resume()");
        _replica.Dispose();
        _collection.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_replica_that_lags_is_waited_for_and_nothing_is_made_anew()
    {
        var space = _collection.Space();
        using var writer = _collection.Store.OpenWriter();
        writer.Commit(space, [Some.Read("/first.jpg", "first", Some.Face(1))]);
        await Wait(reader => reader.Count().Total == 1);
        using var near = new LocalVectorStore(_directory["near"], _collection.Store.OpenReader, NullLogger.Instance);
        using var ofReplica = new LocalVectorStore(_directory["replica"], _replicated.OpenReader, NullLogger.Instance);

        OnReplica("SELECT pg_wal_replay_pause()");
        writer.Commit(space, [Some.Read("/second.jpg", "second", Some.Face(2))]);
        using var primary = _collection.Store.OpenReader();
        using var replica = _replicated.OpenReader();
        Assert.Equal(2, await Count(near, primary));
        Assert.Equal(1, replica.Count().Total);
        Assert.True(replica.IsBehind(primary.Revision));
        Assert.Equal(2, await Count(near, replica)); // what it has is newer
        near.Renew(Name);
        Assert.Equal(2, await Count(near, replica));
        Assert.Equal(1, await Count(ofReplica, replica));

        OnReplica("SELECT pg_wal_replay_resume()");
        await Wait(reader => reader.Revision == primary.Revision);
        Assert.Equal(2, await Count(ofReplica, replica));
        Assert.False(replica.IsBehind(primary.Revision));
        var store = new PostgresStore(_connection, _collection.Name);
        using (store)
            Assert.Contains(store.Check(), check =>
                check.Name == "lag" && check.Says.StartsWith("It is a replica", StringComparison.Ordinal)
            );
    }

    private static ValueTask<long> Count(IVectorStore vectors, ICatalogueReader reader) =>
        vectors.AskAsync(Name, reader, search => ValueTask.FromResult(search.Count));

    private async Task Wait(Func<ICatalogueReader, bool> condition)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var reader = _replicated.OpenReader();
                if (condition(reader))
                    return;
            }
            catch (CatalogueException missing) when (missing.Problem == CatalogueProblem.Missing)
            {
                // It has not even got the collection yet.
            }
            Assert.True(waited.Elapsed < Patience, "The replica does not follow.");
            await Task.Delay(50);
        }
    }

    private void OnReplica(string sql)
    {
        using var connection = new NpgsqlConnection(_connection);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
