namespace Sosia.Catalogue.Sqlite.Engine;

/// <summary>Keeps a second indexer out for the length of a run. Other writers go through between its transactions.</summary>
internal static class IndexerLock
{
    private const string Name = "indexer";

    /// <summary>Asking whether the lock is held (<see cref="LockOwner.OfIndexer"/>) takes it for a moment.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Takes the lock, and keeps it until it is disposed.</summary>
    /// <exception cref="CatalogueException">Another indexer holds it (the message names it), or the directory can't be written.</exception>
    public static IDisposable Take(string directory, TimeProvider time)
    {
        for (var waited = TimeSpan.Zero; waited <= Patience; waited += Pause)
        {
            if (LockFile.TryTake(directory, Name, time) is { } held)
                return held;
            Thread.Sleep(Pause);
        }
        throw new CatalogueException(
            CatalogueProblem.Locked,
            $"The collection {directory} is being indexed by {LockFile.Owner(directory, Name)}: wait until that has ended, or end it."
        );
    }
}
