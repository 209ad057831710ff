using System.Numerics;
using Sosia.Evaluation.Experiments.Matching;
using Sosia.Faces;
using Sosia.Photos;

namespace Sosia.Evaluation.Tests.Experiments;

public sealed class RegionTests
{
    private static readonly Box Face = new(40, 30, 20, 20);

    [Theory]
    [InlineData(50, 40, Region.Face)]
    [InlineData(40.5, 30.5, Region.Face)]
    [InlineData(50, 25, Region.Hair)]
    [InlineData(37.5, 25, Region.Hair)] // a little wider than the face
    [InlineData(50, 19.5, Region.Background)] // above the hair
    [InlineData(36.5, 25, Region.Background)]
    [InlineData(38, 40, Region.Background)] // beside the face
    [InlineData(50, 60, Region.Torso)]
    [InlineData(26, 99, Region.Torso)] // two and a half times as wide as the face
    [InlineData(24, 99, Region.Background)]
    [InlineData(76, 99, Region.Background)]
    public void Every_point_is_in_one_part(double x, double y, Region expected) =>
        Assert.Equal(expected, Regions.Of(Face, (float)x, (float)y));

    [Fact]
    public void One_part_is_greyed_out_and_the_rest_and_the_photo_itself_stay()
    {
        var photo = Noise(100, 100);
        var before = photo.Pixels.ToArray();
        var shares = new Dictionary<Region, double>();
        foreach (var region in Enum.GetValues<Region>())
        {
            var (grey, share) = Regions.GreyOut(photo, Face, region);
            var changed = 0;
            for (var y = 0; y < 100; y++)
            for (var x = 0; x < 100; x++)
            {
                var here = Regions.Of(Face, x + 0.5f, y + 0.5f);
                var inside = region == Region.AllButFace ? here != Region.Face : here == region;
                Assert.Equal(
                    inside ? [Regions.Grey, Regions.Grey, Regions.Grey] : before[((y * 100 + x) * 3)..((y * 100 + x) * 3 + 3)],
                    grey.Pixels.Slice((y * 100 + x) * 3, 3).ToArray()
                );
                if (inside)
                    changed++;
            }
            Assert.Equal(changed / 10_000.0, shares[region] = share, 1e-12);
        }
        Assert.Equal(before, photo.Pixels.ToArray());
        Assert.Equal(1, shares[Region.Face] + shares[Region.Hair] + shares[Region.Torso] + shares[Region.Background], 1e-12);
        Assert.Equal(1, shares[Region.Face] + shares[Region.AllButFace], 1e-12);
        Assert.Equal(0.04, shares[Region.Face], 1e-12);
    }

    [Fact]
    public void A_look_is_the_background_without_the_person_the_brightness_of_all_and_where_the_face_is()
    {
        var pixels = new byte[100 * 100 * 3];
        for (var y = 0; y < 100; y++)
        for (var x = 0; x < 100; x++)
            (Regions.Of(Face, x + 0.5f, y + 0.5f) == Region.Background ? new byte[] { 10, 20, 30 } : [200, 200, 200]).CopyTo(
                pixels,
                (y * 100 + x) * 3
            );
        var look = Look.Of(new Photo(100, 100, pixels, 100, 100), Face, new FaceGuess(1, 40));
        Assert.Equal(new Vector3(10, 20, 30), look.Background, (a, b) => Vector3.Distance(a, b) < 1e-3);
        Assert.Equal(new Vector2(0.5f, 0.4f), look.FaceAt);
        Assert.InRange(look.Brightness, 18, 120);

        var without = Look.Of(new Photo(100, 100, pixels, 100, 100), null, FaceGuess.None);
        Assert.Equal(look.Brightness, without.Brightness);
        Assert.True(float.IsNaN(without.Background.X) && float.IsNaN(without.FaceAt.X));
        Assert.True(float.IsNaN(Look.Difference(look, without, Trait.BackgroundColour)));
        Assert.Equal(0, Look.Difference(look, without, Trait.Brightness));
    }

    internal static Photo Noise(int width, int height, int seed = 1)
    {
        var pixels = new byte[width * height * 3];
        new Random(seed).NextBytes(pixels);
        return new Photo(width, height, pixels, width, height);
    }
}
