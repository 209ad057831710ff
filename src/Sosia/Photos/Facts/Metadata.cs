using MetadataExtractor;
using MetadataExtractor.Formats.Exif;
using MetadataExtractor.Formats.Iptc;
using MetadataExtractor.Formats.Jpeg;
using MetadataExtractor.Formats.Photoshop;
using MetadataExtractor.Formats.Tiff;
using MetadataExtractor.IO;
using Sosia.Photos.Magick;
using Sosia.Photos.Vips;
using Directory = MetadataExtractor.Directory;

namespace Sosia.Photos.Facts;

/// <summary>EXIF and IPTC as MetadataExtractor reads them, and XMP as it stands in the file.</summary>
/// <param name="Directories">EXIF and IPTC.</param>
/// <param name="Xmp">The packets.</param>
internal sealed record Metadata(IReadOnlyList<Directory> Directories, IReadOnlyList<byte[]> Xmp)
{
    private static readonly byte[] XmpPreamble = [.. "http://ns.adobe.com/xap/1.0/\0"u8];
    private static readonly byte[] ExifPreamble = [.. "Exif\0\0"u8];
    private static readonly IJpegSegmentMetadataReader[] InJpegs = [new ExifReader(), new IptcReader(), new PhotoshopReader()];

    public static Metadata None { get; } = new([], []);

    /// <summary>The first directory of a kind; null when there is none.</summary>
    public T? Find<T>()
        where T : Directory => Directories.OfType<T>().FirstOrDefault();

    /// <summary>Whether an exception says that metadata can't be read.</summary>
    public static bool IsUnreadable(Exception exception) =>
        exception
            is MetadataException
                or ImageProcessingException
                or JpegProcessingException
                or IOException
                or NetVips.VipsException
                or ImageMagick.MagickException
                or ArgumentException
                or ArithmeticException
                or IndexOutOfRangeException
                or InvalidOperationException
                or FormatException
                or InvalidCastException
                or NullReferenceException
                or TypeInitializationException;

    /// <summary>How the stored pixels are to be turned or mirrored, as EXIF counts it: 1 to 8, 1 where nothing is said.</summary>
    public int Orientation =>
        Find<ExifIfd0Directory>() is { } exif && exif.TryGetInt32(ExifDirectoryBase.TagOrientation, out var said) && said is >= 1 and <= 8
            ? said
            : 1;

    /// <summary>The metadata of a file, in the way of its format.</summary>
    /// <exception cref="Exception">One of <see cref="IsUnreadable"/>.</exception>
    public static Metadata Of(byte[] bytes, PhotoFormat format) =>
        format switch
        {
            PhotoFormat.Jpeg => OfJpeg(new MemoryStream(bytes, writable: false)),
            PhotoFormat.Png or PhotoFormat.Webp or PhotoFormat.Avif => OfBlobs(VipsMetadata.Read(bytes)),
            PhotoFormat.Heic or PhotoFormat.JpegXl => OfBlobs(MagickPhotoDecoder.ReadMetadata(bytes, format)),
            PhotoFormat.Tiff => OfTiff(bytes),
            PhotoFormat.CameraRaw => IsTiff(bytes) ? OfTiff(bytes) : OfOther(bytes),
            _ => None,
        };

    /// <summary>
    /// The parts of a JPEG before its pixels. Of XMP only the packet of up to 64 kB that stands first: what does not fit into it is
    /// histories and thumbnails.
    /// </summary>
    /// <param name="stream">From the first byte; it is read up to the pixels.</param>
    /// <exception cref="Exception">One of <see cref="IsUnreadable"/>.</exception>
    public static Metadata OfJpeg(Stream stream)
    {
        var segments = JpegSegmentReader
            .ReadSegments(new SequentialStreamReader(stream), [JpegSegmentType.App1, JpegSegmentType.AppD])
            .ToArray();
        var xmp = segments
            .Where(segment => segment.Bytes.AsSpan().StartsWith(XmpPreamble))
            .Select(segment => segment.Bytes[XmpPreamble.Length..]);
        return new(JpegMetadataReader.ProcessJpegSegments(InJpegs, segments), [.. xmp]);
    }

    private static Metadata OfBlobs((byte[]? Exif, byte[]? Xmp) blobs) =>
        new(blobs.Exif is { } exif ? OfExif(exif) : [], blobs.Xmp is { } xmp ? [xmp] : []);

    private static IReadOnlyList<Directory> OfExif(byte[] exif) =>
        new ExifReader().Extract(new ByteArrayReader(exif.AsSpan().StartsWith(ExifPreamble) ? exif[ExifPreamble.Length..] : exif));

    private static Metadata OfTiff(byte[] bytes)
    {
        var (directories, xmp) = (new List<Directory>(), new List<byte[]>());
        TiffReader.ProcessTiff(new ByteArrayReader(bytes), new TiffParts(directories, xmp));
        return new(directories, xmp);
    }

    private static Metadata OfOther(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        return new(ImageMetadataReader.ReadMetadata(stream), []);
    }

    private static bool IsTiff(byte[] bytes) => bytes.AsSpan().StartsWith("II*\0"u8) || bytes.AsSpan().StartsWith("MM\0*"u8);

    /// <summary>Takes XMP as it stands, for it to meet a limit before it is parsed.</summary>
    private sealed class TiffParts(List<Directory> directories, List<byte[]> xmp) : ExifTiffHandler(directories)
    {
        private const int XmpTag = 0x02BC;

        public override bool CustomProcessTag(
            int tagOffset,
            ICollection<int> processedIfdOffsets,
            IndexedReader reader,
            int tagId,
            int byteCount
        )
        {
            if (tagId != XmpTag)
                return base.CustomProcessTag(tagOffset, processedIfdOffsets, reader, tagId, byteCount);
            xmp.Add(reader.GetBytes(tagOffset, byteCount));
            return true;
        }
    }
}
