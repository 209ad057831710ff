using NetVips;
using Sosia.Photos;

namespace Sosia.Tests.Photos;

/// <summary>Every format gives the picture that was put in, as upright sRGB with 8 bits.</summary>
public class FormatTests
{
    private const Enums.ForeignTiffCompression Lzw = Enums.ForeignTiffCompression.Lzw;

    private static readonly Image Soft = MadePictures.Soft();

    /// <summary>Name, bytes, and the mean difference in grey levels that the format's losses explain.</summary>
    private static readonly Dictionary<string, (Func<Image, byte[]> Save, double Loss)> Colour = new()
    {
        ["JPEG"] = (image => image.JpegsaveBuffer(q: 95), 1.5),
        ["progressive JPEG"] = (image => image.JpegsaveBuffer(q: 95, interlace: true), 1.5),
        ["PNG"] = (image => image.PngsaveBuffer(), 0),
        ["interlaced PNG"] = (image => image.PngsaveBuffer(interlace: true), 0),
        ["PNG with a palette"] = (image => image.PngsaveBuffer(palette: true, q: 100), 4),
        ["16-bit PNG"] = (image => Deep(image).PngsaveBuffer(bitdepth: 16), 0.6),
        ["PNG with alpha"] = (image => Opaque(image).PngsaveBuffer(), 0),
        ["16-bit PNG with alpha"] = (
            image => Deep(image).Bandjoin(65535).Copy(interpretation: Enums.Interpretation.Rgb16).PngsaveBuffer(bitdepth: 16),
            0.6
        ),
        ["WebP"] = (image => image.WebpsaveBuffer(q: 95), 2.5),
        ["lossless WebP with alpha"] = (image => Opaque(image).WebpsaveBuffer(lossless: true), 0),
        ["TIFF"] = (image => image.TiffsaveBuffer(), 0),
        ["tiled LZW TIFF"] = (image => image.TiffsaveBuffer(tile: true, compression: Lzw), 0),
        ["16-bit TIFF"] = (image => Deep(image).TiffsaveBuffer(), 0.6),
        ["16-bit tiled LZW TIFF"] = (image => Deep(image).TiffsaveBuffer(tile: true, compression: Lzw), 0.6),
        ["JPEG in TIFF"] = (image => image.TiffsaveBuffer(compression: Enums.ForeignTiffCompression.Jpeg, q: 95), 1.5),
        ["pyramid TIFF"] = (image => image.TiffsaveBuffer(tile: true, pyramid: true), 0),
        ["GIF"] = (image => image.GifsaveBuffer(), 4),
        ["AVIF"] = (image => image.HeifsaveBuffer(q: 90, compression: Enums.ForeignHeifCompression.Av1, effort: 0), 2.5),
    };

    public static TheoryData<string> ColourFormats => [.. Colour.Keys];

    [Theory, MemberData(nameof(ColourFormats))]
    public void The_colours_come_out_as_they_went_in(string format)
    {
        var (save, loss) = Colour[format];
        Assert.InRange(MadePictures.Difference(MadePictures.Decode(save(Soft)), Soft), 0, loss);
    }

    [Theory, MemberData(nameof(ColourFormats))]
    public void A_photo_larger_than_the_working_size_is_shrunk_and_remembers_its_size(string format)
    {
        var (save, loss) = Colour[format];
        using var large = Soft.Resize(3);
        using var truth = Soft.Resize(0.6, kernel: Enums.Kernel.Linear);

        var photo = MadePictures.Decode(save(large), options: new PhotoOptions { WorkingSide = 144 });

        Assert.Equal((144, 96, 720, 480), (photo.Width, photo.Height, photo.OriginalWidth, photo.OriginalHeight));
        Assert.Equal(5, photo.ToOriginal);
        Assert.InRange(MadePictures.Difference(photo, truth), 0, loss + 1.5);
    }

    [Theory]
    [InlineData("JPEG"), InlineData("PNG"), InlineData("TIFF"), InlineData("WebP")]
    public void Grey_pictures_give_three_equal_channels(string format)
    {
        using var grey = Soft.Colourspace(Enums.Interpretation.Bw);
        var bytes = format switch
        {
            "JPEG" => grey.JpegsaveBuffer(q: 95),
            "PNG" => grey.PngsaveBuffer(),
            "TIFF" => grey.TiffsaveBuffer(),
            _ => grey.WebpsaveBuffer(lossless: true),
        };

        Assert.InRange(MadePictures.Difference(MadePictures.Decode(bytes), grey), 0, 1.5);
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(4), InlineData(8), InlineData(16)]
    public void Grey_PNGs_of_all_depths_reach_from_black_to_white(int bits)
    {
        var most = (1 << bits) - 1;
        var png = PngByHand.Make(33, 7, bits, PngByHand.Grey, (x, _, _) => (int)((long)x * most / 32));

        var photo = MadePictures.Decode(png);

        for (var x = 0; x < 33; x++)
            Assert.Equal(Math.Round((long)x * most / 32 * 255.0 / most), photo.Pixels[(3 * 33 + x) * 3], 1.0);
        Assert.Equal((0, 255), (photo.Pixels[0], photo.Pixels[32 * 3]));
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(4), InlineData(8)]
    public void Palettes_of_all_depths_give_their_colours(int bits)
    {
        var entries = Math.Min(1 << bits, 200);
        byte[] palette = [.. Enumerable.Range(0, entries).SelectMany(i => new[] { (byte)(i * 37), (byte)(255 - i), (byte)(i * 11) })];

        var photo = MadePictures.Decode(PngByHand.Make(entries, 3, bits, PngByHand.Palette, (x, _, _) => x, palette));

        Assert.Equal(palette, photo.Pixels[..(3 * entries)].ToArray());
    }

    [Fact]
    public void Deep_colours_are_scaled_to_8_bits_and_not_cut_off()
    {
        var photo = MadePictures.Decode(
            PngByHand.Make(
                256,
                2,
                16,
                PngByHand.Colour,
                (x, _, channel) =>
                    channel == 0 ? x * 257
                    : channel == 1 ? 65535 - x * 257
                    : 32768
            )
        );

        for (var x = 0; x < 256; x++)
            Assert.Equal(((byte)x, (byte)(255 - x), 128), (photo.Pixels[3 * x], photo.Pixels[3 * x + 1], photo.Pixels[3 * x + 2]));
    }

    [Fact]
    public void What_is_transparent_becomes_white()
    {
        using var clear = Soft.Bandjoin(0);
        Assert.All(MadePictures.Decode(clear.PngsaveBuffer()).Pixels.ToArray(), value => Assert.Equal(255, value));
    }

    [Theory]
    [InlineData("JPEG", true), InlineData("JPEG", false), InlineData("TIFF", true)]
    public void Print_colours_become_screen_colours(string format, bool withProfile)
    {
        using var print = Soft.IccTransform("cmyk", inputProfile: "srgb", intent: Enums.Intent.Relative);
        using var truth = print.IccTransform("srgb", embedded: true, intent: Enums.Intent.Relative);
        var keep = withProfile ? Enums.ForeignKeep.All : Enums.ForeignKeep.None;

        var photo = MadePictures.Decode(
            format == "JPEG" ? print.JpegsaveBuffer(q: 95, keep: keep) : print.TiffsaveBuffer(compression: Lzw, keep: keep)
        );

        Assert.InRange(MadePictures.Difference(photo, truth), 0, 7);
    }

    [Fact]
    public void Of_an_animation_the_first_picture_counts()
    {
        using var negative = Soft.Invert();
        using var strip = Image.Arrayjoin([Soft, negative, negative], across: 1);
        using var film = strip.Mutate(mutable => mutable.Set(GValue.GIntType, "page-height", Soft.Height));

        Assert.InRange(MadePictures.Difference(MadePictures.Decode(film.GifsaveBuffer()), Soft), 0, 4);
        Assert.InRange(MadePictures.Difference(MadePictures.Decode(film.WebpsaveBuffer(q: 95)), Soft), 0, 2.5);
        Assert.InRange(MadePictures.Difference(MadePictures.Decode(film.TiffsaveBuffer()), Soft), 0, 0);
    }

    [Theory]
    [InlineData(1, 1), InlineData(1, 300), InlineData(300, 1), InlineData(2, 9000)]
    public void The_thinnest_pictures_are_pictures_too(int width, int height)
    {
        using var black = Image.Black(width, height, 3);
        using var thin = black.Copy(interpretation: Enums.Interpretation.Srgb);
        var photo = MadePictures.Decode(thin.PngsaveBuffer());
        Assert.Equal((width, height), (photo.OriginalWidth, photo.OriginalHeight));
    }

    [Theory]
    [InlineData("photo.png"), InlineData("photo.heic"), InlineData("photo.tif"), InlineData("photo.dng"), InlineData("photo")]
    public void The_content_decides_and_not_the_name(string name) =>
        Assert.InRange(MadePictures.Difference(MadePictures.Decode(Soft.JpegsaveBuffer(q: 95), name), Soft), 0, 1.5);

    private static Image Deep(Image image) => image.Colourspace(Enums.Interpretation.Rgb16);

    private static Image Opaque(Image image) => image.Bandjoin(255);
}
