using Sosia.Embeddings;
using Sosia.Models;
using Sosia.Photos;

namespace Sosia.Tests.Embeddings;

public class PictureScalerTests
{
    public static TheoryData<Interpolation> Kernels => new(Enum.GetValues<Interpolation>());

    [Theory, MemberData(nameof(Kernels))]
    public void The_same_size_is_the_same_picture(Interpolation how)
    {
        var picture = Noise(17 * 9);

        Assert.Equal(picture, Scale(picture, 17, new Region(0, 0, 17, 9), 17, 9, how));
    }

    [Theory, MemberData(nameof(Kernels))]
    public void One_colour_stays_one_colour(Interpolation how)
    {
        var grey = Enumerable.Repeat((byte)200, 31 * 23 * 3).ToArray();

        foreach (var (width, height) in new[] { (1, 1), (7, 40), (31, 5), (100, 100) })
            Assert.All(Scale(grey, 31, new Region(0, 0, 31, 23), width, height, how), v => Assert.Equal(200, v));
    }

    [Theory, MemberData(nameof(Kernels))]
    public void Weights_add_up_and_stay_inside(Interpolation how)
    {
        foreach (var (size, to) in new[] { (1, 1), (1, 50), (250, 224), (224, 250), (4096, 7), (3, 4096) })
        {
            Assert.All(
                ScalingWeights.Make(0, size, size, to, how),
                w =>
                {
                    Assert.Equal(1, w.Weights.Sum(), 1e-5);
                    Assert.InRange(w.First, 0, size - w.Weights.Length);
                }
            );
        }
    }

    [Fact]
    public void Halving_by_area_is_the_mean_of_four_pixels()
    {
        var picture = Noise(8 * 6);
        var half = Scale(picture, 8, new Region(0, 0, 8, 6), 4, 3, Interpolation.Area);

        for (var y = 0; y < 3; y++)
        for (var x = 0; x < 4; x++)
        for (var c = 0; c < 3; c++)
        {
            var sum = At(2 * x, 2 * y) + At(2 * x + 1, 2 * y) + At(2 * x, 2 * y + 1) + At(2 * x + 1, 2 * y + 1);
            Assert.Equal((byte)(sum / 4f + 0.5f), half[(y * 4 + x) * 3 + c]);
            int At(int column, int row) => picture[(row * 8 + column) * 3 + c];
        }
    }

    [Fact]
    public void Doubling_by_bicubic_follows_keys()
    {
        // The first new pixel of a pair lies a quarter before its old one: distances 1.75, 0.75, 0.25, 1.25.
        var weights = ScalingWeights.Make(0, 10, 10, 20, Interpolation.Bicubic)[9];

        var inside = weights.Weights.Where(w => w != 0).ToArray();
        Assert.Equal([-0.0234375f, 0.2265625f, 0.8671875f, -0.0703125f], inside.Select(w => w).Reverse());
    }

    [Fact]
    public void A_region_is_scaled_as_if_cut_out_where_its_edges_are_whole()
    {
        var picture = Noise(20 * 10);
        var cut = new byte[5 * 4 * 3];
        for (var y = 0; y < 4; y++)
            picture.AsSpan(((3 + y) * 20 + 7) * 3, 15).CopyTo(cut.AsSpan(y * 15));

        Assert.Equal(cut, Scale(picture, 20, new Region(7, 3, 5, 4), 5, 4, Interpolation.Bicubic));
    }

    [Fact]
    public void Vectors_add_as_single_numbers_do()
    {
        for (var length = 0; length <= 67; length++)
        {
            var bytes = Noise(23)[..length];
            var sums = TinyModel.Noise(length, 3);
            var expected = sums.Zip(bytes, (s, b) => s + b * 0.3f).ToArray();

            PixelSums.Add(bytes, 0.3f, sums);

            for (var i = 0; i < length; i++)
                Assert.Equal(expected[i], sums[i], 1e-4);
        }
    }

    private static byte[] Noise(int pixels)
    {
        var bytes = new byte[pixels * 3];
        new Random(4).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Scale(byte[] picture, int width, Region from, int toWidth, int toHeight, Interpolation how)
    {
        var into = new byte[toWidth * toHeight * 3];
        PictureScaler.Resize(picture, width, from, into, toWidth, how);
        return into;
    }
}
