namespace Sosia.Vectors.Files;

/// <summary>
/// Writes a directory of files that can be made again: beside it as <c>{path}.part</c>, then renamed, so that no program sees half of one.
/// What is not committed is removed; what a killed program left is removed by the next one.
/// </summary>
public sealed class DerivedDirectory : IDisposable
{
    /// <summary>Marks an unfinished directory as one of this program, and is locked by the process that writes it.</summary>
    private const string Mark = ".sosia-unfinished";

    private readonly string _path;
    private readonly string _beside;
    private readonly FileStream _lock;
    private bool _done;

    private DerivedDirectory(string path, string beside, FileStream locked) => (_path, _beside, _lock) = (path, beside, locked);

    /// <summary>Begins a directory.</summary>
    /// <param name="path">The directory as it will be called: not there yet, or empty.</param>
    /// <exception cref="IOException">Something is there, another program is writing it, or the disk is full or refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public static DerivedDirectory Create(string path)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (File.Exists(path) || Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
            throw new IOException($"{path} is there already; give a folder that is new or empty.");
        var beside = path + ".part";
        var mark = Path.Combine(beside, Mark);
        if (Directory.Exists(beside) && !File.Exists(mark))
            throw new IOException(
                $"{beside} is in the way, and it is not an unfinished folder of this program; move it or choose " + $"another name."
            );
        if (Directory.Exists(beside))
        {
            using (Lock(mark, path))
                Directory.Delete(beside, recursive: true);
        }
        Directory.CreateDirectory(beside);
        return new DerivedDirectory(path, beside, Lock(mark, path));
    }

    /// <summary>Writes a file.</summary>
    /// <param name="relative">Its place under the directory; folders are made when missing.</param>
    /// <param name="content">All of it.</param>
    /// <exception cref="ArgumentException">The place is outside the directory.</exception>
    /// <exception cref="IOException">The file is there, or the disk is full or refuses.</exception>
    public void Add(string relative, ReadOnlySpan<byte> content)
    {
        ObjectDisposedException.ThrowIf(_done, this);
        var file = Place(relative);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        stream.Write(content);
    }

    /// <summary>Gives back what <see cref="Add"/> wrote; null where there is none.</summary>
    /// <param name="relative">Its place under the directory.</param>
    /// <exception cref="ArgumentException">The place is outside the directory.</exception>
    public byte[]? Read(string relative)
    {
        var file = Place(relative);
        return File.Exists(file) ? File.ReadAllBytes(file) : null;
    }

    /// <summary>Renames the directory to its final name.</summary>
    /// <exception cref="IOException">Something has come there meanwhile, or the disk refuses.</exception>
    public void Commit()
    {
        ObjectDisposedException.ThrowIf(_done, this);
        if (Directory.Exists(_path))
            Directory.Delete(_path); // it was empty; should something be in it now, this refuses
        Directory.Move(_beside, _path);
        File.Delete(Path.Combine(_path, Mark)); // last: without it an unfinished directory would not be known as one
        _lock.Dispose();
        _done = true;
    }

    /// <summary>Removes what was not committed.</summary>
    public void Dispose()
    {
        if (_done)
            return;
        _done = true;
        Directory.Delete(_beside, recursive: true);
        _lock.Dispose();
    }

    private string Place(string relative)
    {
        var file = Path.GetFullPath(Path.Combine(_beside, relative));
        return file.StartsWith(_beside + Path.DirectorySeparatorChar, StringComparison.Ordinal) && Path.GetFileName(file) != Mark
            ? file
            : throw new ArgumentException($"{relative} is not a place under {_path}.");
    }

    private static FileStream Lock(string mark, string path)
    {
        try
        {
            return new FileStream(mark, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException held) when (File.Exists(mark))
        {
            throw new IOException($"Another program is writing {path}; wait for it, or choose another name.", held);
        }
    }
}
