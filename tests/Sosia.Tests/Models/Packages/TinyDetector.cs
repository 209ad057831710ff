using Sosia.Models;
using Sosia.Models.Onnx;
using Sosia.Models.Onnx.Schema;

namespace Sosia.Tests.Models.Packages;

/// <summary>Networks with the inputs and outputs of SCRFD and of ArcFace, and next to nothing between them.</summary>
internal static class TinyDetector
{
    public const int Side = 64;

    /// <summary>Names as an export numbers them, in no order that says anything.</summary>
    private static readonly string[] Numbers = ["448", "471", "494", "451", "474", "497", "454", "477", "500"];

    /// <summary>
    /// Nine outputs; whatever the picture shows, it finds one upright face in the middle, 32 pixels wide: at the place (2, 2) of stride 16.
    /// </summary>
    public static ModelProto Scrfd()
    {
        var graph = new GraphProto { Name = "scrfd" };
        graph.Input.Add(TinyModel.Value("input.1", 1, 3, Side, Side));
        graph.Node.Add(OnnxBuilder.Node("ReduceMean", ["input.1"], "mean", ("keepdims", 0)));
        graph.Initializer.Add(OnnxBuilder.Constant("zero", [0], 1));
        graph.Node.Add(OnnxBuilder.Node("Mul", ["mean", "zero"], "nothing"));
        for (var stride = 0; stride < 3; stride++)
        for (var part = 0; part < 3; part++)
        {
            var rows = 2 * (Side / DetectorSession.Strides[stride]) * (Side / DetectorSession.Strides[stride]);
            var floats = DetectorSession.PartsOf(DetectorFamily.Scrfd)[part].Floats;
            var values = new float[rows * floats];
            if (stride == 1)
                Fill(values, part, row: 2 * (2 * (Side / 16) + 2));
            Add(graph, Numbers[part * 3 + stride], values, rows, floats);
        }
        return TinyModel.Model(graph);
    }

    /// <summary>112 × 112 to 512 floats that follow the colours.</summary>
    public static ModelProto ArcFace()
    {
        var graph = new GraphProto { Name = "arcface" };
        graph.Input.Add(TinyModel.Value("input.1", 0, 3, 112, 112));
        graph.Output.Add(TinyModel.Value("683", 0, 512));
        graph.Initializer.Add(OnnxBuilder.Constant("weights", TinyModel.Noise(512 * 3, 1), 512, 3, 1, 1));
        graph.Node.Add(OnnxBuilder.Node("Conv", ["input.1", "weights"], "conv"));
        graph.Node.Add(OnnxBuilder.Node("Relu", ["conv"], "bent"));
        graph.Node.Add(OnnxBuilder.Node("GlobalAveragePool", ["bent"], "pooled"));
        graph.Node.Add(OnnxBuilder.Node("Flatten", ["pooled"], "683", ("axis", 1)));
        return TinyModel.Model(graph);
    }

    private static void Fill(float[] values, int part, int row)
    {
        float[] face = part switch
        {
            0 => [0.9f],
            1 => [1, 1, 1, 1], // to each side, in strides
            _ => [-0.4f, -0.3f, 0.4f, -0.3f, 0, 0.1f, -0.3f, 0.5f, 0.3f, 0.5f],
        };
        face.CopyTo(values, row * face.Length);
    }

    private static void Add(GraphProto graph, string name, float[] values, int rows, int floats)
    {
        graph.Initializer.Add(OnnxBuilder.Constant($"values {name}", values, rows, floats));
        graph.Node.Add(OnnxBuilder.Node("Add", [$"values {name}", "nothing"], name));
        graph.Output.Add(TinyModel.Value(name, rows, floats));
    }
}
