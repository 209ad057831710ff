namespace Sosia.Training.Files;

/// <summary>
/// Keeps two processes from training into one directory. The system lets go of it when the process ends, however it ends.
/// </summary>
internal sealed class RunLock : IDisposable
{
    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    /// <summary>Takes the directory, and removes what a process that was killed had half written.</summary>
    /// <exception cref="LockedException">Another process has it.</exception>
    public static RunLock Take(string directory)
    {
        var taken = Open(directory);
        foreach (var name in (string[])["checkpoint.bin", "run.csv", "run.png", "baseline.onnx", "classes.txt"])
        foreach (var half in Directory.EnumerateFiles(directory, name + ".*.part"))
            File.Delete(half);
        return taken;
    }

    private static RunLock Open(string directory)
    {
        try
        {
            return new RunLock(
                new FileStream(Path.Combine(directory, "run.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)
            );
        }
        catch (IOException held) when (held is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            throw new LockedException($"Another process trains into {directory}; wait for it, or take another --out.", held);
        }
    }

    public void Dispose() => _file.Dispose();
}
