using NetVips;
using Sosia.Hosting;
using Sosia.Photos;
using Sosia.Photos.Decoders;

namespace Sosia.Tests.Photos;

/// <summary>Limits hold before a pixel is decoded, and name the option that raises them.</summary>
public class LimitTests
{
    [Fact]
    public void A_header_of_65535_by_65535_on_a_tiny_body_is_refused_without_memory()
    {
        byte[] jpeg =
        [
            0xFF,
            0xD8,
            0xFF,
            0xE0,
            0,
            16,
            .. "JFIF\0"u8,
            1,
            1,
            0,
            0,
            1,
            0,
            1,
            0,
            0, // start, APP0
            0xFF,
            0xC0,
            0,
            11,
            8,
            0xFF,
            0xFF,
            0xFF,
            0xFF,
            1,
            1,
            0x11,
            0,
            0xFF,
            0xDA,
            0,
            8,
            1,
            1,
            0,
            0,
            63,
            0,
            0xFF,
            0xD9, // frame, scan, end
        ];
        byte[] png =
        [
            .. PngByHand.Start(65535, 65535),
            .. PngByHand.Chunk("IDAT", [0x78, 0x01, 0x03, 0, 0, 0, 0, 1]),
            .. PngByHand.Chunk("IEND", []),
        ];
        byte[] gif =
        [
            .. "GIF89a"u8,
            0xFF,
            0xFF,
            0xFF,
            0xFF,
            0x80,
            0,
            0,
            0,
            0,
            0,
            255,
            255,
            255,
            0x2C,
            0,
            0,
            0,
            0,
            0xFF,
            0xFF,
            0xFF,
            0xFF,
            0,
            2,
            2,
            0x4C,
            1,
            0,
            0x3B,
        ];
        var before = GC.GetTotalAllocatedBytes();

        foreach (var refused in new[] { MadePictures.Refused(jpeg), MadePictures.Refused(png), MadePictures.Refused(gif) })
        {
            Assert.Equal(UnreadableReason.OverLimit, refused.Reason);
            Assert.Contains("65,5", refused.Message);
        }
        Assert.True(GC.GetTotalAllocatedBytes() - before < 64 << 20);
    }

    [Fact, Slow]
    public void A_PNG_of_20000_by_20000_of_one_colour_is_refused_with_the_option_that_raises_the_limit()
    {
        var refused = MadePictures.Refused(PngByHand.OneColour(20_000, 20_000));

        Assert.Equal(UnreadableReason.OverLimit, refused.Reason);
        Assert.Equal(
            "The image has 20,000 × 20,000 = 400,000,000 pixels, and the limit is 250,000,000; raise it with --max-pixels.",
            refused.Message
        );
    }

    [Fact]
    public void The_raised_limit_lets_it_pass()
    {
        var photo = MadePictures.Decode(
            PngByHand.OneColour(1_500, 1_500),
            options: new PhotoOptions { MaxPixels = 2_250_000, WorkingSide = 500 }
        );

        Assert.Equal((500, 1_500), (photo.Width, photo.OriginalWidth));
        Assert.Equal(
            UnreadableReason.OverLimit,
            MadePictures.Refused(PngByHand.OneColour(1_501, 1_500), options: new PhotoOptions { MaxPixels = 2_250_000 }).Reason
        );
    }

    [Fact]
    public void A_side_that_is_too_long_is_refused_with_its_option()
    {
        var refused = MadePictures.Refused(PngByHand.OneColour(1_001, 2), options: new PhotoOptions { MaxSide = 1_000 });

        Assert.Equal(UnreadableReason.OverLimit, refused.Reason);
        Assert.Equal("The image has 1,001 × 2 pixels, and no side may be longer than 1,000; raise it with --max-side.", refused.Message);
    }

    [Theory, Slow]
    [InlineData(1), InlineData(6)]
    public void Decoding_that_takes_too_long_is_ended_with_its_option(int orientation)
    {
        using var noise = Image.Gaussnoise(6_000, 4_000, sigma: 60, mean: 128);
        using var grey = noise.Cast(Enums.BandFormat.Uchar);
        using var tagged = grey.Mutate(mutable => mutable.Set(GValue.GIntType, "orientation", orientation));
        var refused = MadePictures.Refused(
            tagged.PngsaveBuffer(compression: 1),
            options: new PhotoOptions { Timeout = TimeSpan.FromMilliseconds(1), WorkingSide = 8_000 }
        );

        Assert.Equal(UnreadableReason.TooSlow, refused.Reason);
        Assert.EndsWith("raise the limit with --timeout and index with --retry-failed.", refused.Message);
    }

    [Fact]
    public void Limits_that_make_no_sense_are_refused_at_once()
    {
        foreach (
            var options in new[]
            {
                new PhotoOptions { MaxBytes = 0 },
                new() { MaxPixels = -1 },
                new() { MaxSide = 0 },
                new() { WorkingSide = 1 },
                new() { Timeout = TimeSpan.Zero },
            }
        )
            Assert.Throws<OptionException>(() => new PhotoDecoder(options));
    }
}
