using System.Globalization;
using Sosia.Evaluation.Measures;

namespace Sosia.Evaluation.Lfw;

/// <summary>
/// The official pairs of view 2: a line with folds and pairs, then for each fold as many lines "name n m" as "name n other m".
/// </summary>
public static class LfwPairs
{
    /// <summary>Reads pairs.txt against the images there are.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">The images; an image is named Person_0001.</param>
    /// <exception cref="ArgumentException">Not pairs, or pairs of images that are not there: one sentence with the line's
    /// number.</exception>
    public static IReadOnlyList<IReadOnlyList<Pair>> Read(string path, LabelledRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var lines = File.ReadAllLines(path);
        var numbers =
            lines.Length == 0
                ? []
                : Words(lines[0]).Select(word => int.TryParse(word, CultureInfo.InvariantCulture, out var number) ? number : 0).ToArray();
        var (folds, each) = numbers switch
        {
            [var many, var pairs] => (many, pairs),
            [var pairs] => (1, pairs),
            _ => (0, 0),
        };
        if (folds < 1 || each < 1 || lines.Length < 1 + 2 * folds * each)
            throw new ArgumentException(
                $"{path} is not a list of pairs: its first line should count folds and pairs, and {2 * folds * each} lines follow."
            );

        var images = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var row = 0; row < rows.Count; row++)
            images[Path.GetFileNameWithoutExtension(rows.Files[row])] = row;
        return
        [
            .. Enumerable
                .Range(0, folds)
                .Select(fold =>
                    (IReadOnlyList<Pair>)[.. Enumerable.Range(1 + 2 * fold * each, 2 * each).Select(line => Parse(lines[line], line + 1))]
                ),
        ];

        Pair Parse(string line, int number) =>
            Words(line) switch
            {
                [var name, var first, var second] => new Pair(Find(name, first, number), Find(name, second, number), true),
                [var name, var first, var other, var second] => new Pair(Find(name, first, number), Find(other, second, number), false),
                _ => throw new ArgumentException($"Line {number} of {path} is not a pair."),
            };

        int Find(string name, string image, int number) =>
            int.TryParse(image, CultureInfo.InvariantCulture, out var which) && images.TryGetValue($"{name}_{which:D4}", out var row)
                ? row
                : throw new ArgumentException($"Line {number} of {path} names the image {name}_{image}, which is not in the folder.");
    }

    /// <summary>
    /// The list of pairs that lies in a folder or beside it: <c>pairs.txt</c>, or after the folder's name <c>lfw-pairs.txt</c>; null when
    /// there is none.
    /// </summary>
    public static string? Beside(string folder)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return Array.Find([Path.Combine(folder, "pairs.txt"), Path.Combine(folder, "..", "pairs.txt"), folder + "-pairs.txt"], File.Exists);
    }

    private static string[] Words(string line) => line.Split('\t', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
