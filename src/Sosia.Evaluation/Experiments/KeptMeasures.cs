using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Sosia.Evaluation.Experiments.Models;
using Sosia.Vectors.Files;

namespace Sosia.Evaluation.Experiments;

/// <summary>
/// What was measured of each model, kept beside its products: a run that ends early loses no model that was done, and one with another
/// model more measures only that. Measured anew when anything differs that the figures depend on: rows, faces, people, queries, or this
/// code.
/// </summary>
/// <param name="work">The place for work.</param>
/// <param name="embedded">The faces.</param>
/// <param name="labels">The person of each row.</param>
/// <param name="shown">Rows of the people shown.</param>
/// <param name="asked">Rows of the queries with parts greyed out.</param>
internal sealed class KeptMeasures(
    string work,
    EmbeddedFolder embedded,
    IReadOnlyList<string> labels,
    IReadOnlyList<int> shown,
    IReadOnlyList<int> asked
)
{
    private sealed record Kept(string Stamp, ModelResult Result);

    private readonly string _same = Hash(
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                Code = typeof(KeptMeasures).Module.ModuleVersionId,
                Faces = Hash(MemoryMarshal.AsBytes(embedded.Faces.Select(face => face ?? default).ToArray().AsSpan())),
                labels,
                shown,
                asked,
            }
        )
    );

    /// <summary>What is kept of a model, else what is measured now. Names are those of this run.</summary>
    public ModelResult Get(IExperimentModel model, Func<ModelResult> measure)
    {
        var path = Path.Combine(work, model.Key, "measures.json");
        var stamp = $"{_same}-{model.Stamp}-{(model.CanEmbed ? "asked again" : "rows alone")}";
        if (Read(path) is { } kept && kept.Stamp == stamp)
            return kept.Result with { Name = model.Name, Says = model.Says };
        var result = measure();
        DerivedFile.Write(path, stream => JsonSerializer.Serialize(stream, new Kept(stamp, result)));
        return result;
    }

    /// <summary>What can't be read is as good as not there.</summary>
    private static Kept? Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<Kept>(File.ReadAllText(path)) : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException)
        {
            return null;
        }
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
