using XmpCore;

namespace Sosia.Photos.Facts;

/// <summary>What is read of an XMP packet.</summary>
internal sealed record XmpPacket
{
    private const string Dc = XmpConstants.NsDC,
        Photoshop = XmpConstants.NsPhotoshop,
        Exif = XmpConstants.NsExif,
        Xmp = XmpConstants.NsXmp;

    private static readonly XmpPacket Nothing = new();

    /// <summary>Times of taking, the best first.</summary>
    public IReadOnlyList<string> Times { get; private init; } = [];

    public string? Description { get; private init; }

    public string? Credit { get; private init; }

    public string? Creator { get; private init; }

    /// <summary>Why nothing could be read, in one sentence; null when it could.</summary>
    public string? Problem { get; private init; }

    /// <summary>The first of some packets that can be read; nothing where there is none.</summary>
    public static XmpPacket ReadFirst(IReadOnlyList<byte[]> packets)
    {
        XmpPacket? unreadable = null;
        foreach (var packet in packets)
        {
            var read = Read(packet);
            if (read.Problem is null)
                return read;
            unreadable ??= read;
        }
        return unreadable ?? Nothing;
    }

    private static XmpPacket Read(byte[] bytes)
    {
        try
        {
            return Of(XmpDocument.Parse(bytes));
        }
        catch (FormatException wrong)
        {
            return new() { Problem = $"Its XMP {wrong.Message}; it is left out." };
        }
        catch (Exception damaged) when (damaged is XmpException or InvalidOperationException or ArgumentException or NullReferenceException)
        {
            return new() { Problem = "Its XMP is damaged; it is left out." };
        }
    }

    private static XmpPacket Of(IXmpMeta xmp) =>
        new()
        {
            Times =
            [
                .. new[] { (Exif, "DateTimeOriginal"), (Photoshop, "DateCreated"), (Xmp, "CreateDate") }
                    .Select(name => TextOf(xmp, name.Item1, name.Item2))
                    .OfType<string>(),
            ],
            Description = xmp.GetLocalizedText(Dc, "description", null, "x-default")?.Value ?? TextOf(xmp, Dc, "description"),
            Credit = TextOf(xmp, Photoshop, "Credit"),
            Creator = CreatorOf(xmp),
        };

    private static string? CreatorOf(IXmpMeta xmp)
    {
        if (!xmp.DoesPropertyExist(Dc, "creator"))
            return null;
        var creators = Enumerable
            .Range(1, Math.Min(xmp.CountArrayItems(Dc, "creator"), 8))
            .Select(i => xmp.GetArrayItem(Dc, "creator", i)?.Value);
        return string.Join(", ", creators.OfType<string>()) is { Length: > 0 } names ? names : null;
    }

    private static string? TextOf(IXmpMeta xmp, string schema, string name) => xmp.GetProperty(schema, name)?.Value;
}
