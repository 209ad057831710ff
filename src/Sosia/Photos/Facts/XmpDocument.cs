using System.Xml;
using System.Xml.Linq;
using XmpCore;

namespace Sosia.Photos.Facts;

/// <summary>Parses XMP of strangers: of bounded length and depth, without entities.</summary>
internal static class XmpDocument
{
    /// <summary>
    /// Longest packet that is parsed, in bytes. What programs write has some thousand, with long histories some hundred thousand.
    /// </summary>
    public const int MostBytes = 1 << 20;

    /// <summary>Elements inside each other; what programs write has ten. The parser calls itself for each.</summary>
    private const int MostDeep = 64;

    private static readonly XmlReaderSettings NoTricks = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreProcessingInstructions = true,
        IgnoreComments = true,
    };

    /// <summary>Parses a document.</summary>
    /// <exception cref="FormatException">It is too long or too deep, has entities, or is none; the message goes on after "XMP".</exception>
    public static IXmpMeta Parse(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        if (bytes.Length > MostBytes)
            throw new FormatException($"has {bytes.Length:N0} bytes, and the limit is {MostBytes:N0}");
        try
        {
            var trimmed = bytes.AsSpan().TrimEnd((byte)0).ToArray(); // the zeros that pad a packet are no XML
            using var reader = XmlReader.Create(new MemoryStream(trimmed), NoTricks);
            var document = XDocument.Load(reader);
            return IsDeeper(document.Root!, MostDeep)
                ? throw new FormatException("is damaged")
                : XmpMetaFactory.ParseFromXDocument(document);
        }
        catch (Exception damaged)
            when (damaged is XmlException or XmpException or InvalidOperationException or ArgumentException or NullReferenceException)
        {
            throw new FormatException("is damaged", damaged);
        }
    }

    private static bool IsDeeper(XElement element, int levels) =>
        levels == 0 || element.Elements().Any(inside => IsDeeper(inside, levels - 1));
}
