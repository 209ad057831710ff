using Sosia.Catalogue;

namespace Sosia.Indexing;

/// <summary>
/// Known files that were not found again: those that are gone, and those that may only be out of reach, such as the files of a disk that is
/// not mounted. What may come back is removed only with <see cref="IndexOptions.Force"/>.
/// </summary>
internal sealed class MissingFiles
{
    /// <summary>A larger share of a collection is removed only with <see cref="IndexOptions.Force"/>: a disk may not be mounted.</summary>
    public const double LargestSilentRemoval = 0.2;

    /// <summary>Paths removed in one transaction: other writers wait for it.</summary>
    private const int FilesAtOnce = 1000;

    private readonly List<KnownFile> _leftOut = [];
    private readonly List<KnownFile> _excluded = [];
    private readonly List<KnownFile> _gone = [];
    private readonly List<KnownFile> _outOfReach = [];
    private readonly List<KnownFile> _emptied = [];
    private readonly SortedSet<string> _emptyFolders = new(StringComparer.Ordinal);

    /// <summary>A file in a folder that is not indexed any more: a picture that Sosia made itself.</summary>
    public void AddLeftOut(KnownFile file) => _leftOut.Add(file);

    /// <summary>A file that somebody leaves out from now on.</summary>
    public void AddExcluded(KnownFile file) => _excluded.Add(file);

    /// <summary>A file that was deleted or moved.</summary>
    public void AddGone(KnownFile file) => _gone.Add(file);

    /// <summary>A file in a folder that can't be listed, or under a root where nothing at all was found.</summary>
    public void AddOutOfReach(KnownFile file) => _outOfReach.Add(file);

    /// <summary>A file in a folder that holds none of its photos any more: it was emptied, or is the mount point of a disk.</summary>
    public void AddEmptied(KnownFile file, string folder)
    {
        _emptied.Add(file);
        _emptyFolders.Add(folder);
    }

    /// <summary>
    /// Removes the paths that are gone. To be called after everything found has been stored, so that a photo that was only moved is never
    /// lost. Removes nothing where that would take more than a fifth of the collection, and nothing that may be out of reach.
    /// </summary>
    /// <returns>Photos removed, and a sentence that says why others were kept; null when none were.</returns>
    public (long Removed, string? Kept) Remove(IIndexWriter catalogue, bool force)
    {
        var removed = Remove(catalogue, _leftOut);
        if (force)
            return (removed + Remove(catalogue, [.. _excluded, .. _gone, .. _emptied, .. _outOfReach]), null);
        var left = CountLost(catalogue, _excluded);
        if (left > LargestSilentRemoval * catalogue.Count().Total)
            return (
                removed,
                $"{left:N0} of {catalogue.Count().Total:N0} photos are left out by --exclude: they stay in the collection; use --force to "
                    + "remove them."
            );
        removed += Remove(catalogue, _excluded);

        var everything = Paths([.. _gone, .. _emptied, .. _outOfReach]).ToHashSet(StringComparer.Ordinal);
        var emptied = _emptied.ToLookup(file => IsLost(catalogue, file, everything));
        KnownFile[] gone = [.. _gone, .. emptied[false]]; // what lies elsewhere too, or was never read, is no loss
        KnownFile[] outOfReach = [.. _outOfReach, .. emptied[true]];

        var total = catalogue.Count().Total;
        var lost = CountLost(catalogue, gone);
        if (lost > LargestSilentRemoval * total)
            return (removed, Sentence(lost + CountLost(catalogue, outOfReach), total));
        removed += Remove(catalogue, gone);
        var kept = CountLost(catalogue, outOfReach);
        return (removed, kept > 0 ? Sentence(kept, catalogue.Count().Total) : null);
    }

    /// <returns>Photos removed.</returns>
    private static long Remove(IIndexWriter catalogue, IReadOnlyCollection<KnownFile> files) =>
        Paths(files).Chunk(FilesAtOnce).Sum(paths => (long)catalogue.RemovePaths(paths));

    /// <summary>The number of photos that would lie nowhere any more without these files.</summary>
    private static long CountLost(IPhotoReader catalogue, IReadOnlyCollection<KnownFile> files)
    {
        var paths = Paths(files).ToHashSet(StringComparer.Ordinal);
        return files.GroupBy(file => file.Photo ?? file.File.Path).LongCount(same => IsLost(catalogue, same.First(), paths));
    }

    /// <summary>
    /// Whether a photo would lie nowhere any more without these paths. A file that could never be read is no loss, and neither is one whose
    /// photo was forgotten during the run.
    /// </summary>
    private static bool IsLost(IPhotoReader catalogue, KnownFile file, HashSet<string> paths)
    {
        if (file.Photo is { } sha256)
            return catalogue.FindPhoto(sha256) is { } photo && photo.Paths.All(paths.Contains);
        return file.State != FileState.Unreadable;
    }

    private static string[] Paths(IReadOnlyCollection<KnownFile> files) => [.. files.Select(file => file.File.Path)];

    private string Sentence(long lost, long total)
    {
        var sentence =
            $"{lost:N0} of {total:N0} photos are no longer where they were, which may be a disk that is not mounted: "
            + "they stay in the collection; use --force to remove them.";
        return _emptyFolders.Count switch
        {
            0 => sentence,
            1 => $"{sentence} None of its photos is left in {_emptyFolders.Min}.",
            var folders => $"{sentence} None of their photos is left in {_emptyFolders.Min} and {folders - 1:N0} more.",
        };
    }
}
