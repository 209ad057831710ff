using Sosia.Photos;

namespace Sosia.Tests.Photos;

/// <summary>What this machine has no decoder for is named, with what to install.</summary>
public class MissingDecoderTests
{
    [Theory]
    [InlineData("photo.heic"), InlineData("photo.jpg")]
    public void A_HEIC_file_is_said_to_need_a_decoder(string name)
    {
        var refused = MadePictures.Refused(HeicByHand.Make(640, 480), name);

        Assert.Equal(UnreadableReason.NoDecoder, refused.Reason);
        Assert.Contains("HEIC", refused.Message);
        Assert.Contains("libde265", refused.Message);
    }

    [Fact]
    public void Many_threads_at_once_are_all_told_the_right_reason()
    {
        var (heic, cut) = (HeicByHand.Make(640, 480), PngByHand.OneColour(300, 300)[..60]);
        Parallel.For(
            0,
            400,
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            i =>
                Assert.Equal(
                    i % 2 == 0 ? UnreadableReason.NoDecoder : UnreadableReason.Damaged,
                    MadePictures.Refused(i % 2 == 0 ? heic : cut).Reason
                )
        );
    }

    [Fact]
    public void Camera_RAW_is_never_taken_for_the_small_preview_in_it()
    {
        using var portrait = MadePictures.Soft();
        var preview = portrait.TiffsaveBuffer(); // DNG, NEF, CR2 and ARW are TIFF files whose first picture is a preview

        foreach (var name in new[] { "photo.dng", "photo.NEF", "photo.cr2", "photo.arw" })
        {
            var refused = MadePictures.Refused(preview, name);
            Assert.Equal(UnreadableReason.NoDecoder, refused.Reason);
            Assert.Contains("camera RAW", refused.Message);
        }
    }

    [Fact]
    public void Camera_RAW_is_known_by_its_content_too()
    {
        byte[][] starts =
        [
            [.. "II*\0"u8, 16, 0, 0, 0, .. "CR\x02\0"u8],
            [.. "FUJIFILMCCD-RAW 0201"u8],
            [0, 0, 0, 24, .. "ftypcrx \0\0\0\x01crx isom"u8],
            [.. "IIRO\x08\0\0\0"u8],
        ];
        foreach (var start in starts)
            Assert.Equal(UnreadableReason.NoDecoder, MadePictures.Refused([.. start, .. new byte[500]], "photo").Reason);
    }
}
