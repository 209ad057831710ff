namespace Sosia.Copies;

/// <summary>
/// The detail of a picture: each pixel of its descriptor less the mean of those around it. Light, contrast and shadows fall out of it, and
/// with them most of what makes two portraits in front of a dark wall alike.
/// </summary>
internal sealed class Detail
{
    private const int Side = PhotoDescriptor.Side;

    /// <summary>How far "around" reaches, in pixels.</summary>
    private const int Radius = 3;

    /// <summary>
    /// Root mean square of detail below which a picture counts as empty, in grey levels: a blank page, a black frame, a sky.
    /// </summary>
    private const float Least = 1;

    private readonly float[] _levels;
    private readonly float[] _mirroredLevels;

    /// <summary>What of the levels is compared, at mean 0 and length 1; null where the picture is empty.</summary>
    private readonly float[]? _normalised;

    private readonly float[]? _mirrored;

    private Detail(float[] levels)
    {
        (_levels, _mirroredLevels) = (levels, Mirror(levels));
        _normalised = Alignment.Normalise(levels, Least);
        _mirrored = _normalised is null ? null : Mirror(_normalised);
    }

    /// <summary>Of a picture that nobody has: like none.</summary>
    public static Detail None { get; } = new(new float[Side * Side]);

    public static Detail Of(PhotoDescriptor descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        var sums = SumsOf(descriptor.Pixels);
        var levels = new float[Side * Side];
        for (var y = 0; y < Side; y++)
        for (var x = 0; x < Side; x++)
        {
            var (left, right) = (Math.Max(0, x - Radius), Math.Min(Side, x + Radius + 1));
            var (top, bottom) = (Math.Max(0, y - Radius), Math.Min(Side, y + Radius + 1));
            var around = At(right, bottom) - At(left, bottom) - At(right, top) + At(left, top);
            levels[y * Side + x] = descriptor.Pixels[y * Side + x] - (float)around / ((right - left) * (bottom - top));
        }
        return new(levels);

        int At(int x, int y) => sums[y * (Side + 1) + x];
    }

    /// <summary>How alike two pictures are, each possibly a part of the other, and one possibly mirrored.</summary>
    /// <returns>The highest correlation of their details, in [−1, 1]; 0 where one of them is empty.</returns>
    public static float Likeness(Detail one, Detail other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        if (one is not { _normalised: { } first, _mirrored: { } firstMirrored } || other._normalised is not { } second)
            return 0;
        var upright = Math.Max(Alignment.Best(one._levels, second), Alignment.Best(other._levels, first));
        var mirrored = Math.Max(Alignment.Best(one._mirroredLevels, second), Alignment.Best(other._levels, firstMirrored));
        return Math.Clamp(Math.Max(upright, mirrored), -1, 1);
    }

    private static float[] Mirror(float[] values)
    {
        var mirrored = (float[])values.Clone();
        PhotoDescriptor.Mirror<float>(mirrored);
        return mirrored;
    }

    /// <summary>At (x, y) the sum of all pixels above and to the left.</summary>
    private static int[] SumsOf(ReadOnlySpan<byte> pixels)
    {
        var sums = new int[(Side + 1) * (Side + 1)];
        for (var y = 0; y < Side; y++)
        for (int x = 0, line = 0; x < Side; x++)
        {
            line += pixels[y * Side + x];
            sums[(y + 1) * (Side + 1) + x + 1] = sums[y * (Side + 1) + x + 1] + line;
        }
        return sums;
    }
}
