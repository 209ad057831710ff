using System.Security.Cryptography;
using Google.Protobuf;
using NetVips;
using Sosia.Embeddings;
using Sosia.Hosting;
using Sosia.Models;
using Sosia.Models.Onnx.Schema;
using Sosia.Models.Store;
using Sosia.Photos;

namespace Sosia.Tests.Embeddings;

public class ImageEmbedderTests
{
    [Fact]
    public void An_output_with_positions_is_averaged_over_them()
    {
        var pooled = TinyModel.Embedding();
        var maps = TinyModel.Embedding(pooled: false);
        var photo = Noise(40, 30);

        var expected = Embed(pooled, Entry(pooled), photo);
        var got = Embed(
            maps,
            Entry(maps) with
            {
                Output = new ModelOutput
                {
                    Name = "output",
                    Dimensions = 4,
                    Pooling = "average",
                },
            },
            photo
        );

        for (var d = 0; d < 4; d++)
            Assert.Equal(expected[d], got[d], 1e-5);
    }

    [Fact]
    public void Only_rows_for_the_cosine_have_unit_length()
    {
        var model = TinyModel.Embedding();
        var photo = Noise(40, 30);

        var cosine = Embed(model, Entry(model), photo);
        var euclidean = Embed(
            model,
            Entry(model) with
            {
                Output = new ModelOutput
                {
                    Name = "output",
                    Dimensions = 4,
                    Metric = "euclidean",
                },
            },
            photo
        );

        Assert.Equal(1, Length(cosine), 1e-5);
        Assert.True(Math.Abs(Length(euclidean) - 1) > 1e-3);
    }

    [Fact]
    public void A_centre_crop_takes_the_middle() =>
        Assert.Equal(Fitted(InputFit.Stretch, Part(Noise(48, 16), 16, 16)), Fitted(InputFit.CentreCrop, Noise(48, 16)));

    [Fact]
    public void Padding_leaves_grey_bars_and_the_whole_picture()
    {
        var picture = Fitted(InputFit.Pad, new Photo(16, 8, [.. Enumerable.Repeat((byte)10, 16 * 8 * 3)], 16, 8));

        var line = TinyModel.Side * 3;
        Assert.All(picture[..(2 * line)], v => Assert.Equal(127, v));
        Assert.All(picture[(2 * line)..(6 * line)], v => Assert.Equal(10, v));
        Assert.All(picture[(6 * line)..], v => Assert.Equal(127, v));
    }

    [Fact]
    public void A_network_that_a_user_brings_is_added_and_finds_the_same_photo_scaled()
    {
        var file = RealFiles.Shared("models/efficientnet-lite0.onnx");
        using var folder = new TemporaryDirectory();
        var store = new ModelStore(RealFiles.Models, new UserDirectories(folder.Path));

        store.Add(file, EfficientNet(file));
        using var embedder = ImageEmbedder.Load(store, "efficientnet-lite0");
        var photo = RealFiles.Sample(1);
        var (row, smaller, other) = (new float[1280], new float[1280], new float[1280]);
        embedder.Embed(photo, row);
        embedder.Embed(Scaled(photo, 0.6), smaller);
        embedder.Embed(RealFiles.Sample(4), other);

        Assert.True(Dot(row, smaller) > 0.95);
        Assert.True(Dot(row, smaller) > Dot(row, other) + 0.2);
    }

    private static ModelEntry EfficientNet(string file) =>
        new()
        {
            Name = "efficientnet-lite0",
            Makes = ModelKind.ImageEmbedding,
            File = "efficientnet-lite0.onnx",
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))),
            Licence = "Apache-2.0",
            Origin = "Google, by ML Illustrated's PyTorch conversion",
            TrainingData = "ImageNet",
            Input = new ModelInput
            {
                Name = "input",
                Width = 224,
                Height = 224,
                Fit = InputFit.CentreCrop,
                Interpolation = Interpolation.Bicubic,
                Layout = TensorLayout.Nchw,
                Channels = ChannelOrder.Rgb,
                Mean = [127],
                Scale = [1 / 128f],
            },
            Output = new ModelOutput { Name = "embedding", Dimensions = 1280 },
        };

    private static ModelEntry Entry(ModelProto model) => TinyModel.Entry(model, ModelKind.ImageEmbedding);

    private static float[] Embed(ModelProto model, ModelEntry entry, Photo photo)
    {
        using var embedder = new ImageEmbedder(OnnxSession.Load(model.ToByteArray(), entry), entry);
        var row = new float[embedder.Dimensions];
        embedder.Embed(photo, row);
        return row;
    }

    private static byte[] Fitted(InputFit fit, Photo photo)
    {
        var model = TinyModel.Embedding();
        var entry = Entry(model);
        entry = entry with { Input = entry.Input with { Fit = fit, Interpolation = Interpolation.Area } };
        using var embedder = new ImageEmbedder(OnnxSession.Load(model.ToByteArray(), entry), entry);
        var pixels = new byte[TinyModel.Side * TinyModel.Side * 3];
        embedder.Fit(photo, pixels);
        return pixels;
    }

    private static Photo Noise(int width, int height)
    {
        var pixels = new byte[width * height * 3];
        new Random(9).NextBytes(pixels);
        return new Photo(width, height, pixels, width, height);
    }

    private static Photo Part(Photo photo, int left, int width)
    {
        var pixels = new byte[width * photo.Height * 3];
        for (var y = 0; y < photo.Height; y++)
            photo.Pixels.Slice((y * photo.Width + left) * 3, width * 3).CopyTo(pixels.AsSpan(y * width * 3));
        return new Photo(width, photo.Height, pixels, width, photo.Height);
    }

    private static Photo Scaled(Photo photo, double by)
    {
        using var image = Image.NewFromMemoryCopy<byte>(photo.Pixels.ToArray(), photo.Width, photo.Height, 3, Enums.BandFormat.Uchar);
        using var scaled = image.Resize(by);
        return new Photo(scaled.Width, scaled.Height, scaled.WriteToMemory<byte>(), scaled.Width, scaled.Height);
    }

    private static double Length(float[] row) => Math.Sqrt(row.Sum(v => (double)v * v));

    private static double Dot(float[] a, float[] b) => a.Zip(b).Sum(p => (double)p.First * p.Second);
}
