using Google.Protobuf;
using Sosia.Models;
using Sosia.Models.Onnx;
using Sosia.Models.Onnx.Schema;

namespace Sosia.Tests.Models;

public class PReluRewriteTests
{
    private const float Tolerance = 1e-5f;

    public static TheoryData<float[]> Slopes => new([0.25f, -0.5f, 0.9f, 0], [0.1f], [1.5f, 0.2f, -3, 1], [1, 1, 1, 1], [0.9999f, 0, 0, 0]);

    [Theory, MemberData(nameof(Slopes))]
    public void A_rewritten_network_gives_the_same_output_for_any_slopes(float[] slopes)
    {
        var original = TinyModel.Embedding(slopes);
        var entry = TinyModel.Entry(original);
        var rewritten = original.Clone();

        Assert.Equal(1, PReluRewrite.Apply(rewritten.Graph));

        Assert.DoesNotContain(rewritten.Graph.Node, n => n.OpType == "PRelu");
        var input = TinyModel.Noise(3 * TinyModel.Side * TinyModel.Side, 5);
        AssertClose(TinyModel.Run(original, entry, input), TinyModel.Run(rewritten, entry, input));
    }

    [Fact, Slow]
    public void The_embedding_network_gives_the_same_output_for_photos()
    {
        var model = RealFiles.Model("face-512");
        var original = OnnxModel.Load(model.Path);
        var rewritten = original.Clone();

        Assert.Equal(33, PReluRewrite.Apply(rewritten.Graph));

        Assert.DoesNotContain(rewritten.Graph.Node, n => n.OpType == "PRelu");
        using var before = OnnxSession.Load(original.ToByteArray(), model.Entry);
        using var after = OnnxSession.Load(rewritten.ToByteArray(), model.Entry);
        foreach (var square in Enumerable.Range(1, 6).SelectMany(n => RealFiles.Squares(RealFiles.Sample(n), model.Entry.Input.Width, 4)))
            AssertClose(Row(before, model.Entry, square), Row(after, model.Entry, square));
    }

    [Fact]
    public void A_convolution_that_others_read_is_left_as_it_is()
    {
        var original = TinyModel.Embedding(pooled: false);
        original.Graph.Node[1].Output[0] = "bent";
        original.Graph.Node.Add(Add("bent", "conv"));
        var rewritten = original.Clone();

        Assert.Equal(1, PReluRewrite.Apply(rewritten.Graph));

        Assert.Equal(original.Graph.Node[0], rewritten.Graph.Node[0]);
        var entry = TinyModel.Entry(original) with
        {
            Output = new ModelOutput
            {
                Name = "output",
                Dimensions = TinyModel.Dimensions,
                Pooling = "average",
            },
        };
        var input = TinyModel.Noise(3 * TinyModel.Side * TinyModel.Side, 6);
        AssertClose(TinyModel.Run(original, entry, input), TinyModel.Run(rewritten, entry, input));
    }

    [Fact]
    public void Weights_that_another_convolution_shares_keep_their_values()
    {
        var model = TinyModel.Embedding(pooled: false);
        var weights = model.Graph.Initializer.Single(t => t.Name == "weights");
        model.Graph.Node[1].Output[0] = "bent";
        var second = model.Graph.Node[0].Clone();
        second.Output[0] = second.Name = "second";
        model.Graph.Node.Add(second);
        model.Graph.Node.Add(Add("bent", "second"));

        PReluRewrite.Apply(model.Graph);

        Assert.Contains(weights, model.Graph.Initializer);
        Assert.Equal("weights", model.Graph.Node.Single(n => n.Output[0] == "second").Input[1]);
    }

    [Fact]
    public void A_slope_for_every_pixel_is_left()
    {
        var model = TinyModel.Embedding();
        model.Graph.Initializer.Remove(model.Graph.Initializer.Single(t => t.Name == "slopes"));
        var perPixel = TinyModel.Noise(TinyModel.Dimensions * TinyModel.Side * TinyModel.Side, 7);
        model.Graph.Initializer.Add(OnnxBuilder.Constant("slopes", perPixel, TinyModel.Dimensions, TinyModel.Side, TinyModel.Side));
        var untouched = model.Clone();

        Assert.Equal(0, PReluRewrite.Apply(model.Graph));

        Assert.Equal(untouched, model);
    }

    [Fact]
    public void A_slope_that_the_network_computes_is_left()
    {
        var model = TinyModel.Embedding();
        model.Graph.Node.Insert(0, OnnxBuilder.Node("Neg", ["slopes"], "computed"));
        model.Graph.Node.Single(n => n.OpType == "PRelu").Input[1] = "computed";

        Assert.Equal(0, PReluRewrite.Apply(model.Graph));
    }

    private static NodeProto Add(string a, string b) =>
        new()
        {
            OpType = "Add",
            Name = "sum",
            Input = { a, b },
            Output = { "output" },
        };

    private static float[] Row(OnnxSession session, ModelEntry entry, byte[] pixels)
    {
        var tensor = new float[session.InputFloats];
        new Preprocessing(entry.Input).Fill(pixels, tensor);
        var row = new float[session.FloatsOf(0)];
        session.Run(tensor, 1, row);
        return row;
    }

    private static void AssertClose(float[] expected, float[] got)
    {
        Assert.Equal(expected.Length, got.Length);
        Assert.InRange(expected.Zip(got).Max(p => Math.Abs(p.First - p.Second)), 0, Tolerance);
    }
}
