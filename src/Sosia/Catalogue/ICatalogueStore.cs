using Sosia.Photos;

namespace Sosia.Catalogue;

/// <summary>Opens catalogues of one kind; the contract tests run against each.</summary>
internal interface ICatalogueStore
{
    /// <summary>Opens for reading what has been committed.</summary>
    /// <exception cref="CatalogueException">Missing, damaged, or made by a newer version.</exception>
    ICatalogueReader OpenReader();

    /// <summary>
    /// Opens for writing; made when missing, migrated when older. Every method waits some seconds for another writer's transaction to end.
    /// </summary>
    /// <param name="overwrite">
    /// Whether what an earlier writer forgot and could not overwrite is overwritten first, which takes as long as writing all of the
    /// catalogue.
    /// </param>
    /// <exception cref="CatalogueException">Held by another writer for too long (the message names it), damaged, read-only, or made by a
    /// newer version.</exception>
    ICatalogueWriter OpenWriter(bool overwrite = true);

    /// <summary>
    /// Opens for an indexing run, as <see cref="OpenWriter"/> does. Where the files of a run are in no <see cref="Queue"/>, a second run is
    /// kept out until the writer is disposed. Every method waits for other writers as long as they take.
    /// </summary>
    /// <param name="cancellation">Cancels the waiting, of this call and of every method of the writer.</param>
    /// <exception cref="CatalogueException">Locked by another indexing run (the message names it), damaged, read-only, or made by a newer
    /// version.</exception>
    ICatalogueWriter OpenIndexer(CancellationToken cancellation = default);

    /// <summary>Bytes of the longest path that it can keep, in UTF-8.</summary>
    int LongestPath => int.MaxValue;

    /// <summary>Where files wait for workers on several machines; null where one process indexes at a time.</summary>
    IFileQueue? Queue => null;
}

/// <summary>
/// Files that wait to be read by any of several workers. A file leaves the queue in the transaction that stores what became of it, whoever
/// read it.
/// </summary>
/// <exception cref="CatalogueException">From any method: the catalogue can't be reached.</exception>
internal interface IFileQueue
{
    /// <summary>Puts files into the queue. One that a worker reads at the moment stays as it is, unless it has changed.</summary>
    /// <param name="order">How they are to be read, as text.</param>
    /// <param name="files">The files.</param>
    void Add(string order, IReadOnlyList<FileStamp> files);

    /// <summary>The orders of which files are left.</summary>
    IReadOnlyList<string> Orders();

    /// <summary>Files of an order that are left, also those that somebody reads.</summary>
    /// <param name="order">The order.</param>
    /// <param name="under">In these folders, or at these paths; null for all.</param>
    long Left(string order, IReadOnlyList<string>? under = null);

    /// <summary>Takes a block of files that nobody reads.</summary>
    /// <inheritdoc cref="Left" path="/param"/>
    /// <returns>Null when there is none at the moment.</returns>
    IFileClaim? Claim(string order, IReadOnlyList<string>? under = null);

    /// <summary>How many files wait, are read, and were given up.</summary>
    QueueCounts Count();
}

/// <summary>
/// Files that one worker reads. It keeps them by a sign of life; a worker that gives none for a while, as one that was killed, loses them
/// to others. Disposing gives back those that were not stored.
/// </summary>
internal interface IFileClaim : IDisposable
{
    /// <summary>The files, as they were found.</summary>
    IReadOnlyList<FileStamp> Files { get; }

    /// <summary>Files that nobody takes any more: so many workers ended while they read them that they may be the reason.</summary>
    IReadOnlyList<FileStamp> GivenUp { get; }

    /// <summary>Cancelled when the files are another worker's.</summary>
    CancellationToken Lost { get; }
}

/// <summary>The files of a queue.</summary>
/// <param name="Waiting">Nobody reads them yet.</param>
/// <param name="Claimed">A worker reads them.</param>
/// <param name="Failed">They were given up: workers ended while they read them.</param>
public sealed record QueueCounts(long Waiting, long Claimed, long Failed);
