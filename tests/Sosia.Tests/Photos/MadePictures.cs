using NetVips;
using Sosia.Photos;
using Sosia.Photos.Decoders;

namespace Sosia.Tests.Photos;

/// <summary>Pictures that the tests make, as files of any format, and what comes out of the decoder.</summary>
internal static class MadePictures
{
    public static readonly PhotoDecoder Decoder = new(new PhotoOptions());

    /// <summary>Part of a sample photo with a face in it: 240 × 320 pixels, sRGB, no metadata.</summary>
    public static Image Portrait { get; } = Cut(1, 508 - 120, 472 - 160, 240, 320);

    /// <summary>Soft colours without metadata, so that what a format loses is small.</summary>
    public static Image Soft(int width = 240, int height = 160)
    {
        using var xy = Image.Xyz(width, height);
        using var across = xy[0] * (200.0 / width) + 20;
        using var down = xy[1] * (180.0 / height) + 30;
        using var both = (xy[0] + xy[1]) * (150.0 / (width + height)) + 60;
        using var joined = across.Bandjoin(down, both);
        using var bytes = joined.Cast(Enums.BandFormat.Uchar);
        return bytes.Copy(interpretation: Enums.Interpretation.Srgb).CopyMemory();
    }

    /// <summary>A rectangle of a sample photo, counted from 1, without metadata.</summary>
    public static Image Cut(int sample, int left, int top, int width, int height)
    {
        using var whole = Image.NewFromFile(Repository.SamplePhotos[sample - 1]);
        using var cut = whole.Crop(left, top, width, height);
        return Plain(cut);
    }

    /// <summary>A whole sample photo, counted from 1, without metadata.</summary>
    public static Image Sample(int number)
    {
        using var whole = Image.NewFromFile(Repository.SamplePhotos[number - 1]);
        return Plain(whole);
    }

    private static Image Plain(Image image)
    {
        using var kept = image.CopyMemory();
        return kept.Mutate(mutable =>
        {
            foreach (
                var field in kept.GetFields()
                    .Where(field =>
                        field.StartsWith("exif-", StringComparison.Ordinal)
                        || field is "exif-data" or "icc-profile-data" or "orientation" or "xmp-data"
                    )
            )
                mutable.Remove(field);
        });
    }

    /// <summary>The bytes as if read from a file of a name.</summary>
    public static PhotoFile File(byte[] bytes, string name = "picture") =>
        new(new FileStamp($"/photos/{name}", bytes.Length, DateTime.UnixEpoch), bytes, new string('0', 64));

    public static Photo Decode(byte[] bytes, string name = "picture", PhotoOptions? options = null) =>
        (options is null ? Decoder : new PhotoDecoder(options)).Decode(File(bytes, name));

    public static UnreadablePhotoException Refused(byte[] bytes, string name = "picture", PhotoOptions? options = null) =>
        Assert.Throws<UnreadablePhotoException>(() => Decode(bytes, name, options));

    public static Photo ToPhoto(Image image) => new(image.Width, image.Height, image.WriteToMemory<byte>(), image.Width, image.Height);

    /// <summary>Mean difference of two pictures of the same size, in grey levels of 255.</summary>
    public static double Difference(Photo photo, Image truth)
    {
        Assert.Equal((truth.Width, truth.Height), (photo.Width, photo.Height));
        using var opaque = truth.Bands == 1 ? truth.Bandjoin(truth, truth) : truth.Copy();
        var wanted = opaque.WriteToMemory<byte>();
        var sum = 0L;
        for (var i = 0; i < wanted.Length; i++)
            sum += Math.Abs(wanted[i] - photo.Pixels[i]);
        return (double)sum / wanted.Length;
    }
}
