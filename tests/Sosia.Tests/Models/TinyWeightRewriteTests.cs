using Google.Protobuf;
using Sosia.Models;
using Sosia.Models.Onnx;
using Sosia.Models.Onnx.Schema;

namespace Sosia.Tests.Models;

public class TinyWeightRewriteTests
{
    [Fact]
    public void Only_weights_below_1e_minus_30_become_zero()
    {
        var graph = new GraphProto();
        graph.Initializer.Add(OnnxBuilder.Constant("w", [1, -1e-20f, 1e-40f, 0, -3e-31f, 1e-30f], 6));
        graph.Initializer.Add(OnnxBuilder.Constant("left", [0.5f, -0.25f], 2));
        var untouched = graph.Initializer[1].Clone();

        Assert.Equal(2, TinyWeightRewrite.Apply(graph));

        Assert.Equal([1, -1e-20f, 0, 0, 0, 1e-30f], OnnxBuilder.Floats(graph.Initializer[0])!);
        Assert.Equal(untouched, graph.Initializer[1]);
        Assert.Equal(0, TinyWeightRewrite.Apply(graph));
    }

    [Fact]
    public void The_default_face_network_has_such_weights_and_gives_the_same_row_without_them()
    {
        var known = RealFiles.Model("face-512");
        var model = OnnxModel.Load(known.Path);
        Assert.True(TinyWeightRewrite.Apply(model.Graph) > 1000);
        using var original = OnnxSession.Load(File.ReadAllBytes(known.Path), known.Entry);
        using var cleared = OnnxSession.Load(model.ToByteArray(), known.Entry);
        var random = new Random(11);
        float[] input = [.. Enumerable.Range(0, original.InputFloats).Select(_ => random.NextSingle() * 2 - 1)];
        var (row, again) = (new float[512], new float[512]);

        original.Run(input, 1, row);
        cleared.Run(input, 1, again);

        Assert.All(row.Zip(again), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }
}
