using Sosia.Catalogue;
using Sosia.Photos;

namespace Sosia.Indexing;

/// <summary>The files of an order that wait in a queue, taken block by block until none is left.</summary>
/// <param name="queue">The queue.</param>
/// <param name="order">The order.</param>
/// <param name="under">Only files in these folders; null for all.</param>
internal sealed class QueuedFiles(IFileQueue queue, string order, IReadOnlyList<string>? under)
{
    /// <summary>How long is waited where all that is left is read by others.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly List<(IFileClaim Claim, HashSet<string> Open)> _claims = [];
    private readonly List<FileStamp> _givenUp = [];

    /// <summary>Files that are left, as last asked.</summary>
    public long Left { get; private set; }

    /// <summary>Reads what waits, and waits for what others read.</summary>
    /// <param name="read">Reads files, which are taken from the queue as they are asked for, and stores what became of them.</param>
    /// <param name="giveUp">Stores that files can't be read.</param>
    /// <param name="cancellation">Ends the reading; what was not stored is given back.</param>
    public void ReadAll(Action<IEnumerable<FileStamp>> read, Action<IReadOnlyList<PhotoUnreadable>> giveUp, CancellationToken cancellation)
    {
        while ((Left = queue.Left(order, under)) > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var first = Take();
            try
            {
                if (first is not null)
                    read(Blocks(first, cancellation));
                if (_givenUp.Count > 0)
                    giveUp([.. _givenUp.Select(GivenUp)]);
            }
            finally
            {
                foreach (var (claim, _) in _claims)
                    claim.Dispose();
                _claims.Clear();
                _givenUp.Clear();
            }
            if (first is null)
                cancellation.WaitHandle.WaitOne(Pause);
        }
    }

    /// <summary>Notes that what became of a file was stored.</summary>
    public void NoteStored(string path)
    {
        lock (_gate)
            for (var i = _claims.Count - 1; i >= 0; i--)
                if (_claims[i].Open.Remove(path) && _claims[i].Open.Count == 0)
                {
                    _claims[i].Claim.Dispose();
                    _claims.RemoveAt(i);
                }
    }

    // The next block is taken when the last file of one is, not when it is stored: nobody waits.
    private IEnumerable<FileStamp> Blocks(IFileClaim? claim, CancellationToken cancellation)
    {
        for (; claim is not null && !cancellation.IsCancellationRequested; claim = Take())
            foreach (var file in claim.Files)
            {
                if (claim.Lost.IsCancellationRequested)
                    break; // somebody else has them now
                yield return file;
            }
    }

    private IFileClaim? Take()
    {
        var claim = queue.Claim(order, under);
        if (claim is not null)
            lock (_gate)
            {
                _givenUp.AddRange(claim.GivenUp);
                _claims.Add((claim, claim.Files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal)));
            }
        return claim;
    }

    private static PhotoUnreadable GivenUp(FileStamp file) =>
        new(
            file,
            new Failure(
                UnreadableReason.EndedWorkers,
                "Three workers ended while they read this file: it may be the reason. Look at it, and index with --retry-failed."
            )
        );
}
