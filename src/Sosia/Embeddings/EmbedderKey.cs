using Sosia.Models;

namespace Sosia.Embeddings;

/// <summary>
/// Names what an embedding network makes of the pictures that it is given. It names the space of whole photos; a space of faces is named by
/// this and by how faces are located and aligned.
/// </summary>
internal static class EmbedderKey
{
    /// <summary>Counts changes of code that alter the numbers of an embedding (resizing): a change makes a new space.</summary>
    public const int PipelineVersion = 1;

    /// <returns>SHA-256 of the model file's hash and of all that is done before and after the network, 64 lower-case hex digits.</returns>
    public static string Of(ModelEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var output = entry.Output;
        return CanonicalText.Hash([
            CanonicalText.Invariant($"sosia space, pipeline {PipelineVersion}"),
            $"model {entry.Sha256}",
            .. CanonicalText.Of(entry.Input),
            $"template {CanonicalText.Numbers(entry.Input.Template?.SelectMany(point => point) ?? [])}",
            $"output {output.Name}",
            CanonicalText.Invariant($"dimensions {output.Dimensions}"),
            $"pooling {output.Pooling}",
            $"metric {output.Metric}",
        ]);
    }
}
