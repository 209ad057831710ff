using System.Globalization;
using Sosia.Faces;
using XmpCore;
using XmpCore.Options;

namespace Sosia.Photos.Regions;

/// <summary>
/// Faces in XMP, in the two forms that programs use: regions of the Metadata Working Group (<c>mwg-rs</c>: digiKam, Picasa, Lightroom) and
/// Microsoft's people tags (<c>MP</c>: Windows, digiKam beside the other).
/// </summary>
internal static class FaceRegions
{
    /// <summary>Regions that are read of one document; no photo shows more faces.</summary>
    private const int Most = 2000;

    private const string Mwg = "http://www.metadataworkinggroup.com/schemas/regions/",
        Dimensions = "http://ns.adobe.com/xap/1.0/sType/Dimensions#",
        Area = "http://ns.adobe.com/xmp/sType/Area#",
        Microsoft = "http://ns.microsoft.com/photo/1.2/",
        MicrosoftInfo = "http://ns.microsoft.com/photo/1.2/t/RegionInfo#",
        MicrosoftRegion = "http://ns.microsoft.com/photo/1.2/t/Region#";

    private static readonly PropertyOptions Struct = new() { IsStruct = true };
    private static readonly PropertyOptions Bag = new() { IsArray = true };

    static FaceRegions()
    {
        foreach (
            var (name, prefix) in new[]
            {
                (Mwg, "mwg-rs"),
                (Dimensions, "stDim"),
                (Area, "stArea"),
                (Microsoft, "MP"),
                (MicrosoftInfo, "MPRI"),
                (MicrosoftRegion, "MPReg"),
            }
        )
            XmpMetaFactory.SchemaRegistry.RegisterNamespace(name, prefix);
    }

    /// <summary>The faces of a document. A face that both forms note counts once.</summary>
    public static NotedFaces Read(IXmpMeta xmp)
    {
        ArgumentNullException.ThrowIfNull(xmp);
        var (width, height) = SidesOf(xmp);
        var faces = new List<FaceRegion>();
        var unreadable = 0;
        foreach (var (name, box) in Items(xmp, Mwg, MwgList).Where(at => IsFace(xmp, at)).Select(at => MwgRegion(xmp, at, width, height)))
            Add(name, box);
        var noted = faces.ToArray();
        foreach (var (name, box) in Items(xmp, Microsoft, MicrosoftList).Select(at => MicrosoftTag(xmp, at)))
            if (box is null || !noted.Any(face => face.IsAt(box.Value) && (face.Name is not null || name is null)))
                Add(name, box);
        return new NotedFaces(width, height, faces, unreadable);

        void Add(string? name, Box? box)
        {
            if (box is { } inside)
                faces.Add(new FaceRegion(name, inside));
            else
                unreadable++;
        }
    }

    /// <summary>Adds faces to a document, in both forms. What it holds stays; a face that it notes without a name gets one.</summary>
    /// <param name="xmp">The document.</param>
    /// <param name="faces">The faces.</param>
    /// <param name="frame">The frame that the document measures by.</param>
    /// <returns>Whether anything changed.</returns>
    public static bool Write(IXmpMeta xmp, IReadOnlyList<NamedFace> faces, Frame frame)
    {
        ArgumentNullException.ThrowIfNull(xmp);
        ArgumentNullException.ThrowIfNull(faces);
        var changed = false;
        if (SidesOf(xmp).Width == 0 && faces.Count > 0)
        {
            SetSides(xmp, frame.StoredWidth, frame.StoredHeight);
            changed = true;
        }
        foreach (var face in faces)
        {
            changed |= WriteMwg(xmp, face, frame);
            changed |= WriteMicrosoft(xmp, face, frame);
        }
        return changed;
    }

    private static string MwgList => In("Regions", Mwg, "RegionList");

    private static string MicrosoftList => In("RegionInfo", MicrosoftInfo, "Regions");

    private static bool WriteMwg(IXmpMeta xmp, NamedFace face, Frame frame)
    {
        var (width, height) = SidesOf(xmp);
        var there = Items(xmp, Mwg, MwgList)
            .FirstOrDefault(at => IsFace(xmp, at) && IsSame(face, MwgRegion(xmp, at, width, height).Box, frame));
        if (there is not null)
            return NameIt(xmp, Mwg, In(there, Mwg, "Name"), face.Name);
        var at = Append(xmp, Mwg, "Regions", MwgList);
        Set(xmp, Mwg, at, Mwg, "Name", face.Name);
        Set(xmp, Mwg, at, Mwg, "Type", "Face");
        var area = In(at, Mwg, "Area");
        var box = frame.FromPhoto(face.Box);
        Set(xmp, Mwg, area, Area, "x", Text(box.Centre.X));
        Set(xmp, Mwg, area, Area, "y", Text(box.Centre.Y));
        Set(xmp, Mwg, area, Area, "w", Text(box.Width));
        Set(xmp, Mwg, area, Area, "h", Text(box.Height));
        Set(xmp, Mwg, area, Area, "unit", "normalized");
        return true;
    }

    private static bool WriteMicrosoft(IXmpMeta xmp, NamedFace face, Frame frame)
    {
        var there = Items(xmp, Microsoft, MicrosoftList).FirstOrDefault(at => IsSame(face, MicrosoftTag(xmp, at).Box, frame));
        if (there is not null)
            return NameIt(xmp, Microsoft, In(there, MicrosoftRegion, "PersonDisplayName"), face.Name);
        var at = Append(xmp, Microsoft, "RegionInfo", MicrosoftList);
        var box = frame.FromPhoto(face.Box);
        Set(xmp, Microsoft, at, MicrosoftRegion, "PersonDisplayName", face.Name);
        Set(xmp, Microsoft, at, MicrosoftRegion, "Rectangle", $"{Text(box.Left)}, {Text(box.Top)}, {Text(box.Width)}, {Text(box.Height)}");
        return true;
    }

    private static bool IsSame(NamedFace face, Box? region, Frame frame) =>
        region is { } box && frame.ToPhoto(box) is { } inPhoto && face.IsSame(inPhoto);

    /// <summary>Gives a region that has none a name.</summary>
    private static bool NameIt(IXmpMeta xmp, string schema, string path, string name)
    {
        if (xmp.GetProperty(schema, path)?.Value is { Length: > 0 })
            return false;
        xmp.SetProperty(schema, path, name);
        return true;
    }

    /// <summary>Adds an empty region to a list, which is made when missing.</summary>
    /// <returns>Its path.</returns>
    private static string Append(IXmpMeta xmp, string schema, string root, string list)
    {
        if (!xmp.DoesPropertyExist(schema, root))
            xmp.SetProperty(schema, root, null, Struct);
        xmp.AppendArrayItem(schema, list, Bag, null, Struct);
        return XmpPathFactory.ComposeArrayItemPath(list, xmp.CountArrayItems(schema, list));
    }

    private static void Set(IXmpMeta xmp, string schema, string at, string fieldOf, string field, string value) =>
        xmp.SetProperty(schema, In(at, fieldOf, field), value);

    private static void SetSides(IXmpMeta xmp, int width, int height)
    {
        if (!xmp.DoesPropertyExist(Mwg, "Regions"))
            xmp.SetProperty(Mwg, "Regions", null, Struct);
        var sides = In("Regions", Mwg, "AppliedToDimensions");
        Set(xmp, Mwg, sides, Dimensions, "w", width.ToString(CultureInfo.InvariantCulture));
        Set(xmp, Mwg, sides, Dimensions, "h", height.ToString(CultureInfo.InvariantCulture));
        Set(xmp, Mwg, sides, Dimensions, "unit", "pixel");
    }

    private static (double Width, double Height) SidesOf(IXmpMeta xmp)
    {
        var sides = In("Regions", Mwg, "AppliedToDimensions");
        var (width, height) = (Number(xmp, Mwg, sides, Dimensions, "w"), Number(xmp, Mwg, sides, Dimensions, "h"));
        return width > 0 && height > 0 ? (width.Value, height.Value) : default;
    }

    private static bool IsFace(IXmpMeta xmp, string at) => xmp.GetProperty(Mwg, In(at, Mwg, "Type"))?.Value is null or "" or "Face";

    private static (string? Name, Box? Box) MwgRegion(IXmpMeta xmp, string at, double width, double height)
    {
        var area = In(at, Mwg, "Area");
        var isInPixels = Field(xmp, Mwg, area, Area, "unit") == "pixel" && width > 0;
        var (across, down) = isInPixels ? (width, height) : (1, 1);
        double? Of(string side, double whole) => Number(xmp, Mwg, area, Area, side) / whole;
        var box = BoxOf(Of("x", across) - Of("w", across) / 2, Of("y", down) - Of("h", down) / 2, Of("w", across), Of("h", down));
        return (Field(xmp, Mwg, at, Mwg, "Name"), box);
    }

    private static (string? Name, Box? Box) MicrosoftTag(IXmpMeta xmp, string at)
    {
        var sides = (Field(xmp, Microsoft, at, MicrosoftRegion, "Rectangle") ?? "").Split(',').Select(Number).ToArray();
        return (
            Field(xmp, Microsoft, at, MicrosoftRegion, "PersonDisplayName"),
            sides.Length == 4 ? BoxOf(sides[0], sides[1], sides[2], sides[3]) : null
        );
    }

    private static Box? BoxOf(double? left, double? top, double? width, double? height) =>
        left is { } x && top is { } y && width is > 0 and <= 2 && height is > 0 and <= 2
            ? new Box((float)x, (float)y, (float)width.Value, (float)height.Value)
            : null;

    private static IEnumerable<string> Items(IXmpMeta xmp, string schema, string list) =>
        xmp.DoesPropertyExist(schema, list)
            ? Enumerable
                .Range(1, Math.Min(xmp.CountArrayItems(schema, list), Most))
                .Select(i => XmpPathFactory.ComposeArrayItemPath(list, i))
            : [];

    private static string? Field(IXmpMeta xmp, string schema, string at, string fieldOf, string field) =>
        xmp.GetProperty(schema, In(at, fieldOf, field))?.Value is { Length: > 0 } text ? text : null;

    private static double? Number(IXmpMeta xmp, string schema, string at, string fieldOf, string field) =>
        Field(xmp, schema, at, fieldOf, field) is { } text ? Number(text) : null;

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private static string Text(float number) => number.ToString("0.######", CultureInfo.InvariantCulture);

    /// <summary>The path of a field of a structure.</summary>
    private static string In(string at, string fieldOf, string field) => at + XmpPathFactory.ComposeStructFieldPath(fieldOf, field);
}
