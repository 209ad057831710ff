using Sosia.Models.Onnx;
using Sosia.Models.Onnx.Schema;

namespace Sosia.Tests;

/// <summary>A network that a fast machine computes for many seconds: products of matrices, one after the other.</summary>
internal static class SlowNetwork
{
    private const int Columns = 2048,
        Products = 800,
        Floats = 3 * TinyModel.Side * TinyModel.Side;

    /// <summary>1 × 3 × 8 × 8 → 1 × 4, as <see cref="TinyModel.Entry"/> says.</summary>
    public static ModelProto Make()
    {
        var graph = new GraphProto { Name = "slow" };
        graph.Input.Add(TinyModel.Value("input", 1, 3, TinyModel.Side, TinyModel.Side));
        graph.Output.Add(TinyModel.Value("output", 1, TinyModel.Dimensions));
        graph.Initializer.Add(Constant("wide", 1, Columns));
        graph.Initializer.Add(Constant("square", Columns, Columns));
        graph.Initializer.Add(Constant("narrow", Columns, TinyModel.Dimensions));
        graph.Initializer.Add(Constant("sum", 1, Floats));
        graph.Node.Add(OnnxBuilder.Node("Flatten", ["input"], "row", ("axis", 0)));
        graph.Node.Add(OnnxBuilder.Node("Transpose", ["row"], "column"));
        graph.Node.Add(OnnxBuilder.Node("MatMul", ["column", "wide"], "product0"));
        for (var i = 1; i <= Products; i++)
            graph.Node.Add(OnnxBuilder.Node("MatMul", [$"product{i - 1}", "square"], $"product{i}"));
        graph.Node.Add(OnnxBuilder.Node("MatMul", [$"product{Products}", "narrow"], "few"));
        graph.Node.Add(OnnxBuilder.Node("MatMul", ["sum", "few"], "output"));
        return TinyModel.Model(graph);
    }

    private static TensorProto Constant(string name, int rows, int columns)
    {
        var values = new float[rows * columns];
        Array.Fill(values, 1f / Columns);
        return OnnxBuilder.Constant(name, values, rows, columns);
    }
}
