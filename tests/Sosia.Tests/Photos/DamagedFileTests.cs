using NetVips;
using Sosia.Photos;

namespace Sosia.Tests.Photos;

/// <summary>A picture that is cut off counts as damaged: nothing is half read in silence.</summary>
public class DamagedFileTests
{
    private static readonly Image Portrait = MadePictures.Portrait;

    /// <summary>Each is made once: several tests cut and change it.</summary>
    private static readonly Dictionary<string, Lazy<byte[]>> Whole = new()
    {
        ["JPEG"] = new(() => Portrait.JpegsaveBuffer()),
        ["progressive JPEG"] = new(() => Portrait.JpegsaveBuffer(interlace: true)),
        ["JPEG with a thumbnail inside"] = new(() => WithThumbnail(Portrait.JpegsaveBuffer())),
        ["PNG"] = new(() => Portrait.PngsaveBuffer()),
        ["interlaced PNG"] = new(() => Portrait.PngsaveBuffer(interlace: true)),
        ["WebP"] = new(() => Portrait.WebpsaveBuffer()),
        ["animated WebP"] = new(() => Film().WebpsaveBuffer()),
        ["GIF"] = new(() => Portrait.GifsaveBuffer()),
        ["animated GIF"] = new(() => Film().GifsaveBuffer()),
        ["TIFF"] = new(() => Portrait.TiffsaveBuffer()),
        ["tiled LZW TIFF"] = new(() => Portrait.TiffsaveBuffer(tile: true, compression: Enums.ForeignTiffCompression.Lzw)),
        ["TIFF with its directory first"] = new(() => DirectoryFirst(Portrait)),
        ["AVIF"] = new(() => Portrait.HeifsaveBuffer(compression: Enums.ForeignHeifCompression.Av1, effort: 0)),
    };

    public static TheoryData<string> Formats => [.. Whole.Keys];

    [Theory, MemberData(nameof(Formats))]
    public void A_file_cut_at_any_tenth_of_its_length_is_damaged(string format)
    {
        var bytes = Whole[format].Value.ToArray();
        Assert.Equal(Portrait.Width, MadePictures.Decode(bytes).Width);

        for (var tenth = 1; tenth < 10; tenth++)
        {
            var refused = MadePictures.Refused(bytes[..(bytes.Length * tenth / 10)]);
            Assert.Equal(UnreadableReason.Damaged, refused.Reason);
            Assert.Equal("The image is damaged (it ends too early); copy it again from where it came.", refused.Message);
        }
    }

    [Theory, MemberData(nameof(Formats))]
    public void A_large_file_cut_off_is_damaged_too(string format)
    {
        var bytes = Whole[format].Value.ToArray();
        var options = new PhotoOptions { WorkingSide = 64 };
        Assert.Equal(64, MadePictures.Decode(bytes, options: options).Height);

        for (var tenth = 1; tenth < 10; tenth++)
            Assert.Equal(UnreadableReason.Damaged, MadePictures.Refused(bytes[..(bytes.Length * tenth / 10)], options: options).Reason);
    }

    [Theory, MemberData(nameof(Formats))]
    public void Bytes_overwritten_give_a_photo_or_a_reason_and_never_another_error(string format)
    {
        var bytes = Whole[format].Value.ToArray();
        var random = new Random(7);
        for (var round = 0; round < 30; round++)
        {
            var wrong = (byte[])bytes.Clone();
            for (var i = 0; i < 1 + round; i++)
                wrong[random.Next(wrong.Length)] = (byte)random.Next(256);
            try
            {
                _ = MadePictures.Decode(wrong);
            }
            catch (UnreadablePhotoException refused)
            {
                Assert.DoesNotContain('\n', refused.Message);
                Assert.EndsWith(".", refused.Message);
            }
        }
    }

    [Theory]
    [InlineData("text.jpg"), InlineData("noise.png"), InlineData("page.tif")]
    public void What_is_no_image_is_called_that(string name)
    {
        var bytes = name == "noise.png" ? new byte[1000] : "<html>not found</html>"u8.ToArray();
        if (name == "noise.png")
            new Random(1).NextBytes(bytes);

        Assert.Equal(UnreadableReason.NotAnImage, MadePictures.Refused(bytes, name).Reason);
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(4), InlineData(8), InlineData(12), InlineData(16), InlineData(40)]
    public void A_few_bytes_of_any_format_are_refused_in_a_sentence(int length)
    {
        foreach (var bytes in Whole.Values.Select(file => file.Value).Append(HeicByHand.Make(64, 64)))
            Assert.Contains(MadePictures.Refused(bytes[..length]).Reason, new[] { UnreadableReason.Damaged, UnreadableReason.NotAnImage });
    }

    [Fact]
    public void A_photo_with_a_film_behind_its_end_is_whole()
    {
        byte[] jpeg = [.. Portrait.JpegsaveBuffer(), .. new byte[5000]];
        Assert.Equal(Portrait.Width, MadePictures.Decode(jpeg).Width);
        byte[] gif = [.. Portrait.GifsaveBuffer(), .. "made by some program"u8];
        Assert.Equal(Portrait.Width, MadePictures.Decode(gif).Width);
    }

    private static Image Film()
    {
        using var negative = Portrait.Invert();
        using var strip = Image.Arrayjoin([Portrait, negative, Portrait], across: 1);
        return strip.Mutate(mutable => mutable.Set(GValue.GIntType, "page-height", Portrait.Height));
    }

    /// <summary>The end mark of a small JPEG inside must not pass for the end of the large one.</summary>
    private static byte[] WithThumbnail(byte[] jpeg)
    {
        using var small = Portrait.ThumbnailImage(80);
        var thumbnail = small.JpegsaveBuffer();
        var length = thumbnail.Length + 2;
        return [0xFF, 0xD8, 0xFF, 0xEC, (byte)(length >> 8), (byte)length, .. thumbnail, .. jpeg.AsSpan(2)];
    }

    /// <summary>An uncompressed RGB TIFF in one strip, as scanners write it: a cut takes pixels and nothing else.</summary>
    private static byte[] DirectoryFirst(Image image)
    {
        var pixels = image.WriteToMemory<byte>();
        const int entries = 9,
            after = 8 + 2 + 12 * entries + 4;
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write("II*\0"u8);
        writer.Write(8);
        writer.Write((short)entries);
        Entry(256, 4, 1, image.Width);
        Entry(257, 4, 1, image.Height);
        Entry(258, 3, 3, after);
        Entry(259, 3, 1, 1);
        Entry(262, 3, 1, 2);
        Entry(273, 4, 1, after + 6);
        Entry(277, 3, 1, 3);
        Entry(278, 4, 1, image.Height);
        Entry(279, 4, 1, pixels.Length);
        writer.Write(0);
        for (var channel = 0; channel < 3; channel++)
            writer.Write((short)8);
        writer.Write(pixels);
        return file.ToArray();

        void Entry(short tag, short type, int count, int value)
        {
            writer.Write(tag);
            writer.Write(type);
            writer.Write(count);
            writer.Write(value);
        }
    }
}
