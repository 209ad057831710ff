using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sosia.Catalogue;
using Sosia.Hosting;
using Sosia.Vectors;

namespace Sosia.Search.Local;

/// <summary>
/// The embeddings of one space as committed now. They come from the index file and what changed since it was written, or from the catalogue
/// where there is no such file or anything is wrong with it. Safe for many callers, who go on with what they have while the file is
/// rebuilt.
/// </summary>
internal sealed partial class LocalIndex(string directory, string key, string model, Func<ICatalogueReader> open, ILogger? log = null)
    : IDisposable
{
    private readonly ILogger _log = log ?? NullLogger.Instance;
    private readonly Lock _gate = new();
    private readonly LocalIndexFile _file = new(directory, key);
    private VectorTable? _table;
    private string _catalogue = "";

    /// <summary>The file was found damaged: it is not opened again.</summary>
    private volatile bool _distrusted;

    /// <summary>
    /// Asks the embeddings as committed now; once more with those of the catalogue when the index file turns out to be damaged.
    /// </summary>
    /// <exception cref="CatalogueException">The collection has no such space, or is damaged itself.</exception>
    public async ValueTask<T> AskAsync<T>(
        ISearchReader reader,
        Func<VectorTable, ValueTask<T>> question,
        CancellationToken cancellation = default
    )
    {
        try
        {
            return await AskOnceAsync(reader, question, cancellation);
        }
        catch (Exception error) when (IsDamage(error))
        {
            Log.IndexDamaged(_log, error, model);
            Distrust();
            return await AskOnceAsync(reader, question, cancellation);
        }
    }

    /// <summary>Asks a question that is answered by computing alone.</summary>
    /// <inheritdoc cref="AskAsync"/>
    public T Ask<T>(ISearchReader reader, Func<VectorTable, T> question, CancellationToken cancellation = default) =>
        Blocking.Wait(AskAsync(reader, table => ValueTask.FromResult(question(table)), cancellation));

    /// <summary>
    /// The embeddings as committed now. Another call, from any thread, may close them: who needs them longer uses <see cref="AskAsync"/>.
    /// </summary>
    /// <inheritdoc cref="AskAsync" path="/exception"/>
    public VectorTable Load(ISearchReader reader, CancellationToken cancellation = default)
    {
        lock (_gate)
        {
            if (_table is { } current && current.Revision == reader.Revision)
                return current;
            var space = Space(reader);
            var now =
                (_table is null ? FromFile(reader, space, cancellation) : Updated(_table, reader, space, cancellation))
                ?? new VectorTable(reader.ReadEmbeddings(space.Id, cancellation));
            _catalogue = reader.Identity;
            Replace(now);
            return now;
        }
    }

    /// <summary>
    /// Drops the table: the next search reads it again. The index file is closed when the last search on it has ended.
    /// </summary>
    public void Drop()
    {
        lock (_gate)
            Replace(null);
    }

    private StoredSpace Space(ISearchReader reader) =>
        reader.Spaces().FirstOrDefault(space => space.Space.Key == key)
        ?? throw new CatalogueException(
            CatalogueProblem.NotFound,
            $"The collection {directory} holds no photo indexed with the model '{model}'; run `sosia index` first."
        );

    /// <summary>What the file has, with what changed since; null when it is of no use.</summary>
    private VectorTable? FromFile(ISearchReader reader, StoredSpace space, CancellationToken cancellation)
    {
        if (_distrusted || _file.TryOpen(reader.Identity, space.Space.Dimensions, out _) is not { } stored)
            return null;
        VectorTable? found = null;
        try
        {
            return found = Updated(new VectorTable(stored), reader, space, cancellation);
        }
        finally
        {
            if (found is null)
                stored.Dispose();
        }
    }

    private async ValueTask<T> AskOnceAsync<T>(
        ISearchReader reader,
        Func<VectorTable, ValueTask<T>> question,
        CancellationToken cancellation
    )
    {
        IDisposable? held;
        VectorTable table;
        lock (_gate)
        {
            table = Load(reader, cancellation);
            held = table.KeepOpen();
        }
        using (held)
            return await question(table);
    }

    /// <summary>Puts another table in place of the one that is there, which is closed. The caller holds the gate.</summary>
    private void Replace(VectorTable? now)
    {
        if (_table is { } before && (now is null || !before.SharesFileWith(now)))
            before.Close();
        _table = now;
    }

    private VectorTable? Updated(VectorTable table, ISearchReader reader, StoredSpace space, CancellationToken cancellation)
    {
        if (_catalogue.Length > 0 && _catalogue != reader.Identity)
            return null; // another catalogue in the same place
        if (reader.ReadChanges(space.Id, table.Revision, cancellation) is not { } changes)
            return null;
        try
        {
            return table.With(changes, cancellation);
        }
        catch (Exception error) when (IsDamage(error))
        {
            _distrusted = true;
            return null;
        }
    }

    private void Distrust()
    {
        lock (_gate)
        {
            Replace(null);
            _distrusted = true;
        }
    }

    private static bool IsDamage(Exception error) =>
        error is DamagedFileException
        || error is AggregateException all && all.Flatten().InnerExceptions.Any(inner => inner is DamagedFileException);
}
