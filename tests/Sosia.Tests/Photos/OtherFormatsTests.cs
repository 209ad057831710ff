using NetVips;
using Sosia.Photos;
using Sosia.Photos.Decoders;
using Sosia.Photos.Vips;

namespace Sosia.Tests.Photos;

/// <summary>HEIC, camera RAW and JPEG XL: decoded by ImageMagick, under the limits that hold for every file.</summary>
public class OtherFormatsTests
{
    private static readonly Image Soft = MadePictures.Soft();

    [Theory]
    [InlineData("soft.heic", "photo.jpg", 3), InlineData("soft.heic", "photo.heic", 3), InlineData("soft.jxl", "photo", 3)]
    public void The_colours_come_out_as_they_went_in_whatever_the_file_is_called(string made, string name, double loss) =>
        Assert.InRange(MadePictures.Difference(MadePictures.Decode(MadeFiles.Read(made), name), Soft), 0, loss);

    [Fact]
    public void A_HEIC_that_a_phone_turned_is_upright()
    {
        using var turned = Soft.Rot90();
        Assert.InRange(MadePictures.Difference(MadePictures.Decode(HeicFiles.Turned()), turned), 0, 3);
    }

    [Theory]
    [InlineData("photo.dng"), InlineData("photo.NEF"), InlineData("photo.arw")]
    public void Camera_RAW_is_developed_whatever_maker_its_name_says(string name)
    {
        var photo = MadePictures.Decode(DngByHand.Make(240, 160, red: 40_000, green: 9_000, blue: 3_000), name);
        var middle = photo.Pixels.Slice((photo.Height / 2 * photo.Width + photo.Width / 2) * Photo.Channels, Photo.Channels);
        Assert.InRange(photo.Width, 230, 240); // libraw leaves out a margin that has no neighbours
        Assert.InRange(photo.Height, 150, 160);
        Assert.True(middle[0] > middle[1] + 40 && middle[1] > middle[2] + 20, $"{middle[0]}, {middle[1]}, {middle[2]}");
    }

    [Fact]
    public void A_TIFF_that_is_called_camera_RAW_is_not_taken_for_the_preview_in_it()
    {
        using var portrait = MadePictures.Soft();
        var preview = portrait.TiffsaveBuffer(); // DNG, NEF, CR2 and ARW are TIFF files whose first picture is a preview
        Assert.Equal(UnreadableReason.Damaged, MadePictures.Refused(preview, "photo.dng").Reason);
    }

    [Fact]
    public void A_photo_larger_than_the_working_size_is_reduced_and_remembers_its_size()
    {
        var photo = MadePictures.Decode(HeicFiles.Soft, options: new PhotoOptions { WorkingSide = 120 });
        Assert.Equal((120, 80, 240, 160), (photo.Width, photo.Height, photo.OriginalWidth, photo.OriginalHeight));
    }

    [Fact]
    public void Limits_are_checked_before_a_pixel_is_decoded()
    {
        var many = MadePictures.Refused(HeicFiles.Soft, options: new PhotoOptions { MaxPixels = 10_000 });
        Assert.Equal((UnreadableReason.OverLimit, true), (many.Reason, many.Message.Contains("--max-pixels", StringComparison.Ordinal)));
        var side = MadePictures.Refused(MadeFiles.Read("soft.jxl"), options: new PhotoOptions { MaxSide = 200 });
        Assert.Equal((UnreadableReason.OverLimit, true), (side.Reason, side.Message.Contains("--max-side", StringComparison.Ordinal)));
        var memory = MadePictures.Refused(HeicFiles.Soft, options: new PhotoOptions { MaxMemory = 100_000 });
        Assert.Equal(
            (UnreadableReason.OverLimit, true),
            (memory.Reason, memory.Message.Contains("--max-memory", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void A_HEIC_that_lies_about_its_size_is_refused()
    {
        Assert.Equal(UnreadableReason.OverLimit, MadePictures.Refused(HeicFiles.Saying(60_000, 60_000)).Reason);
        Assert.Equal(UnreadableReason.OverLimit, MadePictures.Refused(HeicFiles.Saying(100_000, 10)).Reason);
        var smaller = Record.Exception(() => MadePictures.Decode(HeicFiles.Saying(4000, 3000)));
        Assert.True(smaller is null or UnreadablePhotoException { Reason: UnreadableReason.Damaged or UnreadableReason.OverLimit });
    }

    [Fact]
    public void A_grid_of_48_tiles_that_lies_about_its_size_is_refused()
    {
        foreach (var (width, height) in new[] { (640, 480), (60_000, 60_000), (12_000, 9_000) })
        {
            var refused = MadePictures.Refused(HeicByHand.Grid(columns: 8, rows: 6, tile: 64, width, height));
            Assert.Contains(refused.Reason, new[] { UnreadableReason.Damaged, UnreadableReason.OverLimit });
            Assert.DoesNotContain("magick", refused.Message, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("soft.heic"), InlineData("soft.jxl")]
    public void What_is_cut_off_is_damaged(string name)
    {
        var whole = MadeFiles.Read(name);
        for (var length = 40; length < whole.Length; length += whole.Length / 12)
        {
            var refused = MadePictures.Refused(whole[..length], name);
            Assert.Equal(UnreadableReason.Damaged, refused.Reason);
            Assert.EndsWith("copy it again from where it came.", refused.Message);
        }
    }

    [Fact]
    public void A_RAW_that_takes_too_much_memory_is_refused_by_its_header()
    {
        var raw = DngByHand.Make(4000, 3000, 1000, 1000, 1000);
        var refused = MadePictures.Refused(raw, "photo.dng", new PhotoOptions { MaxMemory = 100 << 20 });
        Assert.Equal(UnreadableReason.OverLimit, refused.Reason);
        Assert.Contains("--max-memory", refused.Message);
    }

    [Fact]
    public void Time_ends_a_decoder_that_can_not_be_stopped()
    {
        var raw = DngByHand.Make(3000, 2000, 1000, 1000, 1000);
        var options = new PhotoOptions { Timeout = TimeSpan.FromMilliseconds(1) };
        Assert.Equal(UnreadableReason.TooSlow, MadePictures.Refused(raw, "photo.dng", options).Reason);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            MadePictures.Decoder.Decode(MadePictures.File(raw, "photo.dng"), cancelled.Token)
        );
    }

    [Fact]
    public void ImageMagick_reads_nothing_else_in_this_process()
    {
        MadePictures.Decode(HeicFiles.Soft);
        var png = Soft.PngsaveBuffer();
        using var image = new ImageMagick.MagickImage();
        Assert.Throws<ImageMagick.MagickPolicyErrorException>(() => image.Read(png));
        Assert.Throws<ImageMagick.MagickPolicyErrorException>(() => image.Read("label:text"));
        image.Read(HeicFiles.Soft, ImageMagick.MagickFormat.Heic);
        Assert.Throws<ImageMagick.MagickPolicyErrorException>(() => image.ToByteArray(ImageMagick.MagickFormat.Jxl));
    }

    [Fact]
    public void All_formats_that_come_with_Sosia_can_be_read() =>
        Assert.All(PhotoDecoder.Formats(), format => Assert.True(format.CanRead, format.Name));

    [Fact]
    public void A_progressive_JPEG_counts_the_coefficients_that_it_holds()
    {
        using var soft = MadePictures.Soft(1200, 800);
        var (sequential, progressive) = (soft.JpegsaveBuffer(), soft.JpegsaveBuffer(interlace: true));
        Assert.Equal(0, JpegHeader.BytesHeldAPixel(sequential));
        Assert.Equal(3, JpegHeader.BytesHeldAPixel(progressive)); // 4:2:0
        var full = soft.JpegsaveBuffer(interlace: true, subsampleMode: Enums.ForeignSubsample.Off);
        Assert.Equal(6, JpegHeader.BytesHeldAPixel(full));

        var little = new PhotoOptions { MaxMemory = 1_000_000 };
        Assert.Equal(1200, MadePictures.Decode(sequential, options: little).Width);
        var refused = MadePictures.Refused(progressive, options: little);
        Assert.Equal(UnreadableReason.OverLimit, refused.Reason);
        Assert.Contains("2,880,000 bytes of memory", refused.Message);
    }

    [Theory]
    [InlineData(2), InlineData(3), InlineData(4), InlineData(11), InlineData(20)]
    public void A_JPEG_header_that_ends_early_says_nothing(int length)
    {
        using var soft = MadePictures.Soft();
        Assert.Equal(0, JpegHeader.BytesHeldAPixel(soft.JpegsaveBuffer(interlace: true).AsSpan(0, length)));
    }
}
