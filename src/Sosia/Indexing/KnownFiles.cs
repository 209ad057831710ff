using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Sosia.Catalogue;
using Sosia.Photos;

namespace Sosia.Indexing;

/// <summary>
/// The files that the catalogue knows under the roots of a run, and which of them were found again. Of a million files it keeps a few dozen
/// bytes each: a digest of the path (half of SHA-256, so that nobody can make two paths that are taken for one) and the stamp.
/// </summary>
internal sealed class KnownFiles
{
    private readonly Dictionary<UInt128, Known> _files = [];
    private readonly Dictionary<UInt128, SidecarStamp> _sidecars = [];
    private readonly HashSet<string> _rootsWithPhotos = new(StringComparer.Ordinal);
    private readonly Action<Action<string?, KnownFile>> _readAll;
    private int _found;

    /// <param name="roots">The folders and files of the run.</param>
    /// <param name="catalogue">What is known.</param>
    /// <param name="spaces">The spaces that the run fills.</param>
    /// <param name="others">Files outside of the roots that are looked for as well.</param>
    /// <param name="cancellation">Checked every few thousand files.</param>
    public KnownFiles(
        IReadOnlyList<string> roots,
        IFileReader catalogue,
        IndexedSpaces spaces,
        IReadOnlyList<KnownFile> others,
        CancellationToken cancellation
    )
    {
        _readAll = take =>
        {
            foreach (var root in roots)
            {
                if (catalogue.FindFile(root, spaces) is { } file)
                    take(root, file);
                catalogue.ReadFilesUnder(root, spaces, below => take(root, below), cancellation);
            }
            foreach (var other in others)
                take(null, other);
        };
        _readAll(Add);
    }

    /// <summary>Whether a file could never be read: the catalogue has nothing of it but the reason.</summary>
    public static bool IsFailureOnly(KnownFile file) => file is { Photo: null, State: FileState.Unreadable };

    /// <summary>Whether more than a reason why it can't be read is known of a root, or of a file below it.</summary>
    public bool KnowsMoreOf(string root) => _rootsWithPhotos.Contains(root);

    /// <summary>Notes that a file was found.</summary>
    /// <returns>How the catalogue knows it; null for one that is new.</returns>
    public (FileStamp File, FileState State)? Find(string path)
    {
        var digest = DigestOf(path);
        ref var known = ref CollectionsMarshal.GetValueRefOrNullRef(_files, digest);
        if (Unsafe.IsNullRef(ref known))
            return null;
        if (!known.IsFound)
            _found++;
        known = known with { IsFound = true };
        var modified = new DateTime(known.Modified, DateTimeKind.Utc);
        return (new FileStamp(path, known.Bytes, modified) { Sidecar = _sidecars.GetValueOrDefault(digest) }, known.State);
    }

    /// <summary>The files that were not found.</summary>
    public IReadOnlyList<KnownFile> NotFound()
    {
        var missing = new List<KnownFile>();
        if (_found == _files.Count)
            return missing;
        var taken = new HashSet<UInt128>(); // a file may lie under two roots
        _readAll(
            (_, file) =>
            {
                var digest = DigestOf(file.File.Path);
                if (_files.TryGetValue(digest, out var known) && !known.IsFound && taken.Add(digest))
                    missing.Add(file);
            }
        );
        return missing;
    }

    private void Add(string? root, KnownFile file)
    {
        var digest = DigestOf(file.File.Path);
        if (root is not null && !IsFailureOnly(file))
            _rootsWithPhotos.Add(root);
        if (
            _files.TryAdd(digest, new Known(file.File.Bytes, file.File.Modified.Ticks, file.State, false))
            && file.File.Sidecar is { } beside
        )
            _sidecars.Add(digest, beside);
    }

    private static UInt128 DigestOf(string path)
    {
        var bytes =
            Encoding.UTF8.GetMaxByteCount(path.Length) <= 1024
                ? stackalloc byte[1024]
                : new byte[Encoding.UTF8.GetMaxByteCount(path.Length)];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(path, bytes)], hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    private readonly record struct Known(long Bytes, long Modified, FileState State, bool IsFound);
}
