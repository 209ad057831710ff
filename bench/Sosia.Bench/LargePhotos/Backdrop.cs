using Sosia.Photos;

namespace Sosia.Bench.LargePhotos;

/// <summary>A background without faces: noise of several sizes, and rectangles, discs and stripes of drawn colours.</summary>
internal static class Backdrop
{
    public static byte[] Draw(Random random, int width, int height, int shapes)
    {
        var pixels = new byte[width * height * Photo.Channels];
        Noise(random, pixels, width, height);
        for (var i = 0; i < shapes; i++)
            Shape(random, pixels, width, height);
        return pixels;
    }

    /// <summary>Grids of drawn colours, each finer and weaker than the one before, enlarged to the whole.</summary>
    private static void Noise(Random random, byte[] pixels, int width, int height)
    {
        var sum = new float[pixels.Length];
        var layer = new byte[pixels.Length];
        var weight = 0.5f;
        foreach (var cells in (ReadOnlySpan<int>)[4, 16, 64, 256])
        {
            var grid = new byte[cells * cells * Photo.Channels];
            random.NextBytes(grid);
            Resampler.Resize(grid, cells, cells, layer, (width, height));
            for (var i = 0; i < sum.Length; i++)
                sum[i] += layer[i] * weight;
            weight /= 2;
        }
        for (var i = 0; i < sum.Length; i++)
            pixels[i] = (byte)Math.Min(255, sum[i]);
    }

    private static void Shape(Random random, byte[] pixels, int width, int height)
    {
        var (across, down) = (random.Next(8, width / 4), random.Next(8, height / 4));
        var (left, top) = (random.Next(width - across), random.Next(height - down));
        var (round, striped) = (random.Next(3) == 0, random.Next(4) == 0);
        Span<byte> colour = [0, 0, 0];
        random.NextBytes(colour);
        if (random.Next(3) == 0) // the colours of skin, which are what deceives a detector
            (colour[0], colour[1], colour[2]) = ((byte)random.Next(120, 240), (byte)random.Next(80, 190), (byte)random.Next(60, 160));
        var period = random.Next(6, 40);
        for (var y = 0; y < down; y++)
        for (var x = 0; x < across; x++)
        {
            var (u, v) = (2f * x / across - 1, 2f * y / down - 1);
            if ((round && u * u + v * v > 1) || (striped && (x + y) / period % 2 == 0))
                continue;
            colour.CopyTo(pixels.AsSpan(((top + y) * width + left + x) * Photo.Channels));
        }
    }
}
