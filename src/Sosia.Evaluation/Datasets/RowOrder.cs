using Sosia.Evaluation.Lfw;
using Sosia.Photos.Folders;

namespace Sosia.Evaluation.Datasets;

/// <summary>Which image stands in which row, for arrays, features and training alike.</summary>
/// <param name="Files">Image of each row.</param>
/// <param name="Labels">Person of each row.</param>
public sealed record RowOrder(IReadOnlyList<string> Files, IReadOnlyList<string> Labels)
{
    /// <summary>People, in the order of their class numbers: by name.</summary>
    public IReadOnlyList<string> Classes { get; } = [.. Labels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>Class number of each row: the place of its person in <see cref="Classes"/>.</summary>
    public IReadOnlyList<int> ClassNumbers()
    {
        var numbers = Classes.Index().ToDictionary(name => name.Item, name => name.Index, StringComparer.Ordinal);
        return [.. Labels.Select(name => numbers[name])];
    }

    /// <summary>All images under a folder, whatever its layout: folder by folder, in order of names.</summary>
    /// <exception cref="ArgumentException">No such folder, or no images in it.</exception>
    public static IReadOnlyList<string> ByPath(string folder)
    {
        if (!Directory.Exists(folder))
            throw new ArgumentException($"There is no folder {folder}; give one with images.");
        string[] files = [.. PhotoFinder.Find([folder]).Where(found => found.Problem is null).Select(found => found.Stamp.Path)];
        return files.Length > 0 ? files : throw new ArgumentException($"{folder} holds no images.");
    }

    /// <summary>
    /// Rows of a folder: by path, or in the order of a label file, of which the n-th row of a name takes that person's n-th image.
    /// </summary>
    /// <param name="folder">A folder for each person.</param>
    /// <param name="labelFile">A name a line; null goes by path.</param>
    /// <param name="labels">Only the rows up to this many different names; null takes all.</param>
    /// <exception cref="ArgumentException">The file can't be read or does not fit the folder, or there are too few labels.</exception>
    public static RowOrder Of(LabelledFolder folder, string? labelFile = null, int? labels = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (labels < 1)
            throw new ArgumentException($"--labels must be 1 or more, got {labels}.");
        var rows = labelFile is null ? folder.Files.Zip(folder.Labels) : InOrder(folder, labelFile);
        var taken = new List<(string File, string Label)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            seen.Add(row.Item2);
            taken.Add(row);
            if (seen.Count == labels)
                break; // the rows up to the first of the last label, as the students took them
        }
        if (taken.Count == 0)
            throw new ArgumentException($"{labelFile} names nobody.");
        if (labels is { } wanted && seen.Count < wanted)
            throw new ArgumentException(
                $"--labels {wanted} asks for more people than the {seen.Count} there are in {labelFile ?? folder.Root}."
            );
        return new RowOrder([.. taken.Select(row => row.File)], [.. taken.Select(row => row.Label)]);
    }

    private static IEnumerable<(string File, string Label)> InOrder(LabelledFolder folder, string labelFile)
    {
        var images = folder
            .Files.Zip(folder.Labels)
            .GroupBy(image => image.Second, image => image.First, StringComparer.Ordinal)
            .ToDictionary(person => person.Key, person => person.ToArray(), StringComparer.Ordinal);
        var next = new Dictionary<string, int>(StringComparer.Ordinal);
        var line = 0;
        foreach (var name in ReadNames(labelFile))
        {
            line++;
            var row = next.GetValueOrDefault(name);
            next[name] = row + 1;
            if (!images.TryGetValue(name, out var files))
                throw new ArgumentException(
                    $"{labelFile} does not fit {folder.Root}: line {line} names '{name}', and there is no such folder."
                );
            if (row >= files.Length)
                throw new ArgumentException(
                    $"{labelFile} does not fit {folder.Root}: line {line} is row {row + 1} of '{name}', and the folder has "
                        + $"{files.Length} images."
                );
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
            throw new ArgumentException($"The label file {labelFile} can't be read: {refused.Message}", refused);
        }
    }
}
