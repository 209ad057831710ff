using Sosia.Hosting;
using Sosia.Models;
using Sosia.Models.Store;

namespace Sosia.Keras.Tests;

/// <summary>From a file of weights to a model that the store knows.</summary>
[Slow]
public sealed class ImportTests(InceptionWeights weights) : IDisposable
{
    private readonly string _user = Directory.CreateTempSubdirectory("sosia-user-").FullName;

    public void Dispose() => Directory.Delete(_user, recursive: true);

    [Fact]
    public void Weights_become_a_model_that_the_store_loads_and_no_second_one_of_that_name()
    {
        var store = Store();
        var model = KerasImport.Import(
            KerasNetwork.InceptionResNetV2,
            weights.Path,
            store,
            unverified: true,
            cancellation: TestContext.Current.CancellationToken
        );
        Assert.Equal(
            ["adding.lock", "inception-resnet-v2.onnx", "models.json"],
            Directory.GetFiles(Path.Combine(_user, "models")).Select(f => Path.GetFileName(f)!).Order()
        );
        Assert.Contains("not the published ones", model.Entry.Origin, StringComparison.Ordinal);
        Assert.Equal(1536, model.Entry.Output.Dimensions);
        using (var session = Store().Load(model))
            Assert.Equal([1, 6, 6, 1536], session.ShapeOf(0).ToArray());

        var again = Assert.Throws<ModelException>(() =>
            KerasImport.Import(
                KerasNetwork.InceptionResNetV2,
                weights.Path,
                Store(),
                unverified: true,
                cancellation: TestContext.Current.CancellationToken
            )
        );
        Assert.Contains("is here already", again.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_are_not_the_published_ones_are_refused_unless_asked_for()
    {
        var error = Assert.Throws<ModelException>(() =>
            KerasImport.Import(
                KerasNetwork.InceptionResNetV2,
                weights.Path,
                Store(),
                unverified: false,
                cancellation: TestContext.Current.CancellationToken
            )
        );
        Assert.Equal(ModelProblem.HashDiffers, error.Problem);
        Assert.Contains("Expected MD5 d19885ff4a710c122648d3b5c3b684e4", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_user));
    }

    [Fact]
    public void A_file_of_another_sha256_than_asked_for_is_refused_also_unverified()
    {
        var error = Assert.Throws<ModelException>(() =>
            KerasImport.Import(
                KerasNetwork.InceptionResNetV2,
                weights.Path,
                Store(),
                unverified: true,
                sha256: new string('a', 64),
                TestContext.Current.CancellationToken
            )
        );
        Assert.Equal(ModelProblem.HashDiffers, error.Problem);
        Assert.Contains("Expected SHA-256 aaaa", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_the_published_one_is_refused_before_anything_in_it_is_looked_at()
    {
        var damaged = Path.Combine(Directory.CreateDirectory(_user).FullName, "damaged.h5");
        File.WriteAllBytes(damaged, [1, 2, 3]);
        var error = Assert.Throws<ModelException>(() =>
            KerasImport.Import(
                KerasNetwork.InceptionResNetV2,
                damaged,
                Store(),
                unverified: false,
                cancellation: TestContext.Current.CancellationToken
            )
        );
        Assert.Equal(ModelProblem.HashDiffers, error.Problem);
    }

    [Fact]
    public void Weights_of_the_other_network_are_told()
    {
        var error = Assert.Throws<ModelException>(() =>
            KerasImport.Import(
                KerasNetwork.EfficientNetV2L,
                weights.Path,
                Store(),
                unverified: true,
                cancellation: TestContext.Current.CancellationToken
            )
        );
        Assert.Contains("is of another network: Expected the layer stem_conv, got conv2d_1", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_user));
    }

    private ModelStore Store() => new(Path.Combine(AppContext.BaseDirectory, "models"), new UserDirectories(_user));
}
