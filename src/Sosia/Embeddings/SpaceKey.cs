using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sosia.Models;

namespace Sosia.Embeddings;

/// <summary>Names a space: rows with the same key were made by the same network from pictures prepared in the same way.</summary>
public static class SpaceKey
{
    /// <summary>Counts changes of code that alter the numbers of an embedding (alignment, resizing): a change makes a new space.</summary>
    public const int PipelineVersion = 1;

    /// <returns>SHA-256 of the model file's hash and of all that is done before and after the network, 64 lower-case hex digits.</returns>
    public static string Of(ModelEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Canonical(entry))));
    }

    /// <summary>One fact a line, in a fixed order; numbers as the shortest text that reads back the same.</summary>
    internal static string Canonical(ModelEntry entry)
    {
        var input = entry.Input;
        var output = entry.Output;
        string[] lines =
        [
            Invariant($"sosia space, pipeline {PipelineVersion}"),
            Invariant($"model {entry.Sha256}"),
            Invariant($"size {input.Width} {input.Height}"),
            Invariant($"fit {input.Fit}"),
            Invariant($"interpolation {input.Interpolation}"),
            Invariant($"layout {input.Layout}"),
            Invariant($"channels {input.Channels}"),
            $"mean {Numbers(input.Mean)}",
            $"scale {Numbers(input.Scale)}",
            $"template {Numbers(input.Template?.SelectMany(p => p) ?? [])}",
            $"output {output.Name}",
            Invariant($"dimensions {output.Dimensions}"),
            $"pooling {output.Pooling}",
            $"metric {output.Metric}",
        ];
        return string.Join('\n', lines);
    }

    private static string Numbers(IEnumerable<float> values) =>
        string.Join(' ', values.Select(v => v.ToString("R", CultureInfo.InvariantCulture)));

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
