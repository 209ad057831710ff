using Sosia.Catalogue;
using Sosia.Photos;

namespace Sosia.Indexing;

/// <summary>Where the originals lie on this machine: under the paths that are stored, or with other beginnings.</summary>
/// <param name="pairs">
/// Beginnings of stored paths, and what stands for them here; the first that fits is taken. Null where this machine has found the files
/// itself.
/// </param>
internal sealed class PathMap(IReadOnlyList<(string Stored, string Here)>? pairs)
{
    /// <summary>Everything lies where it is stored, or is gone.</summary>
    public static PathMap Own { get; } = new(null);

    /// <summary>A file as it is found here.</summary>
    /// <exception cref="UnreadablePhotoException">
    /// Its folder is not there, which is no fault of the file: this machine can't see the originals.
    /// </exception>
    public FileStamp Find(FileStamp file)
    {
        if (pairs is null)
            return file;
        var path = Here(file.Path);
        if (!File.Exists(path) && Path.GetDirectoryName(path) is { } folder && !Directory.Exists(folder))
            throw new UnreadablePhotoException(
                UnreadableReason.NoAccess,
                $"This machine has no folder {folder}, in which files wait to be read: mount it, or say where it lies here with "
                    + "--map PREFIX=PATH. The files go back to the queue."
            );
        return file with { Path = path, Sidecar = file.Sidecar is { } sidecar ? sidecar with { Path = Here(sidecar.Path) } : null };
    }

    /// <summary>What became of a file, under the path that is stored.</summary>
    /// <param name="outcome">What became of it here.</param>
    /// <param name="file">The file as it is stored.</param>
    public FileOutcome Stored(FileOutcome outcome, FileStamp file) =>
        pairs is not { Count: > 0 } ? outcome : outcome with { File = outcome.File with { Path = file.Path, Sidecar = file.Sidecar } };

    private string Here(string path)
    {
        foreach (var (stored, here) in pairs!)
            if (PathRules.LiesIn(path, stored))
                return here + path[stored.Length..];
        return path;
    }
}
