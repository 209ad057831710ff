using System.Buffers;
using System.IO.Compression;
using Sosia.Photos.Folders;

namespace Sosia.Evaluation.Datasets;

/// <summary>
/// A file of a data set as somebody passed it on: in a folder or an archive. Its name is somebody else's and is never used as a path.
/// </summary>
/// <param name="Name">Its path there.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Read">Reads all of it; in an archive only until the next file is asked for.</param>
internal readonly record struct SourceFile(string Name, long Bytes, Func<byte[]> Read)
{
    /// <summary>Most bytes that an archive may unpack to. LFW has 250 MB at most; a bomb has no end.</summary>
    private const long MostUnpacked = 2L << 30;

    private static readonly SearchValues<char> Separators = SearchValues.Create("/\\");

    /// <summary>The last two parts of the name: folder and file.</summary>
    public (string Folder, string File) Last
    {
        get
        {
            var end = Name.AsSpan().LastIndexOfAny(Separators);
            if (end < 0)
                return ("", Name);
            var start = Name.AsSpan(0, end).LastIndexOfAny(Separators) + 1;
            return (Name[start..end], Name[(end + 1)..]);
        }
    }

    /// <summary>The files of a folder, a tar archive (also gzip-compressed) or a zip archive, one after the other.</summary>
    /// <exception cref="ArgumentException">Nothing there, or neither of these.</exception>
    /// <exception cref="InvalidDataException">The archive is damaged, cut off, or unpacks without end.</exception>
    public static IEnumerable<SourceFile> In(string path, CancellationToken cancellation)
    {
        if (Directory.Exists(path))
            return InFolder(path, cancellation);
        if (!File.Exists(path))
            throw new ArgumentException($"There is no file or folder {path}; give LFW's archive, or the folder that it was unpacked to.");
        Span<byte> magic = stackalloc byte[265];
        using (var start = File.OpenRead(path))
            magic = magic[..start.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false)];
        if (magic.StartsWith("PK\u0003\u0004"u8))
            return InZip(path);
        var packed = magic.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]);
        if (!packed && (magic.Length < 262 || !magic[257..].StartsWith("ustar"u8)))
            throw new ArgumentException(
                $"{path} is neither a folder nor a tar, tar.gz or zip archive; get LFW's archive again, or unpack it and give the folder."
            );
        return InTar(path, packed);
    }

    private static List<SourceFile> InFolder(string folder, CancellationToken cancellation) =>
        [
            .. PhotoFinder
                .Find([folder], cancellation)
                .Where(found => found.Problem is null)
                .Select(found => new SourceFile(found.Stamp.Path, found.Stamp.Bytes, () => File.ReadAllBytes(found.Stamp.Path))),
        ];

    private static IEnumerable<SourceFile> InTar(string path, bool packed)
    {
        using var file = File.OpenRead(path);
        using var unpacked = new LimitedStream(packed ? new GZipStream(file, CompressionMode.Decompress) : file, MostUnpacked);
        foreach (var entry in TarReader.Read(unpacked))
            yield return entry;
    }

    private static IEnumerable<SourceFile> InZip(string path)
    {
        using var zip = ZipFile.OpenRead(path);
        foreach (var entry in zip.Entries)
            yield return new SourceFile(
                entry.FullName,
                entry.Length,
                () =>
                {
                    using var stream = entry.Open();
                    var bytes = new byte[entry.Length]; // what unpacks to more than it says is cut off there
                    stream.ReadExactly(bytes);
                    return bytes;
                }
            );
    }
}
