namespace Sosia.Catalogue.Sqlite.Engine;

/// <summary>
/// Lets one writer in at a time, for one transaction, or for one that forgets and all that makes it final. SQLite's own lock covers a
/// transaction, but not the steps of <see cref="Erasure"/> or of a restore, which belong together.
/// </summary>
/// <param name="directory">The collection's directory.</param>
/// <param name="time">Tells others since when this writer holds the lock.</param>
internal sealed class WriterLock(string directory, TimeProvider time)
{
    private const string Name = "writer";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private LockFile? _held;
    private int _entered;

    /// <summary>How long to wait for another writer.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Cancels the waiting.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Keeps other writers out until the result is disposed. The same writer may enter again meanwhile.</summary>
    /// <exception cref="CatalogueException">
    /// Another writer holds the lock for longer than this one waits (the message names it), or the directory can't be written.
    /// </exception>
    /// <exception cref="OperationCanceledException">The waiting was ended.</exception>
    public IDisposable Enter()
    {
        lock (_gate)
        {
            _held ??= Take();
            _entered++;
        }
        return new Entered(this);
    }

    private LockFile Take()
    {
        for (var waited = TimeSpan.Zero; ; waited += Pause)
        {
            if (LockFile.TryTake(directory, Name, time) is { } held)
                return held;
            if (waited >= Patience)
                throw new CatalogueException(
                    CatalogueProblem.Locked,
                    $"The collection {directory} is being written by {LockFile.Owner(directory, Name)}: try again when that has ended."
                );
            Cancellation.WaitHandle.WaitOne(Pause);
            Cancellation.ThrowIfCancellationRequested();
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            if (--_entered > 0)
                return;
            _held?.Dispose();
            _held = null;
        }
    }

    private sealed class Entered(WriterLock writerLock) : IDisposable
    {
        private bool _left;

        public void Dispose()
        {
            if (_left)
                return;
            _left = true;
            writerLock.Leave();
        }
    }
}
