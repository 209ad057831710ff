using Sosia.Evaluation.Lfw;

namespace Sosia.Training.Data;

/// <summary>Which images are learnt, in which rows.</summary>
/// <param name="Files">Image of each row.</param>
/// <param name="Labels">Person of each row.</param>
internal sealed record RowOrder(IReadOnlyList<string> Files, IReadOnlyList<string> Labels)
{
    /// <summary>Rows of a folder: by path, or in the order of a label file, of which the n-th row of a name takes that person's n-th image.</summary>
    /// <param name="folder">A folder for each person.</param>
    /// <param name="labelFile">A name a line; null goes by path.</param>
    /// <param name="labels">Only the rows up to this many different names; null takes all.</param>
    /// <exception cref="UsageException">The file does not fit the folder, or there are too few labels or images.</exception>
    public static RowOrder Of(LabelledFolder folder, string? labelFile, int? labels)
    {
        var rows = folder.Files.Zip(folder.Labels);
        if (labelFile is not null) rows = InOrder(folder, labelFile);
        var taken = new List<(string File, string Label)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            seen.Add(row.Item2);
            taken.Add(row);
            if (seen.Count == labels) break; // the rows up to the first of the last label, as the students took them
        }
        if (labels is { } wanted && seen.Count < wanted)
            throw new UsageException($"--labels {wanted} asks for more people than the {seen.Count} there are in {labelFile ?? folder.Root}.");
        return new RowOrder([.. taken.Select(row => row.File)], [.. taken.Select(row => row.Label)]);
    }

    private static IEnumerable<(string File, string Label)> InOrder(LabelledFolder folder, string labelFile)
    {
        var images = folder.Files.Zip(folder.Labels).GroupBy(image => image.Second, image => image.First, StringComparer.Ordinal)
            .ToDictionary(person => person.Key, person => person.ToArray(), StringComparer.Ordinal);
        var next = new Dictionary<string, int>(StringComparer.Ordinal);
        var line = 0;
        foreach (var name in ReadNames(labelFile))
        {
            line++;
            var row = next.GetValueOrDefault(name);
            next[name] = row + 1;
            if (!images.TryGetValue(name, out var files))
                throw new UsageException($"{labelFile} does not fit {folder.Root}: line {line} names '{name}', and there is no such folder.");
            if (row >= files.Length)
                throw new UsageException($"{labelFile} does not fit {folder.Root}: line {line} is row {row + 1} of '{name}', and the folder has {files.Length} images.");
            yield return (files[row], name);
        }
    }

    private static string[] ReadNames(string labelFile)
    {
        try
        {
            return [.. File.ReadLines(labelFile).Select(line => line.Trim()).Where(line => line.Length > 0)];
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The label file {labelFile} can't be read: {refused.Message}", refused);
        }
    }
}
