using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Sosia.Catalogue;
using Sosia.Search.Local.Segments;
using Sosia.Search.Ranking;

namespace Sosia.Search.Local;

/// <summary>The vectors of a collection from index files in its directory, which are made and kept up to date on the way.</summary>
/// <param name="directory">The collection's directory.</param>
/// <param name="open">Opens the catalogue for reading.</param>
/// <param name="log">Told of files that can't be kept or used.</param>
internal sealed class LocalVectorStore(string directory, Func<ICatalogueReader> open, ILogger log) : IVectorStore
{
    /// <summary>How long somebody who forgets waits for another process that is making an index.</summary>
    private static readonly TimeSpan HoldPatience = TimeSpan.FromSeconds(30);

    private readonly IndexFolder _folder = new(directory);
    private readonly ConcurrentDictionary<string, LocalIndex> _indexes = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ValueTask<T> AskAsync<T>(
        SpaceName space,
        ISearchReader reader,
        Func<IVectorSearch, ValueTask<T>> question,
        CancellationToken cancellation = default
    ) => IndexOf(space).AskAsync(reader, table => question(new LocalSearch(table, reader)), cancellation);

    /// <inheritdoc/>
    public void RenewLater(SpaceName space) => IndexOf(space).RenewLater();

    /// <inheritdoc/>
    public void Warm(SpaceName space, ISearchReader reader, CancellationToken cancellation = default) =>
        IndexOf(space).Ask(reader, table => table.Warm(), cancellation);

    /// <inheritdoc/>
    public void Renew(SpaceName space, CancellationToken cancellation = default) => IndexOf(space).Renew(cancellation);

    /// <inheritdoc/>
    public void Finish(CancellationToken cancellation = default)
    {
        foreach (var index in _indexes.Values)
            index.Finish(cancellation);
    }

    /// <inheritdoc/>
    public IReadOnlyList<FileInfo> Files() => [.. _folder.All().Select(index => index.File)];

    /// <inheritdoc/>
    public IReadOnlyList<(string Says, bool Ok)> Verify(ISearchReader reader, CancellationToken cancellation = default) =>
        [
            .. _folder.Lists().Select(index => LocalIndex.Check(new LocalIndexFile(directory, index.Key), reader, index.Key, cancellation)),
            .. _folder
                .Leftovers()
                .Select(leftover =>
                    (
                        $"{leftover.FullName} is being written, or was left by a process that was killed: then the next index takes it "
                            + "away.",
                        true
                    )
                ),
        ];

    /// <inheritdoc/>
    public IDisposable Hold()
    {
        foreach (var index in _indexes.Values)
        {
            index.End();
            index.Drop(); // a system that deletes no file that is open could not delete the index
        }
        var canWrite = _folder.Hold(HoldPatience, out var held);
        if (held is not null)
            return held;
        throw canWrite
            ? new CatalogueException(
                CatalogueProblem.Locked,
                $"Another process is making an index of the collection {directory}: try again when it is done. Nothing was changed."
            )
            : new CatalogueException(
                CatalogueProblem.CannotWrite,
                $"The file system refuses to write in {directory}: check its permissions and that its disk has room. Nothing was changed."
            );
    }

    /// <inheritdoc/>
    public IReadOnlyList<SpaceName> Delete(ISearchReader reader, IReadOnlyList<PhotoId> photos, IReadOnlyList<FaceId> faces)
    {
        long[] ofPhotos = [.. photos.Select(photo => photo.Value)];
        long[] ofFaces = [.. faces.Concat(photos.SelectMany(reader.FacesOf).Select(face => face.Id)).Select(face => face.Value)];
        var spaces = new List<SpaceName>();
        foreach (var key in _folder.DeleteOthers(key => reader.FindSpace(key) is not null))
        {
            var space = reader.FindSpace(key)!.Space;
            if (new LocalIndexFile(directory, key).DeleteSegmentsOf(space.Of == SpaceKind.Faces ? ofFaces : ofPhotos))
                spaces.Add(new SpaceName(key, space.Model));
        }
        _folder.FlushNames(); // rows of what was forgotten must not come back with their names
        return spaces;
    }

    /// <inheritdoc/>
    public void DeleteAll() => _folder.DeleteAll();

    /// <inheritdoc/>
    public void Drop()
    {
        foreach (var index in _indexes.Values)
            index.Drop();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var index in _indexes.Values)
            index.Dispose();
    }

    private LocalIndex IndexOf(SpaceName space) =>
        _indexes.GetOrAdd(space.Key, key => new LocalIndex(directory, key, space.Model, open, log));
}
