using NetVips;
using Sosia.Copies;
using Sosia.Photos;
using Sosia.Tests.Photos;

namespace Sosia.Tests.Copies;

/// <summary>Which changes leave a picture the same, and which pictures are never taken for each other.</summary>
public class LikenessTests
{
    private static readonly Dictionary<string, Func<Image, Image>> Changes = new()
    {
        ["saved again"] = image => image.Copy(),
        ["half the size"] = image => image.Resize(0.5),
        ["another shape"] = image => image.Resize(0.5, vscale: 0.7),
        ["brighter"] = image => image.Linear([1.2], [18]).Cast(Enums.BandFormat.Uchar),
        ["grey"] = image => image.Colourspace(Enums.Interpretation.Bw),
        ["mirrored"] = image => image.Flip(Enums.Direction.Horizontal),
        ["framed"] = image => Framed(image, 0.05),
        ["cropped in a corner"] = image => image.Crop(image.Width / 10, 0, image.Width * 9 / 10, image.Height * 9 / 10),
        ["mirrored and cropped"] = image =>
            image.Flip(Enums.Direction.Horizontal).Crop(0, image.Height / 20, image.Width * 19 / 20, image.Height * 19 / 20),
    };

    public static TheoryData<string> Names => [.. Changes.Keys];

    [Theory, Slow]
    [MemberData(nameof(Names))]
    public void A_picture_that_was_changed_a_little_is_the_same(string change)
    {
        for (var sample = 1; sample <= 6; sample++)
        {
            using var image = MadePictures.Sample(sample);
            using var changed = Changes[change](image);
            var (one, other) = (Of(image.JpegsaveBuffer(q: 90)), Of(changed.JpegsaveBuffer(q: 75)));
            Assert.True(IsCopy(one, other), $"sample {sample}");
            Assert.True(IsCopy(other, one), $"sample {sample}, the other way round");
            Assert.Equal(Likeness(one, other), Likeness(other, one), 1e-3);
        }
    }

    [Fact]
    public void Different_pictures_are_not_the_same()
    {
        var samples = Enumerable.Range(1, 6).Select(number => Of(File.ReadAllBytes(Repository.SamplePhotos[number - 1]))).ToArray();
        for (var one = 0; one < samples.Length; one++)
        for (var other = 0; other < samples.Length; other++)
            Assert.Equal(one == other, Likeness(samples[one], samples[other]) >= Likenesses.Copy);
    }

    [Fact]
    public void Half_of_a_picture_is_another_one()
    {
        using var image = MadePictures.Sample(1);
        using var half = image.Crop(0, 0, image.Width / 2, image.Height);
        Assert.InRange(Likeness(Of(image.JpegsaveBuffer()), Of(half.JpegsaveBuffer())), -1, Likenesses.Copy - 0.1);
    }

    [Theory]
    [InlineData(640, 480, 0)]
    [InlineData(640, 480, 255)]
    [InlineData(1, 1, 90)]
    [InlineData(3000, 2, 128)]
    public void Pictures_without_detail_are_like_none(int width, int height, int grey)
    {
        using var plain = (Image.Black(width, height, 3) + grey).Cast(Enums.BandFormat.Uchar);
        var descriptor = Of(plain.Copy(interpretation: Enums.Interpretation.Srgb).PngsaveBuffer());
        Assert.Equal(0, Likeness(descriptor, descriptor));
        Assert.All(CoarseRow.Questions(descriptor), row => Assert.All(row, value => Assert.True(float.IsFinite(value))));
    }

    [Fact]
    public void A_gradient_is_like_none()
    {
        using var soft = MadePictures.Soft();
        using var dimmer = (soft * 0.8).Cast(Enums.BandFormat.Uchar);
        Assert.Equal(0, Likeness(Of(soft.PngsaveBuffer()), Of(dimmer.PngsaveBuffer())));
    }

    [Fact]
    public void A_descriptor_is_the_same_from_a_small_decoding_up_to_rounding()
    {
        var file = File.ReadAllBytes(Repository.SamplePhotos[0]);
        var small = MadePictures.Decoder.Decode(FileOf(file), PhotoDescriptor.SideFor);
        Assert.True(Likeness(Of(file), PhotoDescriptor.Of(small)) > 0.995);
        Assert.Equal(Of(file).ToBytes(), Of(file).ToBytes());
    }

    [Fact]
    public void Stored_bytes_that_are_no_descriptor_are_none()
    {
        Assert.Null(PhotoDescriptor.Read(new byte[7]));
        Assert.Null(PhotoDescriptor.Read([]));
        var bytes = Of(File.ReadAllBytes(Repository.SamplePhotos[0])).ToBytes();
        Assert.Equal(PhotoDescriptor.Length, bytes.Length);
        Assert.Equal(bytes, PhotoDescriptor.Read(bytes)!.ToBytes());
    }

    private static bool IsCopy(PhotoDescriptor one, PhotoDescriptor other)
    {
        var (first, second) = (new ComparablePhoto(one), new ComparablePhoto(other));
        return first.LooksLike(second) && first.Likeness(second) >= Likenesses.Copy;
    }

    private static float Likeness(PhotoDescriptor one, PhotoDescriptor other) => Detail.Likeness(Detail.Of(one), Detail.Of(other));

    private static PhotoDescriptor Of(byte[] file) => PhotoDescriptor.Of(MadePictures.Decoder.Decode(FileOf(file)));

    private static PhotoFile FileOf(byte[] bytes) => new(new FileStamp("/photos/a", bytes.Length, default), bytes, "");

    private static Image Framed(Image image, double share)
    {
        var (x, y) = ((int)(image.Width * share), (int)(image.Height * share));
        return image.Embed(x, y, image.Width + 2 * x, image.Height + 2 * y, extend: Enums.Extend.White);
    }
}
