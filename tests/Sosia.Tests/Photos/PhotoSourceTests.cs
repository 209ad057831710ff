using NetVips;
using Sosia.Photos;
using Sosia.Photos.Vips;

namespace Sosia.Tests.Photos;

/// <summary>Photos decoded to the size that is needed, and again with more pixels.</summary>
public class PhotoSourceTests
{
    private static readonly VipsPhotoDecoder Decoder = new(new PhotoOptions { WorkingSide = 1600 });

    [Theory]
    [InlineData(700, 960), InlineData(960, 960), InlineData(961, 1600), InlineData(400, 480), InlineData(1, 240), InlineData(5000, 1600)]
    public void A_jpeg_is_shrunk_while_it_is_decoded_but_never_below_what_is_needed(int needed, int longest)
    {
        var photo = PhotoSource.Open(File("sample1.jpg"), Decoder, _ => needed).Photo;
        Assert.Equal(longest, photo.Width);
        Assert.Equal((1920, 1280), (photo.OriginalWidth, photo.OriginalHeight));
    }

    [Fact]
    public void More_pixels_are_decoded_once_and_only_when_there_are_some()
    {
        var counting = new CountingDecoder();
        var source = PhotoSource.Open(File("sample1.jpg"), counting, _ => 400);
        Assert.Equal(480, source.Photo.Width);

        Assert.Same(source.Photo, source.Enlarged(1, default));
        Assert.Same(source.Photo, source.Enlarged(float.NaN, default));
        var larger = source.Enlarged(1.5f, default);
        Assert.Equal(960, larger.Width);
        Assert.Same(larger, source.Enlarged(1.2f, default));
        Assert.Equal(2, counting.Times);

        var whole = source.Enlarged(float.PositiveInfinity, default);
        Assert.Equal(1920, whole.Width);
        Assert.Same(whole, source.Enlarged(float.PositiveInfinity, default));
        Assert.Equal(3, counting.Times);
    }

    [Fact]
    public void The_shrunk_photo_shows_what_the_whole_one_shows()
    {
        var (small, whole) = (Decoder.Decode(File("sample1.jpg"), _ => 480), Decoder.Decode(File("sample1.jpg")));
        var reduced = new byte[small.Pixels.Length];
        Resampler.Resize(whole.Pixels, whole.Width, whole.Height, reduced, (small.Width, small.Height));
        var difference = 0.0;
        for (var i = 0; i < reduced.Length; i++)
            difference += Math.Abs(reduced[i] - small.Pixels[i]);
        Assert.True(difference / reduced.Length < 4, $"on average {difference / reduced.Length} of 255");
    }

    [Fact]
    public void A_turned_jpeg_is_upright_and_small()
    {
        using var sample = MadePictures.Sample(1);
        using var turned = sample.Mutate(image => image.Set(GValue.GIntType, "orientation", 6));
        var bytes = turned.JpegsaveBuffer();
        var photo = Decoder.Decode(new PhotoFile(new("turned.jpg", bytes.Length, default), bytes, ""), _ => 480);
        Assert.Equal((320, 480, 1280, 1920), (photo.Width, photo.Height, photo.OriginalWidth, photo.OriginalHeight));
    }

    private static PhotoFile File(string name) =>
        PhotoFile.Read(Path.Combine(AppContext.BaseDirectory, "samples", name), new PhotoOptions());

    private sealed class CountingDecoder : IPhotoDecoder
    {
        private readonly VipsPhotoDecoder _inner = new(new PhotoOptions());

        public int Times { get; private set; }

        public Photo Decode(PhotoFile file, Func<int, int> sideFor, CancellationToken cancellation = default)
        {
            Times++;
            return _inner.Decode(file, sideFor, cancellation);
        }
    }
}
