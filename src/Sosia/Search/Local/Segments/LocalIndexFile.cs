using System.Security.Cryptography;
using Sosia.Catalogue;
using Sosia.Vectors.Exact;
using Sosia.Vectors.Files;
using Sosia.Vectors.Metrics;
using Sosia.Vectors.Stored;

namespace Sosia.Search.Local.Segments;

/// <summary>
/// The index files of a space, derived from the catalogue: <c>indexes/{key}.index</c> in the collection's directory, which lists the
/// segments, and a file for each segment, <c>indexes/{key}.{name}.rows</c>. Segments and list are written beside and renamed, the list
/// after its segments; a segment that is in no list was left by a process that was killed. Writing or deleting such files needs the lock of
/// <see cref="IndexFolder.Hold"/>. A file that is open stays readable when it is replaced or deleted.
/// </summary>
internal sealed class LocalIndexFile(string directory, string key)
{
    /// <summary>How often a list is read again whose segments are gone: another process may just have written a new one.</summary>
    private const int Tries = 4;

    private readonly IndexFolder _folder = new(directory);

    /// <summary>Where the list of the segments is.</summary>
    public string Path { get; } = new IndexFolder(directory).PathOf(key + IndexFolder.ListExtension);

    /// <summary>
    /// Deletes the segments that some owners belong to, so that no byte of their rows stays; all, and the list, where it can't be read. Who
    /// finds a segment missing makes it again from the catalogue. The caller holds the lock, and calls <see
    /// cref="IndexFolder.FlushNames"/>.
    /// </summary>
    /// <returns>Whether any was deleted.</returns>
    /// <exception cref="IOException">One can't be deleted.</exception>
    public bool DeleteSegmentsOf(IReadOnlyList<long> owners)
    {
        SegmentList? list = null;
        try
        {
            list = ReadList();
        }
        catch (IOException)
        {
            // damaged, or another version's: what it would list is not known
        }
        foreach (var unlisted in Unlisted(list))
            unlisted.Delete();
        if (list is null)
        {
            File.Delete(Path);
            return true;
        }
        Segment[] theirs =
        [
            .. owners.Select(list.SegmentOf).Where(at => at < list.Segments.Count).Distinct().Select(at => list.Segments[at]),
        ];
        foreach (var segment in theirs)
            File.Delete(PathOf(segment));
        return theirs.Length > 0;
    }

    /// <summary>Whether all files that a list names are there.</summary>
    public bool Holds(SegmentList list) => File.Exists(Path) && list.Segments.All(segment => File.Exists(PathOf(segment)));

    /// <summary>Where a segment is.</summary>
    public string PathOf(Segment segment) => _folder.PathOf(segment.Name);

    /// <summary>A name that no segment had before.</summary>
    public string NewName() => $"{key}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}{IndexFolder.SegmentExtension}";

    /// <summary>Opens the index, if its list is there, sound, and was made from this catalogue and space.</summary>
    /// <param name="catalogue">The catalogue's identity.</param>
    /// <param name="dimensions">Floats a row of the space.</param>
    /// <param name="distrusted">Names of segments that were found damaged, and are not opened.</param>
    /// <param name="before">Open segments, which are shared where the list still has them; may be closed meanwhile.</param>
    /// <param name="problem">Why not, or why a segment is not among those opened; null when there is no index, or nothing is wrong.</param>
    public OpenSegments? TryOpen(
        string catalogue,
        int dimensions,
        IReadOnlySet<string> distrusted,
        OpenSegments? before,
        out IndexProblem? problem
    )
    {
        OpenSegments? open = null;
        for (var tried = 0; ; tried++)
        {
            if (TryReadList(catalogue, dimensions, out problem) is not { } list)
                return null;
            open = new OpenSegments(list, Open(list, distrusted, before, out problem));
            if (open.AreWhole || tried >= Tries || TryReadList(catalogue, dimensions, out _) is { } now && IsSame(now, list))
                return open;
            open.Dispose(); // another process has just put others in their place
        }
    }

    /// <summary>The list, if it is there, sound, and was made from this catalogue and space.</summary>
    public SegmentList? TryReadList(string catalogue, int dimensions, out IndexProblem? problem)
    {
        problem = null;
        try
        {
            if (ReadList() is not { } list)
                return null;
            if (list.Identity == Identity(catalogue) && list.Dimensions == dimensions)
                return list;
            problem = new IndexProblem($"{Path} was made from another catalogue, or by another version of Sosia.");
        }
        catch (Exception unusable) when (IndexProblem.Of(unusable) is { } found)
        {
            problem = found;
        }
        return null;
    }

    /// <summary>Writes a segment, which belongs to nothing until a list names it. The caller holds the lock.</summary>
    /// <exception cref="IOException">The disk is full or refuses; nothing is left.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public void WriteSegment(
        string name,
        ExactIndex<InnerProduct> index,
        EmbeddingTable table,
        string catalogue,
        CancellationToken cancellation
    )
    {
        var path = _folder.PathOf(name);
        var stamp = new IndexStamp(Identity(catalogue), table.Revision.Version, RowId.Bytes) { Nonce = table.Revision.Nonce };
        IndexFile.Write(path, index, stamp, RowId.Payload(table), cancellation);
        PrivateFile.Close(path); // its directory is closed from the start
    }

    /// <summary>Puts a list in the place of the one that is there. The caller holds the lock.</summary>
    /// <exception cref="IOException">The disk is full or refuses; the list that was there is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public void WriteList(SegmentList list)
    {
        DerivedFile.Write(Path, stream => stream.Write(list.ToBytes()), isPrivate: true);
        DeleteUnlisted(list);
    }

    /// <summary>
    /// Deletes what no list names, and what was left half-written. What can't be deleted, such as a file that is open on Windows, is left
    /// to the next call. The caller holds the lock.
    /// </summary>
    /// <param name="list">The list that is there; null for none.</param>
    public void DeleteUnlisted(SegmentList? list)
    {
        foreach (var file in Unlisted(list))
            try
            {
                file.Delete();
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                // no list names it
            }
    }

    private IEnumerable<FileInfo> Unlisted(SegmentList? list)
    {
        var listed = list?.Segments.Select(segment => segment.Name).ToHashSet(StringComparer.Ordinal) ?? [];
        return _folder
            .Segments()
            .Where(segment => segment.Key == key && !listed.Contains(segment.File.Name))
            .Select(segment => segment.File)
            .Concat(_folder.Leftovers());
    }

    /// <summary>How the segments of a list are encoded; null where none can be opened.</summary>
    public RowEncoding? EncodingOf(SegmentList list, IReadOnlySet<string> distrusted)
    {
        foreach (var segment in list.Segments.Where(segment => !distrusted.Contains(segment.Name)))
            try
            {
                using var stored = IndexFile.Open<InnerProduct>(PathOf(segment));
                if (IsListed(stored, segment, list))
                    return stored.Index.Encoding;
            }
            catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
            {
                // the next one may do
            }
        return null;
    }

    /// <summary>An empty list of this index.</summary>
    public SegmentList Empty(string catalogue, int dimensions, Revision revision) => new(Identity(catalogue), dimensions, revision, []);

    /// <returns>Null when there is none.</returns>
    private SegmentList? ReadList()
    {
        try
        {
            using var stream = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            return SegmentList.Read(stream, Path);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private StoredIndex<InnerProduct>?[] Open(
        SegmentList list,
        IReadOnlySet<string> distrusted,
        OpenSegments? before,
        out IndexProblem? problem
    )
    {
        var stored = new StoredIndex<InnerProduct>?[list.Segments.Count];
        RowEncoding? encoding = null; // that of the first segment, which all share
        problem = null;
        for (var i = 0; i < stored.Length; i++)
        {
            var segment = list.Segments[i];
            if (distrusted.Contains(segment.Name))
                continue;
            try
            {
                stored[i] = Again(before?.Find(segment.Name))
                    ?? IndexFile.OpenLike<InnerProduct>(PathOf(segment), encoding ?? before?.Encoding);
                if (
                    IsListed(stored[i]!, segment, list)
                    && ReferenceEquals(encoding ??= stored[i]!.Index.Encoding, stored[i]!.Index.Encoding)
                )
                    continue;
                stored[i]!.Dispose();
                stored[i] = null;
                problem = new IndexProblem($"{PathOf(segment)} is not the segment that its index lists.");
            }
            catch (Exception unusable) when (IndexProblem.Of(unusable) is { } found)
            {
                problem = found;
            }
        }
        return stored;
    }

    private static bool IsListed(StoredIndex<InnerProduct> opened, Segment segment, SegmentList list) =>
        opened.Stamp.Identity == list.Identity
        && opened.Stamp.PayloadBytes == RowId.Bytes
        && opened.Index.Count == segment.Rows
        && opened.Index.Dimensions == list.Dimensions;

    private static StoredIndex<InnerProduct>? Again(StoredIndex<InnerProduct>? open)
    {
        try
        {
            return open?.Share();
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }

    private static bool IsSame(SegmentList one, SegmentList other) => one.Segments.SequenceEqual(other.Segments);

    private string Identity(string catalogue) => $"{catalogue}/{key}";
}

/// <summary>Why an index file can't be used.</summary>
/// <param name="Says">A sentence.</param>
internal sealed record IndexProblem(string Says)
{
    /// <summary>Whether it is sound as far as can be seen, but of another version of the format.</summary>
    public bool IsOtherVersion { get; init; }

    /// <summary>What an error says of a file; null for an error of another kind.</summary>
    public static IndexProblem? Of(Exception error) =>
        error switch
        {
            UnsupportedFileException => new IndexProblem(error.Message) { IsOtherVersion = true },
            IOException or UnauthorizedAccessException => new IndexProblem(error.Message),
            _ => null,
        };
}
