using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sosia.Catalogue;
using Sosia.Hosting;
using Sosia.Search.Local.Segments;
using Sosia.Vectors;

namespace Sosia.Search.Local;

/// <summary>
/// The embeddings of one space as committed now. They come from the index files and what changed since they were written, or from the
/// catalogue where there is no such file or anything is wrong with one. Safe for many callers, who go on with what they have while files
/// are written anew.
/// </summary>
internal sealed partial class LocalIndex(string directory, string key, string model, Func<ICatalogueReader> open, ILogger? log = null)
    : IDisposable
{
    /// <summary>How often a question is asked again because a segment was damaged.</summary>
    private const int Tries = 100;

    private readonly ILogger _log = log ?? NullLogger.Instance;
    private readonly Lock _gate = new();
    private readonly IndexFolder _folder = new(directory);
    private readonly LocalIndexFile _file = new(directory, key);

    /// <summary>Names of segments that were found damaged: they are not opened again.</summary>
    private readonly ConcurrentDictionary<string, bool> _distrusted = new(StringComparer.Ordinal);

    private volatile VectorTable? _table;
    private string _catalogue = "";

    /// <summary>Rows that are read into memory at most, where there is no index or behind it.</summary>
    public int MostInMemory { get; init; } = SegmentMaker.MostRows;

    /// <summary>Rows of a segment at most.</summary>
    public int RowsASegment { get; init; } = SegmentMaker.MostRows;

    /// <summary>
    /// Asks the embeddings as committed now; again, with rows of the catalogue, whenever a segment turns out to be damaged.
    /// </summary>
    /// <exception cref="CatalogueException">The collection has no such space, or is damaged itself.</exception>
    public async ValueTask<T> AskAsync<T>(
        ISearchReader reader,
        Func<VectorTable, ValueTask<T>> question,
        CancellationToken cancellation = default
    )
    {
        for (var tried = 1; ; tried++)
            try
            {
                return await AskOnceAsync(reader, question, cancellation);
            }
            catch (Exception error) when (tried < Tries && DamageIn(error) is { } damaged)
            {
                if (Distrust(damaged)) // else another search has just come upon it
                    Log.IndexDamaged(_log, error, model);
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
            var now = (_table is null ? FromFile(reader, space, cancellation) : Updated(_table, reader, space, cancellation))
                ?? FromCatalogue(reader, space, cancellation);
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

    private NamedSpace Space(ISearchReader reader) =>
        reader.FindSpace(key)
        ?? throw new CatalogueException(
            CatalogueProblem.NotFound,
            $"The collection {directory} holds no photo indexed with the model '{model}'; run `sosia index` first."
        );

    /// <summary>What the files have, with what changed since; null when they are of no use.</summary>
    private VectorTable? FromFile(ISearchReader reader, NamedSpace space, CancellationToken cancellation) =>
        Opened(reader, space) is { } segments ? TableOf(segments, reader, space, cancellation) : null;

    // Without the gate: a search that holds it may be waiting for the lock of the files, which who renews them holds.
    private OpenSegments? Opened(ISearchReader reader, NamedSpace space) =>
        _file.TryOpen(reader.Identity, space.Space.Dimensions, Distrusted(), _table?.Segments, out _);

    /// <summary>
    /// The segments with what changed since. Null, and they are closed, where none is of use, or so many rows would have to be read from
    /// the catalogue that the index had better be written anew.
    /// </summary>
    private VectorTable? TableOf(OpenSegments segments, ISearchReader reader, NamedSpace space, CancellationToken cancellation)
    {
        VectorTable? found = null;
        try
        {
            if (segments.Encoding is null || segments.MissingRows > MostInMemory)
                return null;
            // Of a segment that is missing there may be more rows now than it had.
            EmbeddingTable Missing(int segment) => reader.ReadPart(space.Id, segments.List.RangeOf(segment), int.MaxValue, cancellation);
            return found = Updated(VectorTable.Of(segments, Missing, cancellation), reader, space, cancellation);
        }
        finally
        {
            if (found is null)
                segments.Dispose();
        }
    }

    /// <summary>
    /// Few rows are read, to be scanned. For many an index is made first: they might be more than memory holds. Where that can't be done,
    /// as many are read as memory holds.
    /// </summary>
    private VectorTable FromCatalogue(ISearchReader reader, NamedSpace space, CancellationToken cancellation)
    {
        if (reader.CountEmbeddings(space.Id) > MostInMemory && MadeNow(reader, space, cancellation) is { } made)
            return made;
        return new VectorTable(reader.ReadEmbeddings(space.Id, cancellation));
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
        if (_table is { } before && !ReferenceEquals(before.Segments, now?.Segments))
            before.Close();
        _table = now;
    }

    /// <returns>Null where the catalogue does not know what changed, or so much did that the index had better be made first.</returns>
    private VectorTable? Updated(VectorTable table, ISearchReader reader, NamedSpace space, CancellationToken cancellation)
    {
        if (_catalogue.Length > 0 && _catalogue != reader.Identity)
            return null; // another catalogue in the same place
        if (reader.IsBehind(table.Revision))
            return table;
        var changes = reader.ReadChanges(space.Id, table.Revision, MostInMemory - table.Added, cancellation);
        return changes is null ? null : table.With(changes, cancellation);
    }

    /// <summary>Does without a segment from now on. Its rows come from the catalogue until it was written anew.</summary>
    /// <returns>Whether it was trusted before.</returns>
    private bool Distrust(DamagedFileException damaged)
    {
        lock (_gate)
        {
            if (!_distrusted.TryAdd(Path.GetFileName(damaged.Path), true))
                return false;
            Replace(null);
            return true;
        }
    }

    private HashSet<string> Distrusted() => _distrusted.Keys.ToHashSet(StringComparer.Ordinal);

    private static DamagedFileException? DamageIn(Exception error) =>
        error as DamagedFileException
        ?? (error as AggregateException)?.Flatten().InnerExceptions.OfType<DamagedFileException>().FirstOrDefault();
}
