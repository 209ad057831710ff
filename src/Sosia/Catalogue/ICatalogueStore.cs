namespace Sosia.Catalogue;

/// <summary>Opens catalogues of one kind. SQLite is the first; the contract tests run against each.</summary>
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
    /// Opens for an indexing run, as <see cref="OpenWriter"/> does, and keeps a second run out until the writer is disposed. Every method
    /// waits for other writers as long as they take.
    /// </summary>
    /// <param name="cancellation">Cancels the waiting, of this call and of every method of the writer.</param>
    /// <exception cref="CatalogueException">Locked by another indexing run (the message names it), damaged, read-only, or made by a newer
    /// version.</exception>
    ICatalogueWriter OpenIndexer(CancellationToken cancellation = default);
}
