using System.Text.Json;
using Sosia.Vectors.Files;

namespace Sosia.Catalogue.Sqlite.Engine;

/// <summary>Who holds a lock of a collection: only a name for people, the lock itself is the operating system's.</summary>
/// <param name="Process">Its number.</param>
/// <param name="Command">How it was started.</param>
/// <param name="Host">The machine.</param>
/// <param name="Since">When it took the lock.</param>
internal sealed record LockOwner(int Process, string Command, string Host, DateTimeOffset Since)
{
    private const int LongestCommand = 200;

    /// <summary>Who indexes into a collection's directory; null when no process does, or when it is not known.</summary>
    public static LockOwner? OfIndexer(string directory) =>
        IsHeld(Path.Combine(directory, "indexer.lock")) ? Read(Path.Combine(directory, "indexer.json")) : null;

    /// <inheritdoc/>
    public override string ToString() => $"process {Process} on {Host} (\"{Command}\") since {Since:yyyy-MM-dd HH:mm:ss} UTC";

    internal static LockOwner? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<LockOwner>(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    internal static LockOwner This(TimeProvider time)
    {
        var command = string.Join(' ', Environment.GetCommandLineArgs());
        return new(
            Environment.ProcessId,
            command.Length <= LongestCommand ? command : command[..LongestCommand] + "…",
            Environment.MachineName,
            time.GetUtcNow()
        );
    }

    internal void Write(string path)
    {
        var beside = path + ".new";
        using (var file = PrivateFile.Open(beside, FileMode.Create, FileAccess.Write))
            JsonSerializer.Serialize(file, this);
        File.Move(beside, path, overwrite: true);
    }

    /// <summary>Whether a process holds a lock: the name of one that was killed stays behind.</summary>
    private static bool IsHeld(string path)
    {
        try
        {
            new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite).Dispose();
            return false;
        }
        catch (Exception nothing) when (nothing is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
