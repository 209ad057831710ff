using Sosia.Models.Onnx.Schema;

namespace Sosia.Models.Onnx;

/// <summary>Rewrites a graph: one that gives the same output faster on ONNX Runtime, or a detector for pictures of any size.</summary>
internal static class GraphRewrite
{
    /// <summary>Grows when a rewrite changes what it makes, so that cached graphs are made again.</summary>
    public const int Version = 3;

    /// <summary>Whether a file is worth parsing for <see cref="Apply"/>.</summary>
    /// <param name="bytes">The whole ONNX file.</param>
    /// <param name="entry">Its manifest entry.</param>
    public static bool MayApply(ReadOnlySpan<byte> bytes, ModelEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry.Makes is ModelKind.FaceBoxes or ModelKind.FaceEmbedding || OnnxModel.MayUse(bytes, "PRelu"u8);
    }

    /// <summary>Changes the graph in place.</summary>
    /// <returns>False when there was nothing to change.</returns>
    /// <exception cref="ModelException">A detector of faces whose graph can't be made to take pictures of any size.</exception>
    public static bool Apply(ModelProto model, ModelEntry entry)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(entry);
        var changed = TinyWeightRewrite.Apply(model.Graph) > 0;
        changed |= PReluRewrite.Apply(model.Graph) > 0;
        if (entry.Makes != ModelKind.FaceBoxes || entry.MakesPoints)
            return changed;
        if (!AnySizeRewrite.Apply(model.Graph, entry.Output.Name, entry.Output.Scores!))
            throw new ModelException(
                ModelProblem.DoesNotFit,
                $"The model '{entry.Name}' is no detector of the Ultra-Light family (RFB-320), as its manifest entry says; give a file "
                    + "of that family, or say that it is of another (\"family\": \"yunet\" or \"scrfd\")."
            );
        return true;
    }
}
