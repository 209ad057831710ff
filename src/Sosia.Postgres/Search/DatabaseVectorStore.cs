using System.Collections.Concurrent;
using Sosia.Catalogue;
using Sosia.Hosting;
using Sosia.Postgres.Catalogue;
using Sosia.Postgres.Server;
using Sosia.Search.Ranking;

namespace Sosia.Postgres.Search;

/// <summary>The vectors of a collection, searched where they are stored: nothing is kept here.</summary>
/// <param name="server">Where.</param>
/// <param name="isApproximate">By HNSW where there is such an index.</param>
internal sealed class DatabaseVectorStore(PostgresServer server, bool isApproximate) : IVectorStore
{
    private readonly ConcurrentDictionary<string, NamedSpace> _spaces = new(StringComparer.Ordinal); // a space stays what it is

    /// <inheritdoc/>
    public ValueTask<T> AskAsync<T>(
        SpaceName space,
        ISearchReader reader,
        Func<IVectorSearch, ValueTask<T>> question,
        CancellationToken cancellation = default
    )
    {
        using var database = new PostgresDatabase(server) { IsPatient = true };
        var stored = _spaces.GetOrAdd(space.Key, key =>
            reader.FindSpace(key)
            ?? throw CatalogueException.NotFound(
                $"The collection {server.Name} holds nothing that was made with the model {space.Model}: index it with that model."
            )
        );
        return ValueTask.FromResult(
            // One transaction: every call of the question sees the same rows.
            database.Read(() => Blocking.Wait(question(new DatabaseSearch(database, stored, reader, isApproximate))))
        );
    }

    /// <inheritdoc/>
    public void Warm(SpaceName space, ISearchReader reader, CancellationToken cancellation = default) { }

    /// <inheritdoc/>
    public void RenewLater(SpaceName space) { }

    /// <inheritdoc/>
    public void Renew(SpaceName space, CancellationToken cancellation = default) { }

    /// <inheritdoc/>
    public void Finish(CancellationToken cancellation = default) { }

    /// <inheritdoc/>
    public IReadOnlyList<FileInfo> Files() => [];

    /// <inheritdoc/>
    public IReadOnlyList<(string Says, bool Ok)> Verify(ISearchReader reader, CancellationToken cancellation = default) => [];

    /// <inheritdoc/>
    public IDisposable Hold() => new Nothing();

    /// <inheritdoc/>
    public IReadOnlyList<SpaceName> Delete(ISearchReader reader, IReadOnlyList<PhotoId> photos, IReadOnlyList<FaceId> faces) => [];

    /// <inheritdoc/>
    public void DeleteAll() { }

    /// <inheritdoc/>
    public void Drop() { }

    /// <inheritdoc/>
    public void Dispose() { }

    private sealed class Nothing : IDisposable
    {
        public void Dispose() { }
    }
}
