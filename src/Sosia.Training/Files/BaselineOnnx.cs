using Sosia.Models;
using Sosia.Models.Onnx;
using Sosia.Training.Network;

namespace Sosia.Training.Files;

/// <summary>The part of the network that makes features, as an ONNX file.</summary>
internal static class BaselineOnnx
{
    public const string Input = BaselineGraph.Input;
    public const string Output = BaselineGraph.Output;

    /// <exception cref="ModelException">The directory can't be written.</exception>
    public static void Write(TrainingOptions options, Parameters parameters, string path) =>
        OnnxModel.Save(BaselineGraph.Make(options.Side, Blocks(parameters), "sosia-train"), path);

    /// <summary>The convolutions' weights in ONNX's order: filters × channels × 3 × 3.</summary>
    public static BaselineBlock[] Blocks(Parameters parameters) =>
        [
            .. parameters.Blocks.Select(block =>
            {
                using var order = block.Filters.Value.permute(0, 3, 1, 2).contiguous().cpu();
                using var flat = block.Biases.Value.cpu();
                return new BaselineBlock(order.data<float>().ToArray(), flat.data<float>().ToArray());
            }),
        ];
}
