using Sosia.Tests.Photos;

namespace Sosia.Tests.Faces;

/// <summary>Quality puts faces in the order that people would.</summary>
public class QualityTests
{
    [Fact]
    public void A_blurred_face_is_worse_than_a_sharp_one()
    {
        var last = float.MaxValue;
        foreach (var blur in new[] { 0, 2.0, 5, 9 })
        {
            using var picture = blur > 0 ? MadePictures.Portrait.Gaussblur(blur) : MadePictures.Portrait.Copy();
            var quality = Assert.Single(RealNetworks.Read(MadePictures.ToPhoto(picture))).Quality;
            Assert.True(quality.Sharpness < last, $"blur {blur}: {quality}");
            last = quality.Sharpness;
        }
    }

    [Fact]
    public void A_face_turned_away_is_worse_than_a_frontal_one()
    {
        var frontal = Read(6, 361, 619);
        var profile = Read(2, 451, 270);
        Assert.True(Math.Abs(profile.Yaw) > Math.Abs(frontal.Yaw) + 0.1, $"{profile.Yaw} {frontal.Yaw}");
        Assert.True(profile.Score < frontal.Score);
    }

    [Fact]
    public void A_small_face_is_worse_than_a_large_one_and_its_size_is_that_of_the_file()
    {
        var large = Assert.Single(RealNetworks.Read(MadePictures.ToPhoto(MadePictures.Portrait))).Quality;
        using var half = MadePictures.Portrait.Resize(0.25);
        var small = Assert.Single(RealNetworks.Read(MadePictures.ToPhoto(half))).Quality;
        Assert.True(small.Score < large.Score);
        Assert.InRange(small.Size * 4, large.Size * 0.9, large.Size * 1.1);

        var shrunk = MadePictures.Decode(MadePictures.Portrait.PngsaveBuffer(), options: new() { WorkingSide = 160 });
        Assert.InRange(Assert.Single(RealNetworks.Read(shrunk)).Quality.Size, large.Size * 0.9, large.Size * 1.1);
    }

    private static Sosia.Faces.FaceQuality Read(int sample, int x, int y)
    {
        using var cut = MadePictures.Cut(sample, x - 220, y - 240, 440, 480);
        return RealNetworks.Read(MadePictures.ToPhoto(cut)).MaxBy(face => face.Face.Box.Area)!.Quality;
    }
}
