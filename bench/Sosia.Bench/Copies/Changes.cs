using NetVips;

namespace Sosia.Bench.Copies;

/// <summary>What people and programs do to a picture before they save it again.</summary>
internal static class Changes
{
    private const double Frame = 0.05;

    private static readonly double[] White = [255, 255, 255],
        Black = [0, 0, 0];

    /// <summary>The names of the changes, in the order of <see cref="Of"/>.</summary>
    public static readonly string[] Names =
    [
        "half the size",
        "twice the size",
        "quality 30",
        "brighter",
        "grey",
        "mirrored",
        "framed 5%",
        "cropped 5%",
        "cropped 10%",
    ];

    /// <summary>A JPEG of every change. Places, frames and qualities (75 to 95 but for the one named) are drawn.</summary>
    public static IEnumerable<byte[]> Of(byte[] file, Random random)
    {
        using var image = Image.NewFromBuffer(file);
        Func<Image>[] changes =
        [
            () => image.Resize(0.5),
            () => image.Resize(2),
            () => image.Copy(),
            () => image.Linear([1.25], [20]).Cast(Enums.BandFormat.Uchar),
            () => image.Colourspace(Enums.Interpretation.Bw),
            () => image.Flip(Enums.Direction.Horizontal),
            () => Framed(image, random.Next(2) == 0 ? White : Black),
            () => Cropped(image, 0.05, random),
            () => Cropped(image, 0.10, random),
        ];
        for (var i = 0; i < changes.Length; i++)
        {
            using var changed = changes[i]();
            yield return changed.JpegsaveBuffer(q: Names[i] == "quality 30" ? 30 : random.Next(75, 96));
        }
    }

    private static Image Framed(Image image, double[] colour)
    {
        var (x, y) = ((int)(image.Width * Frame), (int)(image.Height * Frame));
        return image.Embed(x, y, image.Width + 2 * x, image.Height + 2 * y, extend: Enums.Extend.Background, background: colour);
    }

    /// <summary>A share of width and height is cut off, anywhere.</summary>
    private static Image Cropped(Image image, double share, Random random)
    {
        var (width, height) = ((int)Math.Round(image.Width * (1 - share)), (int)Math.Round(image.Height * (1 - share)));
        return image.Crop(random.Next(image.Width - width + 1), random.Next(image.Height - height + 1), width, height);
    }
}
