using ImageMagick;
using ImageMagick.Configuration;

namespace Sosia.Photos.Magick;

/// <summary>
/// The one door to ImageMagick, which is loaded when the first file needs it. From then on this process reads HEIC, camera RAW and JPEG XL
/// with it and nothing else: no other format, no writing, no programs, no lists of files.
/// </summary>
internal static class MagickLibrary
{
    private const string Policy = """
        <?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE policymap [
          <!ELEMENT policymap (policy)*>
          <!ELEMENT policy EMPTY>
          <!ATTLIST policy domain NMTOKEN #REQUIRED rights NMTOKEN #IMPLIED pattern CDATA #IMPLIED>
        ]>
        <policymap>
          <policy domain="delegate" rights="none" pattern="*" />
          <policy domain="filter" rights="none" pattern="*" />
          <policy domain="path" rights="none" pattern="@*" />
          <policy domain="coder" rights="none" pattern="*" />
          <policy domain="coder" rights="read" pattern="{HEIC,DNG,JXL}" />
        </policymap>
        """;

    private static readonly Lock Changing = new();

    /// <summary>One byte a channel, four channels: what ImageMagick keeps of a picture. The decoder's own memory comes on top.</summary>
    private const int BytesAPixel = 4;

    // A static constructor runs once, before the first call returns, whichever thread makes it.
    static MagickLibrary()
    {
        var directory = Directory.CreateTempSubdirectory("sosia-").FullName;
        try
        {
            var files = ConfigurationFiles.Default;
            files.Policy.Data = Policy;
            MagickNET.Initialize(files, directory);
            ResourceLimits.Thread = 1; // photos are decoded side by side, one thread each
            ResourceLimits.Disk = 0; // what does not fit into memory is refused, not written
            ResourceLimits.ListLength = 64;
            IsReadable(MagickFormat.Heic); // the files are read now, and never again
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>Sets ImageMagick up, once in the life of a process; its limits can only grow.</summary>
    /// <exception cref="TypeInitializationException">It does not come for this kind of machine.</exception>
    public static void Harden(PhotoOptions options)
    {
        var side = (ulong)options.MaxSide;
        var area = (ulong)options.MaxPixels * BytesAPixel;
        lock (Changing)
        {
            ResourceLimits.Width = Math.Max(Limits.Side, side);
            ResourceLimits.Height = Math.Max(Limits.Side, side);
            ResourceLimits.Memory = Math.Max(Limits.Area, area);
            ResourceLimits.Area = Math.Max(Limits.Area, area);
            Limits = (Math.Max(Limits.Side, side), Math.Max(Limits.Area, area));
        }
    }

    /// <summary>Whether this machine's ImageMagick has the decoder of a format.</summary>
    public static bool IsReadable(MagickFormat format) =>
        MagickNET.SupportedFormats.Any(known => known.Format == format && known.SupportsReading);

    private static (ulong Side, ulong Area) Limits { get; set; }
}
