using System.Text.Json;
using Sosia.Models;

namespace Sosia.Evaluation.Features;

/// <summary>What is written, and how.</summary>
public sealed record FeatureOptions
{
    /// <summary>
    /// Means over positions, one value a channel; else all positions, row after row, channels last, as Keras flattens them. Null: as the
    /// model's manifest entry says.
    /// </summary>
    public bool? Average { get; init; }

    /// <summary>16-bit floats, half the disk; else 32-bit.</summary>
    public bool HalfPrecision { get; init; }

    /// <summary>Bytes 0–255 as they are, whatever the network expects: the student project's mistake.</summary>
    public bool RawInput { get; init; }

    /// <summary>Images at once.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}

/// <summary>What lies beside the rows as <c>.json</c>: which model made them, from what.</summary>
public sealed record FeatureDescription
{
    /// <summary>Version of this description.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>SHA-256 of the model's file.</summary>
    public required string Sha256 { get; init; }

    /// <summary>All that was done to a picture before.</summary>
    public required ModelInput Input { get; init; }

    /// <summary>"average" or "none".</summary>
    public required string Pooling { get; init; }

    /// <summary>"float32" or "float16".</summary>
    public required string Type { get; init; }

    /// <summary>Values a row.</summary>
    public required int Dimensions { get; init; }

    /// <summary>The folder that the files are named from.</summary>
    public required string Folder { get; init; }

    /// <summary>The file of each row.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Reads a description; null where there is none that can be read.</summary>
    public static FeatureDescription? Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<FeatureDescription>(File.ReadAllText(path), ModelManifest.Json) : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// The same features: model, preparation, kind of value, and files in order. What the model and the folder are called doesn't matter.
    /// </summary>
    public bool IsLike(FeatureDescription other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Identity(this) == Identity(other) && Files.SequenceEqual(other.Files, StringComparer.Ordinal);

        static string Identity(FeatureDescription description) =>
            JsonSerializer.Serialize(description with { Model = "", Folder = "", Files = [] }, ModelManifest.Json);
    }
}
