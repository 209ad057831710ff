using NetVips;
using Sosia.Photos;
using Sosia.Tests.Faces;

namespace Sosia.Tests.Photos;

/// <summary>All eight EXIF orientations give the same upright photo.</summary>
public class OrientationTests
{
    public static TheoryData<int> All => [1, 2, 3, 4, 5, 6, 7, 8];

    [Theory, MemberData(nameof(All))]
    public void The_photo_stands_upright_whatever_the_camera_did(int orientation)
    {
        using var soft = MadePictures.Soft();
        using var turned = AsTheCameraSawIt(soft, orientation);

        foreach (
            var bytes in new[]
            {
                turned.JpegsaveBuffer(q: 95),
                turned.PngsaveBuffer(),
                turned.TiffsaveBuffer(),
                turned.WebpsaveBuffer(q: 95),
            }
        )
            Assert.InRange(MadePictures.Difference(MadePictures.Decode(bytes), soft), 0, 2.5);
    }

    [Theory, MemberData(nameof(All))]
    public void A_large_photo_is_turned_while_it_is_shrunk(int orientation)
    {
        using var soft = MadePictures.Soft();
        using var half = soft.Resize(0.5, kernel: Enums.Kernel.Linear);
        using var turned = AsTheCameraSawIt(soft, orientation);

        var photo = MadePictures.Decode(turned.JpegsaveBuffer(q: 95), options: new PhotoOptions { WorkingSide = 120 });

        Assert.Equal((soft.Width, soft.Height), (photo.OriginalWidth, photo.OriginalHeight));
        Assert.InRange(MadePictures.Difference(photo, half), 0, 3);
    }

    [Theory, MemberData(nameof(All))]
    public void The_same_photo_turned_gives_the_same_embedding(int orientation)
    {
        using var turned = AsTheCameraSawIt(MadePictures.Portrait, orientation);
        var upright = Assert.Single(RealNetworks.Read(MadePictures.Decode(MadePictures.Portrait.JpegsaveBuffer(q: 95))));

        var face = Assert.Single(RealNetworks.Read(MadePictures.Decode(turned.JpegsaveBuffer(q: 95))));

        Assert.True(RealNetworks.Cosine(upright, face) > 0.98, $"cosine {RealNetworks.Cosine(upright, face):F4}");
    }

    /// <summary>The stored pixels of an upright picture under an orientation, tagged with it.</summary>
    private static Image AsTheCameraSawIt(Image upright, int orientation)
    {
        using var stored = orientation switch
        {
            2 => upright.FlipHor(),
            3 => upright.Rot180(),
            4 => upright.FlipVer(),
            5 => upright.Rot90().FlipHor(),
            6 => upright.Rot270(),
            7 => upright.Rot90().FlipVer(),
            8 => upright.Rot90(),
            _ => upright.Copy(),
        };
        using var kept = stored.CopyMemory();
        return kept.Mutate(mutable => mutable.Set(GValue.GIntType, "orientation", orientation));
    }
}
