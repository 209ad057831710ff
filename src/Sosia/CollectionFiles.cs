using Sosia.People.Groups;
using Sosia.Search.Calibrating;
using Sosia.Vectors.Files;

namespace Sosia;

/// <summary>What Sosia keeps in a collection's directory.</summary>
internal static class CollectionFiles
{
    private static readonly string[] Folders = ["indexes", GroupFile.Folder, OwnCalibrationFile.Folder, "thumbnails", "crops"];
    private static readonly string[] FilesBegin =
    [
        "catalogue.db",
        "indexer.lock",
        "indexer.json",
        "writer.lock",
        "writer.json",
        "server.key",
        "audit.",
    ];

    /// <summary>
    /// Closes to other users what an earlier version, a copy or a restored backup left open to them. The directory itself is closed where
    /// nothing but Sosia's lies in it; a user who keeps a collection beside other files decides who may see those.
    /// </summary>
    public static void Close(string directory)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(directory))
            return;
        try
        {
            var entries = Directory.EnumerateFileSystemEntries(directory).ToLookup(IsOurs);
            foreach (var file in entries[true].Where(File.Exists))
                PrivateFile.Close(file);
            foreach (var folder in Folders)
                PrivateFile.CloseAll(Path.Combine(directory, folder));
            if (!entries[false].Any())
                PrivateFile.Close(directory);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // Somebody else's: theirs to close.
        }
    }

    private static bool IsOurs(string path)
    {
        var name = Path.GetFileName(path);
        return Folders.Contains(name) || FilesBegin.Any(begin => name.StartsWith(begin, StringComparison.Ordinal));
    }
}
