using PureHDF;
using Sosia.Keras.Layers;
using Sosia.Models;

namespace Sosia.Keras.Tests;

/// <summary>Files that are not the weights of the network: one sentence each, before anything is read.</summary>
public sealed class BadWeightsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sosia-weights-").FullName;

    private string File => Path.Combine(_directory, "weights.h5");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_file_that_is_not_there_is_told() => AssertRefused(ModelProblem.Missing, "can't be read");

    [Theory]
    [InlineData("", "is no HDF5 file")]
    [InlineData("<html>Not found</html>", "is no HDF5 file")]
    [InlineData("PK\u0003\u0004 and so on", "is a .keras file of Keras 3")]
    public void Something_else_than_HDF5_is_told(string content, string sentence)
    {
        System.IO.File.WriteAllText(File, content);
        AssertRefused(ModelProblem.NotAModel, sentence);
    }

    [Fact]
    public void A_file_that_is_cut_off_says_how_much_is_missing()
    {
        Write(Listing(("conv2d_1", ["conv2d_1/kernel:0"])));
        var bytes = System.IO.File.ReadAllBytes(File);
        System.IO.File.WriteAllBytes(File, bytes[..(bytes.Length / 2)]);
        AssertRefused(ModelProblem.NotAModel, $"is cut off: Expected {bytes.Length:N0} bytes, got {bytes.Length / 2:N0}");
    }

    [Fact]
    public void Noise_anywhere_in_a_file_is_told_in_a_sentence()
    {
        Write(Whole(Shape));
        var bytes = System.IO.File.ReadAllBytes(File);
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var noisy = (byte[])bytes.Clone();
            for (var i = 0; i < 20; i++)
                noisy[random.Next(8, Math.Min(noisy.Length, seed % 2 == 0 ? 4096 : noisy.Length))] = (byte)random.Next(256);
            System.IO.File.WriteAllBytes(File, noisy);
            Assert.Throws<ModelException>(Convert);
        }
    }

    [Theory]
    [InlineData("layers", "is a .weights.h5 file of Keras 3")]
    [InlineData("_layer_checkpoint_dependencies", "is a .weights.h5 file of Keras 3")]
    [InlineData("model_weights", "holds a whole model")]
    [InlineData("something", "lists no layer_names")]
    public void Another_layout_is_told(string group, string sentence)
    {
        Write(new H5File { [group] = new H5Group() });
        AssertRefused(ModelProblem.DoesNotFit, sentence);
    }

    [Fact]
    public void Top_layers_are_told()
    {
        Write(Listing([.. Layers().Select(l => (Name(l), Paths(l))), ("predictions", ["predictions/kernel:0", "predictions/bias:0"])]));
        AssertRefused(ModelProblem.DoesNotFit, "has the top layers of the network too ('predictions')");
    }

    [Fact]
    public void Too_few_layers_are_told()
    {
        Write(Listing([.. Layers().SkipLast(1).Select(l => (Name(l), Paths(l)))]));
        AssertRefused(ModelProblem.DoesNotFit, "Expected 448 layers with weights, got 447");
    }

    [Fact]
    public void A_layer_of_another_kind_is_told()
    {
        Write(Listing(("dense_1", ["dense_1/kernel:0"])));
        AssertRefused(ModelProblem.DoesNotFit, "Expected a layer conv2d, got dense_1");
    }

    [Fact]
    public void A_layer_of_another_name_is_told()
    {
        Write(
            Listing([.. Layers().Select(l => (Name(l).Replace("block35_1_conv", "block35_2_conv", StringComparison.Ordinal), Paths(l)))])
        );
        AssertRefused(ModelProblem.DoesNotFit, "Expected the layer block35_1_conv, got block35_2_conv");
    }

    [Fact]
    public void Another_list_of_arrays_is_told()
    {
        Write(Listing(("conv2d_1", ["conv2d_1/kernel:0", "conv2d_1/bias:0"])));
        AssertRefused(ModelProblem.DoesNotFit, "Expected kernel in the layer conv2d_1, got kernel, bias");
    }

    [Fact]
    public void Another_shape_is_told()
    {
        Write(Whole(layer => [.. Shape(layer).Select(side => side + 1)]));
        AssertRefused(ModelProblem.DoesNotFit, "as 32, got 33");
    }

    [Fact]
    public void Another_type_is_told()
    {
        Write(Whole(Shape, shape => new double[shape.Aggregate(1, (a, b) => a * b)]));
        AssertRefused(ModelProblem.DoesNotFit, "as 32-bit floats, got 8 bytes of FloatingPoint");
    }

    [Theory]
    [InlineData(1UL << 20)]
    [InlineData(1UL << 40)]
    [InlineData(ulong.MaxValue)]
    public void Sizes_that_no_file_could_hold_are_told_before_anything_of_that_size_is_made(ulong side)
    {
        const ulong Mark = 7777;
        Write(Whole(_ => [(int)Mark]));
        var bytes = System.IO.File.ReadAllBytes(File);
        for (int at; (at = bytes.AsSpan().IndexOf(BitConverter.GetBytes(Mark))) >= 0; )
            BitConverter.GetBytes(side).CopyTo(bytes, at);
        System.IO.File.WriteAllBytes(File, bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused(ModelProblem.DoesNotFit, $"as 32, got {side}");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256 << 20);
    }

    private void Convert() => KerasImport.ToOnnx(KerasNetwork.InceptionResNetV2, File);

    private void AssertRefused(ModelProblem problem, string sentence)
    {
        var error = Assert.Throws<ModelException>(Convert);
        Assert.Equal(problem, error.Problem);
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
        Assert.Contains(File, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    private void Write(H5File file) => file.Write(File);

    /// <summary>All names, and the first two layers' arrays: what is wrong is told before the rest is looked for.</summary>
    private static H5File Whole(Func<WeightShape, int[]> shape, Func<int[], Array>? values = null)
    {
        var file = Listing([.. Layers().Select(l => (Name(l), Paths(l)))]);
        foreach (var layer in Layers().Take(2))
            ((H5Group)file[Name(layer)])[Name(layer)] = Arrays(layer, shape, values ?? (s => new float[s.Aggregate(1, (a, b) => a * b)]));
        return file;
    }

    private static H5Group Arrays(Layer layer, Func<WeightShape, int[]> shape, Func<int[], Array> values)
    {
        var group = new H5Group();
        foreach (var weight in layer.Weights)
            group[$"{weight.Name}:0"] = new H5Dataset(values(shape(weight)), fileDims: [.. shape(weight).Select(side => (ulong)side)]);
        return group;
    }

    private static H5File Listing(params (string Name, string[] Weights)[] layers)
    {
        var file = new H5File { Attributes = { ["layer_names"] = layers.Select(l => l.Name).ToArray() } };
        foreach (var (name, weights) in layers)
            file[name] = new H5Group { Attributes = { ["weight_names"] = weights } };
        return file;
    }

    private static int[] Shape(WeightShape weight) => weight.Shape;

    private static List<Layer> Layers() => s_layers;

    private static readonly List<Layer> s_layers =
    [
        .. KerasOrder.Of(KerasNetwork.InceptionResNetV2.Build()).Where(l => l.Weights.Count > 0),
    ];

    private static string Name(Layer layer) => layer.Name ?? $"{layer.Kind}_{s_layers.IndexOf(layer) + 1}";

    private static string[] Paths(Layer layer) => [.. layer.Weights.Select(w => $"{Name(layer)}/{w.Name}:0")];
}
