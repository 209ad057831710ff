using System.Collections.Concurrent;
using Sosia.Catalogue;
using Sosia.Indexing;
using Sosia.Pipeline;
using Sosia.Search;
using Sosia.Search.Local;

namespace Sosia;

public sealed partial class Collection
{
    /// <summary>How long <see cref="Forget"/> waits for another process that is making an index.</summary>
    private static readonly TimeSpan ForgetPatience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, SpaceIndex> _spaces = new(StringComparer.Ordinal);

    private SpaceIndex FaceRows => field ??= RowsOf(Space.Key, Space.Model);

    private SpaceIndex RowsOf(string key, string model) => _spaces.GetOrAdd(key, _ => new SpaceIndex(Directory, key, model, OpenReader));

    /// <summary>
    /// Opens index and calibration on another thread, so that a program that searches once need not wait for them after its query was read.
    /// </summary>
    /// <param name="options">How it will search.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task PrepareAsync(SearchOptions options, CancellationToken cancellation = default) =>
        Task.Run(
            () =>
            {
                try
                {
                    Read(reader => FaceRows.Ask(reader, table => table.Warm(options.Expand), cancellation));
                    _ = Meaning(ScoringRule.Plain, 1, 0);
                }
                catch (Exception later)
                    when (later is CatalogueException or OperationCanceledException or Models.ModelException or QueryException)
                {
                    // the search will meet the same, and say so
                }
            },
            CancellationToken.None
        );

    /// <summary>
    /// Waits for an index that a search found missing or behind, and that is made in the background: before a program ends that has nothing
    /// else to do.
    /// </summary>
    /// <param name="cancellation">Gives it up.</param>
    public void FinishIndex(CancellationToken cancellation = default)
    {
        foreach (var space in _spaces.Values)
            space.Finish(cancellation);
    }

    /// <summary>The index files: all of them are derived from the catalogue, and may be deleted at any time.</summary>
    public IReadOnlyList<FileInfo> IndexFiles() => [.. SpaceFile.All(Directory).Select(index => index.File)];

    /// <summary>Checks the index files, which are derived: what is wrong with one costs time, not photos.</summary>
    /// <returns>One sentence for each file, and whether it is as it should be.</returns>
    /// <exception cref="CatalogueException">Missing, damaged, or made by a newer version.</exception>
    public IReadOnlyList<(string Says, bool Ok)> VerifyIndexes(CancellationToken cancellation = default)
    {
        using var reader = OpenReader();
        return
        [
            .. SpaceFile
                .All(Directory)
                .Select(index => SpaceIndex.Check(new SpaceFile(Directory, index.Key), reader, index.Key, cancellation)),
            .. SpaceFile
                .Leftovers(Directory)
                .Select(leftover =>
                    (
                        $"{leftover.FullName} is being written, or was left by a process that was killed: then the next index takes it "
                            + "away.",
                        true
                    )
                ),
        ];
    }

    private IndexSummary KeepIndexes(IndexSummary summary, DeferredLook? look, CancellationToken cancellation)
    {
        FaceRows.Renew(cancellation);
        if (look is not null)
            RowsOf(look.Space.Key, look.Space.Model).Renew(cancellation);
        return summary;
    }

    /// <summary>Nobody makes an index while something is forgotten: it would have it still.</summary>
    private IDisposable HoldIndexes()
    {
        foreach (var space in _spaces.Values)
        {
            space.End();
            space.Drop(); // a system that deletes no file that is open could not delete the index
        }
        var canWrite = SpaceFile.Hold(Directory, ForgetPatience, out var held);
        if (held is not null)
            return held;
        throw canWrite
            ? new CatalogueException(
                CatalogueProblem.Locked,
                $"Another process is making an index of the collection {Directory}: try again when it is done. Nothing was changed."
            )
            : new CatalogueException(
                CatalogueProblem.CannotWrite,
                $"The file system refuses to write in {Directory}: check its permissions and that its disk has room. Nothing was changed."
            );
    }

    private void CloseIndexes()
    {
        foreach (var space in _spaces.Values)
            space.Dispose();
    }
}
