using System.Collections.Concurrent;
using Sosia.Photos;
using Sosia.Photos.Folders;

namespace Sosia.Indexing;

/// <summary>
/// Tells what changed in folders, by the system's own messages. Where these are lost, or can't be had (a network drive, too many folders),
/// it says to look at everything.
/// </summary>
internal sealed class FolderWatch : IDisposable
{
    /// <summary>A file that is being copied changes many times: nothing is told before so long nothing has changed.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    /// <summary>Where something changes all the time, what changed is told at the latest after this.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <summary>More changes than this are not looked at one by one.</summary>
    private const int MostPaths = 1000;

    private readonly List<FileSystemWatcher> _watchers = [];
    private readonly BlockingCollection<string?> _changes = [];
    private readonly Func<string, bool> _isWanted;

    /// <param name="roots">Folders that are there; files are left to the looks at everything.</param>
    /// <param name="isWanted">Whether a path may be a photo, a sidecar, or a folder of photos.</param>
    public FolderWatch(IEnumerable<string> roots, Func<string, bool> isWanted)
    {
        _isWanted = isWanted;
        foreach (var root in roots.Where(Directory.Exists))
            try
            {
                var watcher = new FileSystemWatcher(root)
                {
                    IncludeSubdirectories = true,
                    NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
                };
                _watchers.Add(watcher);
                watcher.Created += (_, change) => Note(change.FullPath);
                watcher.Changed += (_, change) => Note(change.FullPath);
                watcher.Deleted += (_, change) => Note(change.FullPath);
                watcher.Renamed += (_, change) =>
                {
                    Note(change.OldFullPath);
                    Note(change.FullPath);
                };
                watcher.Error += (_, _) => Tell(null);
                watcher.EnableRaisingEvents = true;
            }
            catch (Exception refused) when (refused is IOException or ArgumentException or UnauthorizedAccessException)
            {
                Problem =
                    $"Changes under {root} are seen by looking again from time to time only, for the system does not tell of them "
                    + $"({refused.Message.TrimEnd('.')}).";
            }
    }

    /// <summary>Why changes are not told at once, in a sentence; null where they are.</summary>
    public string? Problem { get; }

    /// <summary>Waits for changes, and until they come to rest.</summary>
    /// <param name="longest">How long to wait for the first one.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>What changed; null to look at everything.</returns>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public IReadOnlyList<string>? Next(TimeSpan longest, CancellationToken cancellation)
    {
        if (!_changes.TryTake(out var first, (int)longest.TotalMilliseconds, cancellation))
            return null;
        var changed = new HashSet<string?>([first], StringComparer.Ordinal);
        var started = Environment.TickCount64;
        while (
            Environment.TickCount64 - started < Longest.TotalMilliseconds
            && _changes.TryTake(out var next, (int)Quiet.TotalMilliseconds, cancellation)
        )
            changed.Add(next);
        return changed.Contains(null) || changed.Count > MostPaths ? null : [.. changed.OfType<string>().Order(StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var watcher in _watchers)
            watcher.Dispose();
        _changes.Dispose();
    }

    private void Note(string path)
    {
        foreach (var photo in PhotosOf(path).Where(_isWanted))
            Tell(photo);
    }

    private void Tell(string? path)
    {
        try
        {
            _changes.Add(path);
        }
        catch (Exception over) when (over is ObjectDisposedException or InvalidOperationException)
        {
            // the watching has ended
        }
    }

    /// <summary>A photo itself, the photos that a sidecar may belong to, or a folder.</summary>
    private static IEnumerable<string> PhotosOf(string path)
    {
        if (!Sidecars.Is(path))
            return PhotoFormats.HasKnownExtension(path) || !File.Exists(path) ? [path] : []; // a folder, or gone: perhaps one
        var name = Path.ChangeExtension(path, null);
        if (PhotoFormats.HasKnownExtension(name))
            return [name];
        try
        {
            var folder = Path.GetDirectoryName(path)!;
            return Directory.EnumerateFiles(folder, $"{Path.GetFileName(name)}.*").Where(PhotoFormats.HasKnownExtension);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
