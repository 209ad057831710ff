using Sosia.Evaluation.Datasets;
using Sosia.Evaluation.Lfw;

namespace Sosia.Evaluation.Features;

/// <summary>Which image each row of a NumPy file is of: by the description beside it, or by the order of a folder.</summary>
public static class RowImages
{
    /// <summary>Finds the image of each row.</summary>
    /// <param name="path">The NumPy file.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="folder">Where the images are; null for where the description says.</param>
    /// <param name="labelFile">The order of the rows, where there is no description: see <see cref="RowOrder.Of"/>. Null goes by
    /// path.</param>
    /// <returns>Whole paths, one a row. Whether they are there was not looked at.</returns>
    /// <exception cref="ArgumentException">Neither description nor folder, or they have another number of rows.</exception>
    public static IReadOnlyList<string> Of(string path, int rows, string? folder = null, string? labelFile = null)
    {
        var beside = Path.ChangeExtension(path, ".json");
        if (labelFile is null && FeatureDescription.Read(beside) is { } description)
        {
            var root = Path.GetFullPath(folder ?? description.Folder);
            return description.Files.Count == rows
                ? [.. description.Files.Select(file => Path.Combine(root, file))]
                : throw new ArgumentException(
                    $"{beside} does not belong to {path}: it names {description.Files.Count:N0} images, and there are {rows:N0} rows; "
                        + "write both anew with `sosia embed`."
                );
        }
        if (folder is null)
            throw new ArgumentException(
                $"{path} has no {Path.GetFileName(beside)} beside it that says which image each row is of; name their folder with "
                    + "--images DIR, and their order with --order FILE where it is not by path."
            );
        var files = RowOrder.Of(LabelledFolder.Read(folder), labelFile).Files;
        return files.Count == rows
            ? files
            : throw new ArgumentException(
                $"{path} does not belong to {folder}: it has {rows:N0} rows, and {labelFile ?? "the folder"} gives {files.Count:N0} "
                    + "images; name the folder or the order (--order FILE) that it was made of."
            );
    }
}
