namespace Sosia.Models;

/// <summary>Writes a file under another name in the same directory, then renames it: nobody ever sees half of it.</summary>
internal static class BesideFile
{
    /// <param name="path">The file; its directory is made when missing.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var beside = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            using (var stream = new FileStream(beside, FileMode.CreateNew))
                write(stream);
            File.Move(beside, path, overwrite: true);
        }
        catch
        {
            // Where nothing could be made this finds nothing; after a full disk it gives the space back.
            if (File.Exists(beside))
                File.Delete(beside);
            throw;
        }
    }
}
