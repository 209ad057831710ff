using System.Globalization;
using Sosia.Models.Onnx.Schema;

namespace Sosia.Models.Onnx;

/// <summary>
/// The student project's whole network: <see cref="BaselineGraph"/> with the dense layer behind it, whose weights lie in a file beside the
/// graph (classes × features, row-major, 32-bit little-endian floats), for an ONNX file ends at 2 GB.
/// </summary>
internal static class ClassifierGraph
{
    /// <summary>The output's name: n × classes, each row adds up to 1.</summary>
    public const string Output = "probabilities";

    /// <summary>Name of the file with the dense layer's weights.</summary>
    public const string WeightsFile = "network.data";

    private const string Rows = "rows",
        Weights = "dense.weights",
        Biases = "dense.biases",
        Scores = "scores";

    /// <summary>Makes the graph.</summary>
    /// <param name="side">Of the square pictures.</param>
    /// <param name="blocks">First to last.</param>
    /// <param name="biases">Of the dense layer, one a class.</param>
    /// <param name="producer">The program that made the weights.</param>
    public static ModelProto Make(int side, IReadOnlyList<BaselineBlock> blocks, float[] biases, string producer)
    {
        ArgumentNullException.ThrowIfNull(biases);
        var model = BaselineGraph.Make(side, blocks, producer);
        var graph = model.Graph;
        var features = graph.Output[0].Type.TensorType.Shape.Dim.Skip(1).Aggregate(1L, (product, dim) => product * dim.DimValue);
        graph.Initializer.Add(Outside(biases.Length, features));
        graph.Initializer.Add(OnnxBuilder.Constant(Biases, biases, biases.Length));
        graph.Node.Add(OnnxBuilder.Node("Flatten", [BaselineGraph.Output], Rows, ("axis", 1)));
        graph.Node.Add(OnnxBuilder.Node("Gemm", [Rows, Weights, Biases], Scores, ("transB", 1)));
        graph.Node.Add(OnnxBuilder.Node("Softmax", [Scores], Output, ("axis", 1)));
        graph.Output.Clear();
        graph.Output.Add(BaselineGraph.Value(Output, biases.Length));
        return model;
    }

    private static TensorProto Outside(long classes, long features) =>
        new()
        {
            Name = Weights,
            DataType = (int)TensorProto.Types.DataType.Float,
            Dims = { classes, features },
            DataLocation = TensorProto.Types.DataLocation.External,
            ExternalData =
            {
                new StringStringEntryProto { Key = "location", Value = WeightsFile },
                new StringStringEntryProto { Key = "offset", Value = "0" },
                new StringStringEntryProto
                {
                    Key = "length",
                    Value = (classes * features * sizeof(float)).ToString(CultureInfo.InvariantCulture),
                },
            },
        };
}
