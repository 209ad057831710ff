using System.Security.Cryptography;
using System.Text.Json;
using PureHDF;
using Sosia.Embeddings;
using Sosia.Faces;
using Sosia.Hosting;
using Sosia.Keras.Layers;
using Sosia.Models;
using Sosia.Models.Store;

namespace Sosia.Keras.Tests;

/// <summary>FaceNet's weights, as DeepFace publishes them, become a face embedder.</summary>
public sealed class FaceNetTests(FaceNetWeights weights) : IDisposable
{
    private const int PublishedBytes = 94_955_648;
    private static readonly KerasNetwork Network = KerasNetwork.FaceNet512;
    private readonly string _user = Directory.CreateTempSubdirectory("sosia-user-").FullName;

    public void Dispose() => Directory.Delete(_user, recursive: true);

    [Fact, Slow]
    public void The_row_is_that_of_the_public_definition_before_it_is_brought_to_unit_length()
    {
        using var network = ParityNetwork.Load(Network, weights.Path);
        network.AssertFeatures("facenet512.scaled.npy", Array.ConvertAll(Fixtures.Picture("facenet512.input.npy"), b => b / 127.5f - 1));
    }

    [Fact]
    public void Layers_with_weights_have_the_names_and_shapes_of_DeepFace_and_23_497_424_parameters()
    {
        var expected = Fixtures
            .Layers("facenet512")
            .Where(layer => layer.GetProperty("weights").EnumerateObject().Any())
            .ToDictionary(layer => layer.GetProperty("name").GetString()!, Describe);
        var got = KerasOrder.Of(Network.Build()).Where(layer => layer.Weights.Count > 0).ToDictionary(layer => layer.Name!, Describe);
        Assert.Equal(expected, got);
        Assert.Equal(23_497_424, KerasOrder.Of(Network.Build()).Sum(layer => layer.Weights.Sum(w => (long)w.Count)));
    }

    [Fact, Slow]
    public void The_model_embeds_aligned_faces_and_its_origin_keeps_the_hash_of_the_file()
    {
        var store = Store();
        var model = KerasImport.Import(Network, weights.Path, store, unverified: true, cancellation: TestContext.Current.CancellationToken);
        Assert.Contains(Sha256(weights.Path), model.Entry.Origin, StringComparison.Ordinal);
        Assert.Contains("not the published ones", model.Entry.Origin, StringComparison.Ordinal);

        using var embedder = FaceEmbedder.Load(store, Network.Name);
        Assert.Equal((512, 160), (embedder.Dimensions, embedder.FaceSize));
        var row = new float[512];
        embedder.Embed([new AlignedFace(160, Fixtures.Picture("facenet512.input.npy"))], row);
        var expected = Fixtures.Features("facenet512.scaled.npy");
        var length = MathF.Sqrt(expected.Sum(v => v * v));
        Assert.All(row.Zip(expected), pair => Assert.Equal(pair.Second / length, pair.First, 1e-5f));
    }

    [Fact, Slow]
    public void A_file_of_the_published_length_is_taken_without_more_words_and_one_of_another_length_only_unverified()
    {
        var refused = Assert.Throws<ModelException>(() =>
            KerasImport.Import(Network, weights.Path, Store(), unverified: false, cancellation: TestContext.Current.CancellationToken)
        );
        Assert.Equal(ModelProblem.HashDiffers, refused.Problem);
        Assert.Contains(
            $"Expected {PublishedBytes:N0} bytes, got {new FileInfo(weights.Path).Length:N0}",
            refused.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("--unverified", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_user));

        var padded = Path.Combine(_user, "facenet512_weights.h5");
        File.Copy(weights.Path, padded);
        using (var file = File.OpenWrite(padded))
            file.SetLength(PublishedBytes);
        var model = KerasImport.Import(Network, padded, Store(), unverified: false, cancellation: TestContext.Current.CancellationToken);
        Assert.Contains("no hash is published", model.Entry.Origin, StringComparison.Ordinal);
        Assert.Contains(Sha256(padded), model.Entry.Origin, StringComparison.Ordinal);
    }

    [Fact]
    public void The_order_of_layers_in_the_file_does_not_matter()
    {
        Write(Layers().Reverse());
        KerasImportAssert(null);
    }

    [Theory]
    [InlineData("Block17_4_Conv2d_1x1", "Expected the layer Block17_4_Conv2d_1x1, got Block17_4_Conv2d_1x1_other")]
    [InlineData("Bottleneck", "Expected the layer Bottleneck, got Bottleneck_other")]
    public void A_layer_of_another_name_is_named(string name, string sentence)
    {
        Write(Layers().Select(layer => layer == name ? name + "_other" : layer));
        KerasImportAssert(sentence);
    }

    [Fact]
    public void A_layer_too_few_is_named()
    {
        Write(Layers().Where(layer => layer != "Bottleneck"));
        KerasImportAssert("Expected the layer Bottleneck, got Bottleneck_BatchNorm");
    }

    private string Listed => Path.Combine(_user, "listed.h5");

    private static IEnumerable<string> Layers() =>
        KerasOrder.Of(Network.Build()).Where(layer => layer.Weights.Count > 0).Select(layer => layer.Name!);

    /// <summary>Names only: what is wrong with them is told before an array is read.</summary>
    private void Write(IEnumerable<string> names)
    {
        var shapes = KerasOrder
            .Of(Network.Build())
            .Where(layer => layer.Weights.Count > 0)
            .ToDictionary(layer => layer.Name!, layer => layer.Weights);
        var file = new H5File { Attributes = new() { ["layer_names"] = names.ToArray() } };
        foreach (var name in names)
        {
            var weightNames = shapes[name.Replace("_other", "", StringComparison.Ordinal)].Select(w => $"{name}/{w.Name}:0").ToArray();
            file[name] = new H5Group { Attributes = new() { ["weight_names"] = weightNames } };
        }
        file.Write(Listed);
    }

    /// <param name="sentence">What the names are refused with; null where they are taken, so that the arrays are what is missing.</param>
    private void KerasImportAssert(string? sentence)
    {
        var error = Assert.Throws<ModelException>(() => KerasImport.ToOnnx(Network, Listed));
        Assert.DoesNotContain('\n', error.Message);
        if (sentence is null)
            Assert.DoesNotContain("Expected the layer", error.Message, StringComparison.Ordinal);
        else
            Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
    }

    private ModelStore Store() => new(Path.Combine(AppContext.BaseDirectory, "models"), new UserDirectories(_user));

    private static string Sha256(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static string Describe(JsonElement layer) =>
        string.Join(
            ", ",
            layer.GetProperty("weights").EnumerateObject().Select(w => $"{w.Name} {w.Value}".Replace(" ", "", StringComparison.Ordinal))
        );

    private static string Describe(Layer layer) => string.Join(", ", layer.Weights.Select(w => $"{w.Name}[{string.Join(",", w.Shape)}]"));
}
