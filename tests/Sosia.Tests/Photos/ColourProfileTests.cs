using NetVips;
using Sosia.Photos;

namespace Sosia.Tests.Photos;

/// <summary>Profiles say what the numbers mean; what comes out is sRGB.</summary>
public class ColourProfileTests
{
    private static readonly Image Soft = MadePictures.Soft();

    [Theory]
    [InlineData(4096), InlineData(120)]
    public void Display_P3_becomes_sRGB(int workingSide)
    {
        using var wide = Soft.IccTransform("p3", inputProfile: "srgb");
        using var truth =
            workingSide < Soft.Width ? Soft.Resize((double)workingSide / Soft.Width, kernel: Enums.Kernel.Linear) : Soft.Copy();
        using var misread = wide.Mutate(mutable => mutable.Remove("icc-profile-data"));
        var options = new PhotoOptions { WorkingSide = workingSide };

        Assert.InRange(MadePictures.Difference(MadePictures.Decode(wide.PngsaveBuffer(), options: options), truth), 0, 2);
        Assert.True(
            MadePictures.Difference(MadePictures.Decode(misread.PngsaveBuffer(), options: options), truth) > 3,
            "The profile makes a difference."
        );
    }

    [Fact]
    public void Deep_colours_with_a_profile_become_sRGB_of_8_bits()
    {
        using var wide = Soft.Colourspace(Enums.Interpretation.Rgb16).IccTransform("p3", inputProfile: "srgb", depth: 16);
        Assert.InRange(MadePictures.Difference(MadePictures.Decode(wide.PngsaveBuffer(bitdepth: 16)), Soft), 0, 2);
        Assert.InRange(MadePictures.Difference(MadePictures.Decode(wide.TiffsaveBuffer()), Soft), 0, 2);
    }

    [Theory]
    [InlineData(4096), InlineData(120)]
    public void A_profile_that_is_broken_or_of_other_colours_does_not_cost_the_photo(int workingSide)
    {
        using var truth =
            workingSide < Soft.Width ? Soft.Resize((double)workingSide / Soft.Width, kernel: Enums.Kernel.Linear) : Soft.Copy();
        using var print = Soft.IccTransform("cmyk", inputProfile: "srgb");
        foreach (var profile in new[] { new byte[300], (byte[])print.Get("icc-profile-data") })
        {
            using var wrong = Soft.Mutate(mutable => mutable.Set(GValue.BlobType, "icc-profile-data", profile));
            Assert.InRange(
                MadePictures.Difference(
                    MadePictures.Decode(wrong.JpegsaveBuffer(q: 95), options: new PhotoOptions { WorkingSide = workingSide }),
                    truth
                ),
                0,
                2.5
            );
        }
    }

    [Fact]
    public void A_grey_picture_with_a_colour_profile_is_read()
    {
        using var grey = Soft.Colourspace(Enums.Interpretation.Bw);
        using var wide = Soft.IccTransform("p3", inputProfile: "srgb");
        using var wrong = grey.Mutate(mutable => mutable.Set(GValue.BlobType, "icc-profile-data", (byte[])wide.Get("icc-profile-data")));
        Assert.InRange(MadePictures.Difference(MadePictures.Decode(wrong.JpegsaveBuffer(q: 95)), grey), 0, 1.5);
    }
}
