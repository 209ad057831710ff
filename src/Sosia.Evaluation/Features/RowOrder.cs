using Sosia.Evaluation.Lfw;
using Sosia.Photos;

namespace Sosia.Evaluation.Features;

/// <summary>Which image stands in which row.</summary>
public static class RowOrder
{
    /// <summary>All images under a folder, by path.</summary>
    /// <exception cref="ArgumentException">No such folder, or no images in it.</exception>
    public static IReadOnlyList<string> ByPath(string folder)
    {
        if (!Directory.Exists(folder)) throw new ArgumentException($"There is no folder {folder}; give one with images.");
        string[] files = [.. PhotoFinder.Find([folder]).Where(found => found.Problem is null).Select(found => found.Stamp.Path).Order(StringComparer.Ordinal)];
        return files.Length > 0 ? files : throw new ArgumentException($"{folder} holds no images.");
    }

    /// <summary>The order of a list of names, one a row: the n-th row of a name takes that person's n-th image by path.</summary>
    /// <param name="folder">A folder with a folder for each person.</param>
    /// <param name="labelFile">One name a line.</param>
    /// <exception cref="ArgumentException">The list and the folder don't belong together.</exception>
    public static IReadOnlyList<string> ByLabels(string folder, string labelFile)
    {
        var people = LabelledFolder.Read(folder);
        var images = people.Files.Zip(people.Labels).GroupBy(pair => pair.Second, pair => pair.First, StringComparer.Ordinal)
            .ToDictionary(person => person.Key, person => new Queue<string>(person), StringComparer.Ordinal);
        var rows = new List<string>();
        foreach (var name in File.ReadLines(labelFile).Where(line => line.Length > 0))
        {
            if (!images.TryGetValue(name, out var waiting))
                throw new ArgumentException($"{labelFile} does not fit {folder}: row {rows.Count} is of '{name}', who has no folder there.");
            if (!waiting.TryDequeue(out var file))
                throw new ArgumentException($"{labelFile} does not fit {folder}: row {rows.Count} is of '{name}', who has fewer images there than rows.");
            rows.Add(file);
        }
        return rows.Count > 0 ? rows : throw new ArgumentException($"{labelFile} names nobody.");
    }
}
