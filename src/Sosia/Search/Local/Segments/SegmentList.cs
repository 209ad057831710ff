using System.Security.Cryptography;
using System.Text;
using Sosia.Catalogue;
using Sosia.Vectors;
using Sosia.Vectors.Files;

namespace Sosia.Search.Local.Segments;

/// <summary>Part of an index, in a file of its own: the rows of some owners, in order of their numbers.</summary>
/// <param name="Name">The file's name. It is never used for another segment.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Last">Owners after the last one of the segment before, up to this one.</param>
internal readonly record struct Segment(string Name, int Rows, long Last);

/// <summary>
/// What an index consists of. Every owner belongs to one segment, or comes after the last one; so each segment can be made again on its
/// own from the catalogue.
/// </summary>
/// <param name="Identity">The catalogue and the space.</param>
/// <param name="Dimensions">Floats a row.</param>
/// <param name="Revision">
/// The state of the catalogue that every segment has reached; some may be younger. What changed since is added by who reads it, and adding
/// what a segment has already changes nothing.
/// </param>
/// <param name="Segments">In order of their owners.</param>
internal sealed record SegmentList(string Identity, int Dimensions, Revision Revision, IReadOnlyList<Segment> Segments)
{
    private const int FormatVersion = 3;
    private const int MostSegments = 1 << 20,
        MostBytes = 1 << 28;
    private static ReadOnlySpan<byte> Magic => "SOSIASEG"u8;

    /// <summary>What an index was before it had segments: one file, which begins so.</summary>
    private static ReadOnlySpan<byte> MagicOfOneFile => "SOSIAVEC"u8;

    /// <summary>Rows in all segments.</summary>
    public long Rows => Segments.Sum(segment => (long)segment.Rows);

    /// <summary>The segment that an owner belongs to; the number of segments for one that comes after all of them.</summary>
    public int SegmentOf(long owner)
    {
        var (low, high) = (0, Segments.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (Segments[middle].Last < owner)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /// <summary>The owners that belong to a segment; for the number of segments those after all of them.</summary>
    public OwnerRange RangeOf(int segment) =>
        new(segment == 0 ? long.MinValue : Segments[segment - 1].Last, segment == Segments.Count ? long.MaxValue : Segments[segment].Last);

    /// <summary>As it lies in a file: little-endian, with its SHA-256 at the end.</summary>
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(Magic);
        writer.Write(FormatVersion);
        writer.Write(Identity);
        writer.Write(Dimensions);
        writer.Write(Revision.Version);
        writer.Write(Revision.Nonce);
        writer.Write(Segments.Count);
        foreach (var segment in Segments)
        {
            writer.Write(segment.Name);
            writer.Write(segment.Rows);
            writer.Write(segment.Last);
        }
        writer.Write(SHA256.HashData(stream.ToArray()));
        return stream.ToArray();
    }

    /// <exception cref="DamagedFileException">The file is not what was written.</exception>
    /// <exception cref="UnsupportedFileException">Of another version.</exception>
    public static SegmentList Read(Stream stream, string path)
    {
        var begin = new byte[Magic.Length];
        var read = stream.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false);
        if (begin.AsSpan().SequenceEqual(MagicOfOneFile))
            throw new UnsupportedFileException(path, "Expected a list of segments, got an index in one file.");
        if (read < begin.Length || !begin.AsSpan().SequenceEqual(Magic) || stream.Length > MostBytes)
            throw new DamagedFileException(path, "It is no index file.");
        var bytes = new byte[stream.Length];
        stream.Position = 0;
        stream.ReadExactly(bytes);
        return Parse(bytes, path);
    }

    private static SegmentList Parse(byte[] bytes, string path)
    {
        if (
            bytes.Length < Magic.Length + SHA256.HashSizeInBytes
            || !SHA256.HashData(bytes.AsSpan(..^SHA256.HashSizeInBytes)).AsSpan().SequenceEqual(bytes.AsSpan(^SHA256.HashSizeInBytes..))
        )
            throw new DamagedFileException(path, "The checksum of the list of segments does not match.");
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        reader.BaseStream.Position = Magic.Length;
        if (reader.ReadInt32() is var version && version != FormatVersion)
            throw new UnsupportedFileException(path, $"Expected format version {FormatVersion}, got {version}.");
        var (identity, dimensions) = (reader.ReadString(), reader.ReadInt32());
        var revision = new Revision(reader.ReadInt64(), reader.ReadString());
        var count = reader.ReadInt32();
        if (count is < 0 or > MostSegments)
            throw new DamagedFileException(path, $"A list of {count} segments can't be.");
        var segments = new Segment[count];
        for (var i = 0; i < count; i++)
        {
            segments[i] = new Segment(reader.ReadString(), reader.ReadInt32(), reader.ReadInt64());
            if (segments[i].Name.AsSpan().ContainsAny('/', '\\') || i > 0 && segments[i].Last <= segments[i - 1].Last)
                throw new DamagedFileException(path, $"Segment {i} can't be.");
        }
        return new SegmentList(identity, dimensions, revision, segments);
    }
}
