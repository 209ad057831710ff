using Sosia.Photos.Folders;

namespace Sosia.Evaluation.Lfw;

/// <summary>A folder with a folder for each person, as Labeled Faces in the Wild is laid out.</summary>
/// <param name="Root">The folder.</param>
/// <param name="Files">Images, person by person, in order of names.</param>
/// <param name="Labels">The person of each image: the name of its folder.</param>
public sealed record LabelledFolder(string Root, IReadOnlyList<string> Files, IReadOnlyList<string> Labels)
{
    /// <summary>Reads the layout; no image is opened.</summary>
    /// <exception cref="ArgumentException">No such folder, or nothing in it that could be a person's image.</exception>
    public static LabelledFolder Read(string root)
    {
        root = Path.GetFullPath(root);
        if (!Directory.Exists(root))
            throw new ArgumentException($"There is no folder {root}; give the one that holds a folder for each person.");
        var images = Directory
            .GetDirectories(root)
            .OrderBy(Path.GetFileName, StringComparer.Ordinal)
            .SelectMany(person =>
                PhotoFinder
                    .Find([person])
                    .Where(found => found.Problem is null)
                    .Select(found => (found.Stamp.Path, Label: Path.GetFileName(person)))
            )
            .ToArray();
        return images.Length > 0
            ? new LabelledFolder(root, [.. images.Select(image => image.Path)], [.. images.Select(image => image.Label)])
            : throw new ArgumentException($"{root} has no folders with images; give the folder that holds a folder for each person.");
    }

    /// <summary>Whether its images are called as those of LFW: <c>Name/Name_0001.jpg</c>.</summary>
    public bool IsNamedLikeLfw =>
        Files.Zip(Labels).All(image => IsNamedLikeLfwOf(image.Second, Path.GetFileNameWithoutExtension(image.First)));

    /// <summary>People.</summary>
    public int People => Labels.Distinct(StringComparer.Ordinal).Count();

    /// <summary>People with two images or more.</summary>
    public int PeopleWithTwoOrMore => Labels.GroupBy(label => label, StringComparer.Ordinal).Count(person => person.Count() >= 2);

    private static bool IsNamedLikeLfwOf(string person, string image) =>
        image.Length == person.Length + 5
        && image.StartsWith(person, StringComparison.Ordinal)
        && image[person.Length] == '_'
        && image.AsSpan(person.Length + 1).ContainsAnyExceptInRange('0', '9') is false;
}
