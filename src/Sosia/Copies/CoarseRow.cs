namespace Sosia.Copies;

/// <summary>
/// A descriptor as a row of 64 floats of length 1: the picture as 8 × 8 grey levels less their mean. Rows of copies are near each other,
/// so an exact search for the nearest gives what is worth comparing closely. A crop or a frame moves the row too far; there the rows of a
/// smaller and a larger part of the picture are near.
/// </summary>
internal static class CoarseRow
{
    /// <summary>Floats a row.</summary>
    public const int Dimensions = Cells * Cells;

    private const int Cells = 8;
    private const int Side = PhotoDescriptor.Side;

    /// <summary>How much of each side a smaller part leaves out, and a larger one adds by repeating the edge.</summary>
    private const float Cut = 0.05f;

    /// <summary>The row of a whole picture; zeros where it is of one grey.</summary>
    public static float[] Of(PhotoDescriptor descriptor) => Of(descriptor, 0);

    /// <summary>The rows to search with: of the whole picture, of a smaller and a larger part, and of their mirror images.</summary>
    public static float[][] Questions(PhotoDescriptor descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        var mirrored = descriptor.Mirrored();
        return [.. from picture in new[] { descriptor, mirrored } from cut in new[] { 0, Cut, -Cut } select Of(picture, cut)];
    }

    private static float[] Of(PhotoDescriptor descriptor, float cut)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        var row = new float[Dimensions];
        for (var y = 0; y < Side; y++)
        for (var x = 0; x < Side; x++)
            row[y * Cells / Side * Cells + x * Cells / Side] += LevelAt(descriptor.Pixels, Place(x, cut), Place(y, cut));
        var mean = row.Average();
        for (var i = 0; i < row.Length; i++)
            row[i] -= mean;
        var length = MathF.Sqrt(row.Sum(value => value * value));
        for (var i = 0; i < row.Length; i++)
            row[i] = length > 0 ? row[i] / length : 0;
        return row;
    }

    /// <summary>Where a pixel of a part lies in the whole.</summary>
    private static float Place(int at, float cut) => Math.Clamp((cut + (1 - 2 * cut) * (at + 0.5f) / Side) * Side - 0.5f, 0, Side - 1);

    private static float LevelAt(ReadOnlySpan<byte> pixels, float x, float y)
    {
        var (left, top) = (Math.Min((int)x, Side - 2), Math.Min((int)y, Side - 2));
        var (right, down) = (x - left, y - top);
        var at = top * Side + left;
        return (1 - down) * ((1 - right) * pixels[at] + right * pixels[at + 1])
            + down * ((1 - right) * pixels[at + Side] + right * pixels[at + Side + 1]);
    }
}
