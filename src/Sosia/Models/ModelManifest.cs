using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sosia.Models;

/// <summary>The models that Sosia knows: read by code, so that nothing about a model is hard-wired.</summary>
internal sealed record ModelManifest
{
    /// <summary>The format's version that this code writes and reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>What the file is called in a directory of models.</summary>
    public const string FileName = "models.json";

    /// <summary>How manifests are written: camelCase, enums as names; what is unknown is refused.</summary>
    public static JsonSerializerOptions Json { get; } =
        new(JsonSerializerDefaults.Web)
        {
            WriteIndented = true,
            ReadCommentHandling = JsonCommentHandling.Skip,
            NumberHandling = JsonNumberHandling.Strict,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            RespectNullableAnnotations = true,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
        };

    /// <summary>Version of the format.</summary>
    public required int Version { get; init; }

    /// <summary>All models; the first of a kind is the default.</summary>
    public required IReadOnlyList<ModelEntry> Models { get; init; }

    /// <summary>Reads a manifest and checks that every entry makes sense.</summary>
    /// <param name="json">The manifest's text.</param>
    /// <param name="name">What messages call it: its path.</param>
    /// <exception cref="ModelException">Not JSON, fields unknown, missing or out of range, or of a newer version.</exception>
    public static ModelManifest Parse(string json, string name)
    {
        var manifest = Read<ModelManifest>(json, name);
        if (manifest.Version != CurrentVersion)
            throw new ModelException(
                ModelProblem.BadManifest,
                $"{name} has version {manifest.Version}, and this program reads version {CurrentVersion}; use the version of Sosia that "
                    + "wrote it."
            );
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in manifest.Models)
        {
            if (entry is null)
                throw new ModelException(ModelProblem.BadManifest, $"{name} has an empty entry among its models; remove it.");
            entry.Check(name);
            if (!names.Add(entry.Name))
                throw new ModelException(ModelProblem.BadManifest, $"{name} names '{entry.Name}' twice; rename one of the two.");
        }
        return manifest;
    }

    /// <summary>Reads a single entry, as a person hands it over with a model of theirs.</summary>
    /// <param name="json">The entry's text.</param>
    /// <param name="name">What messages call it: its path.</param>
    /// <exception cref="ModelException">Not JSON, or fields unknown, missing or out of range.</exception>
    public static ModelEntry ParseEntry(string json, string name)
    {
        var entry = Read<ModelEntry>(json, name);
        entry.Check(name);
        return entry;
    }

    /// <summary>The manifest of a directory; null when there is none.</summary>
    /// <exception cref="ModelException">It can't be read, or <see cref="Parse"/> refuses it.</exception>
    public static ModelManifest? Load(string directory)
    {
        var path = Path.Combine(directory, FileName);
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException(ModelProblem.BadManifest, $"The list of models {path} can't be read: {e.Message}", e);
        }
    }

    /// <summary>The manifest as it is written to its file.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    private static T Read<T>(string json, string name)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, Json) ?? throw new JsonException("It holds only null.");
        }
        catch (JsonException e)
        {
            throw new ModelException(ModelProblem.BadManifest, $"{name} is not a manifest of models: {e.Message}", e);
        }
    }
}
