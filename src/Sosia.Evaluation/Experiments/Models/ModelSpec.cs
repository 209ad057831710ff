namespace Sosia.Evaluation.Experiments.Models;

/// <summary>What one word of <c>--models</c> means.</summary>
internal enum ModelWord
{
    /// <summary>The collection's face pipeline.</summary>
    Face,

    /// <summary>The student project's network with random weights.</summary>
    Untrained,

    /// <summary>A registered image model.</summary>
    Registered,

    /// <summary>An ONNX file.</summary>
    Onnx,

    /// <summary>Features that `sosia embed` wrote.</summary>
    Features,
}

/// <summary>One model of a comparison: <c>[NAME=]face | untrained | registered model | FILE.onnx | FILE.npy</c>.</summary>
/// <param name="Name">What the report calls it.</param>
/// <param name="Word">What kind it is.</param>
/// <param name="Source">The model's name, or the file.</param>
internal sealed record ModelSpec(string Name, ModelWord Word, string Source)
{
    /// <exception cref="ArgumentException">Empty, or two of the same name.</exception>
    public static IReadOnlyList<ModelSpec> ParseAll(string words)
    {
        ModelSpec[] specs = [.. words.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Parse)];
        if (specs.Length == 0)
            throw new ArgumentException("No models are named; give some as in --models untrained,run/baseline.onnx,face.");
        if (specs.GroupBy(spec => spec.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new ArgumentException(
                $"Two models would both be called '{twice.Key}'; give them names of their own, as in "
                    + $"sample={twice.First().Source},full={twice.Last().Source}."
            );
        return specs;
    }

    private static ModelSpec Parse(string word)
    {
        var at = word.IndexOf('=', StringComparison.Ordinal);
        var source = word[(at + 1)..];
        var kind = source switch
        {
            "face" => ModelWord.Face,
            "untrained" => ModelWord.Untrained,
            _ when source.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) => ModelWord.Onnx,
            _ when source.EndsWith(".npy", StringComparison.OrdinalIgnoreCase) => ModelWord.Features,
            _ => ModelWord.Registered,
        };
        var name =
            at > 0 ? word[..at]
            : kind is ModelWord.Onnx or ModelWord.Features ? Path.GetFileNameWithoutExtension(source)
            : source;
        return name.Length > 0 && source.Length > 0
            ? new ModelSpec(name, kind, source)
            : throw new ArgumentException($"'{word}' names no model; give NAME=MODEL, or a model.");
    }
}
