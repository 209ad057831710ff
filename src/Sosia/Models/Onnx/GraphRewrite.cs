using Sosia.Models.Onnx.Schema;

namespace Sosia.Models.Onnx;

/// <summary>Rewrites a graph to one that gives the same output faster on ONNX Runtime.</summary>
internal static class GraphRewrite
{
    /// <summary>Grows when a rewrite changes what it makes, so that cached graphs are made again.</summary>
    public const int Version = 2;

    /// <summary>Whether a file is worth parsing for <see cref="Apply"/>.</summary>
    /// <param name="bytes">The whole ONNX file.</param>
    public static bool MayApply(ReadOnlySpan<byte> bytes) => OnnxModel.MayUse(bytes, "PRelu"u8);

    /// <summary>Changes the graph in place.</summary>
    /// <returns>False when there was nothing to change.</returns>
    public static bool Apply(ModelProto model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return PReluRewrite.Apply(model.Graph) > 0;
    }
}
