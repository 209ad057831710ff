using System.Numerics;
using Sosia.Photos;

namespace Sosia.Tests.Photos;

/// <summary>The vector code against plain code that says the same.</summary>
public class ResamplerTests
{
    [Theory]
    [
        InlineData(250, 250, 320, 240),
        InlineData(1, 1, 5, 4),
        InlineData(2, 3, 7, 2),
        InlineData(640, 481, 320, 240),
        InlineData(37, 19, 37, 19),
        InlineData(1000, 7, 33, 3)
    ]
    public void Resizing_gives_what_plain_code_gives(int width, int height, int toWidth, int toHeight)
    {
        var pixels = Noise(width, height);
        var into = new byte[toWidth * toHeight * 3];
        Resampler.Resize(pixels, width, height, into, (toWidth, toHeight));
        for (var y = 0; y < toHeight; y++)
        for (var x = 0; x < toWidth; x++)
        for (var c = 0; c < 3; c++)
        {
            double sum = 0;
            foreach (var (row, down) in Shares(height, toHeight, y))
            foreach (var (column, across) in Shares(width, toWidth, x))
                sum += pixels[(row * width + column) * 3 + c] * down * across;
            Assert.InRange(into[(y * toWidth + x) * 3 + c] - sum, -0.51, 0.51);
        }
    }

    [Theory]
    [
        InlineData(1, 0, 0, 0),
        InlineData(0.6f, 0.3f, 4, -3),
        InlineData(1.9f, -0.7f, -5, 9),
        InlineData(3.2f, 2f, 20, 30),
        InlineData(1, 3.1416f, 31, 29)
    ]
    public void A_cut_gives_what_plain_code_gives_also_over_the_edge(float scale, float turn, float left, float top)
    {
        var photo = new Photo(31, 29, Noise(31, 29), 31, 29);
        var toSource = Matrix3x2.CreateScale(scale) * Matrix3x2.CreateRotation(turn) * Matrix3x2.CreateTranslation(left, top);
        var into = new byte[40 * 24 * 3];
        Resampler.Cut(photo, toSource, (40, 24), into, outside: 127);
        var grid = Math.Max(1, (int)MathF.Round(scale));
        for (var y = 0; y < 24; y++)
        for (var x = 0; x < 40; x++)
        for (var c = 0; c < 3; c++)
        {
            double sum = 0;
            for (var j = 0; j < grid; j++)
            for (var i = 0; i < grid; i++)
                sum += Bilinear(
                    photo,
                    Vector2.Transform(new Vector2(x + (i + 0.5f) / grid, y + (j + 0.5f) / grid), toSource) - new Vector2(0.5f),
                    c
                );
            Assert.InRange(into[(y * 40 + x) * 3 + c] - sum / (grid * grid), -0.56, 0.56);
        }
    }

    [Theory]
    [
        InlineData(1e7f, 0),
        InlineData(1e30f, 0),
        InlineData(float.PositiveInfinity, 0),
        InlineData(float.NaN, 0),
        InlineData(1, float.NaN),
        InlineData(50, -1e9f)
    ]
    public async Task A_cut_takes_no_more_work_than_the_photo_gives_whatever_the_transform(float scale, float left)
    {
        var photo = new Photo(640, 480, Noise(640, 480), 640, 480);
        var toSource = Matrix3x2.CreateTranslation(-32, -32) * Matrix3x2.CreateScale(scale) * Matrix3x2.CreateTranslation(left + 320, 240);
        var into = new byte[64 * 64 * 3];
        var cut = Task.Run(() => Resampler.Cut(photo, toSource, (64, 64), into, outside: 127), TestContext.Current.CancellationToken);
        await cut.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Equal((127, 127), (into[0], into[^1]));
    }

    [Fact]
    public void A_cut_looks_at_its_token()
    {
        var photo = new Photo(31, 29, Noise(31, 29), 31, 29);
        Assert.Throws<OperationCanceledException>(() =>
            Resampler.Cut(photo, Matrix3x2.Identity, (8, 8), new byte[8 * 8 * 3], cancellation: new(canceled: true))
        );
    }

    private static double Bilinear(Photo photo, Vector2 at, int channel)
    {
        var (left, top) = ((int)Math.Floor(at.X), (int)Math.Floor(at.Y));
        double fx = at.X - left,
            fy = at.Y - top;
        return (1 - fy) * ((1 - fx) * Value(left, top) + fx * Value(left + 1, top))
            + fy * ((1 - fx) * Value(left, top + 1) + fx * Value(left + 1, top + 1));

        double Value(int x, int y) =>
            x < 0 || y < 0 || x >= photo.Width || y >= photo.Height ? 127 : photo.Pixels[(y * photo.Width + x) * 3 + channel];
    }

    /// <summary>
    /// The positions that make a target position: what it covers when shrinking, the two around its middle when enlarging.
    /// </summary>
    private static IEnumerable<(int Position, double Share)> Shares(int source, int target, int at)
    {
        var scale = (double)source / target;
        if (scale >= 1)
        {
            for (var s = (int)(at * scale); s < source && s < (at + 1) * scale - 1e-9; s++)
                yield return (s, (Math.Min((at + 1) * scale, s + 1) - Math.Max(at * scale, s)) / scale);
            yield break;
        }
        var middle = Math.Clamp((at + 0.5) * scale - 0.5, 0, source - 1);
        var first = (int)middle;
        yield return (first, 1 - (middle - first));
        if (first + 1 < source)
            yield return (first + 1, middle - first);
    }

    private static byte[] Noise(int width, int height)
    {
        var pixels = new byte[width * height * 3];
        new Random(width * 31 + height).NextBytes(pixels);
        return pixels;
    }
}
