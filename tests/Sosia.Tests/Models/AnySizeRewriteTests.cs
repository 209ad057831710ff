using Google.Protobuf;
using Sosia.Faces.UltraLight;
using Sosia.Models;
using Sosia.Models.Onnx;

namespace Sosia.Tests.Models;

/// <summary>The detector's graph, freed of its size, on the real network.</summary>
public class AnySizeRewriteTests
{
    private static readonly KnownModel Detector = RealFiles.Model("ultra-light-320");

    [Fact]
    public void At_its_own_size_the_boxes_are_those_of_the_graph_as_it_comes()
    {
        using var original = OnnxSession.Load(File.ReadAllBytes(Detector.Path), Detector.Entry);
        using var anySize = Rewritten();
        var input = Noise(320 * 240 * 3);
        var (corners, scores) = (new float[4 * 4420], new float[2 * 4420]);
        original.Run(input, 1, corners, scores);

        var (deltas, again) = (new float[4 * 4420], new float[2 * 4420]);
        anySize.Run(input, (1, 240, 320), deltas, again, default);
        var boxes = new List<SeenBox>();
        PriorBoxes.Decode((320, 240), (320, 240), deltas, again, minConfidence: 0, boxes);

        Assert.Equal(4420, boxes.Count);
        for (var i = 0; i < boxes.Count; i++)
        {
            Assert.Equal(scores[2 * i + 1], boxes[i].Confidence, 1e-5f);
            Assert.Equal(corners[4 * i] * 320, boxes[i].Box.Left, 0.01f);
            Assert.Equal(corners[4 * i + 1] * 240, boxes[i].Box.Top, 0.01f);
            Assert.Equal(corners[4 * i + 2] * 320, boxes[i].Box.Right, 0.01f);
            Assert.Equal(corners[4 * i + 3] * 240, boxes[i].Box.Bottom, 0.01f);
        }
    }

    [Theory]
    [InlineData(320, 240), InlineData(128, 128), InlineData(800, 601), InlineData(65, 1279), InlineData(1, 1)]
    public void It_runs_on_any_size_and_has_as_many_outputs_as_priors(int width, int height)
    {
        using var anySize = Rewritten();
        var priors = PriorBoxes.Count(width, height);
        var scores = new float[2 * priors];
        anySize.Run(Noise(width * height * 3), (1, height, width), new float[4 * priors], scores, default);
        Assert.All(scores.Chunk(2), pair => Assert.Equal(1, pair[0] + pair[1], 1e-4f));
    }

    [Fact]
    public void A_graph_of_another_form_is_left_as_it_is()
    {
        var model = OnnxModel.Load(RealFiles.Model("face-512").Path);
        var before = model.ToByteArray();
        var output = model.Graph.Output[0].Name;
        Assert.False(AnySizeRewrite.Apply(model.Graph, output, output));
        Assert.Equal(before, model.ToByteArray());
    }

    [Fact]
    public void A_detector_of_another_family_is_refused_before_it_runs()
    {
        var model = OnnxModel.Load(RealFiles.Model("face-512").Path);
        var refused = Assert.Throws<ModelException>(() => GraphRewrite.Apply(model, Detector.Entry with { Name = "mine" }));
        Assert.Equal(ModelProblem.DoesNotFit, refused.Problem);
        Assert.StartsWith("The model 'mine' is no detector of the Ultra-Light family", refused.Message);
    }

    private static OnnxSession Rewritten()
    {
        var model = OnnxModel.Load(Detector.Path);
        Assert.True(AnySizeRewrite.Apply(model.Graph, Detector.Entry.Output.Name, Detector.Entry.Output.Scores!));
        return OnnxSession.Load(model.ToByteArray(), Detector.Entry);
    }

    private static float[] Noise(int length)
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() * 2 - 1)];
    }
}
