using Sosia.Catalogue;

namespace Sosia;

/// <summary>
/// Where a collection is kept when that is not in the files of a directory: a database that several machines share. Small pictures, keys
/// and the index files of this machine lie in the user's cache directory then.
/// </summary>
public abstract class CollectionStore
{
    internal CollectionStore() { }

    /// <summary>What messages call it: never with a password.</summary>
    public abstract string Name { get; }

    /// <summary>Asks the store what it is and what waits in its queue.</summary>
    /// <exception cref="CatalogueException">It can't be reached, or there is no collection.</exception>
    public abstract StoreFacts Facts();

    /// <summary>Asks whether the store is as it should be: versions, rights, and how far replicas are behind.</summary>
    /// <returns>One sentence for each; a store that can't be reached is one of them.</returns>
    public abstract IReadOnlyList<StoreCheck> Check();

    /// <summary>Makes what is needed to open a collection in it, and says where the files of this machine lie.</summary>
    internal abstract OpenedStore Open(CollectionOptions options);
}

/// <summary>What a store is.</summary>
/// <param name="Kind">Such as "postgres".</param>
/// <param name="Version">The version of its server.</param>
/// <param name="Pgvector">The version of the extension for vectors.</param>
/// <param name="Citus">The version of the extension that spreads tables over machines; null where there is none.</param>
/// <param name="Queue">The files that wait for workers.</param>
public sealed record StoreFacts(string Kind, string Version, string Pgvector, string? Citus, QueueCounts Queue);

/// <summary>One thing of a store that was looked at.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Ok">Whether it is as it should be.</param>
/// <param name="Says">One sentence.</param>
public sealed record StoreCheck(string Name, bool Ok, string Says);

/// <summary>An opened store.</summary>
/// <param name="Directory">Where the files of this machine lie.</param>
/// <param name="Stores">What keeps the collection.</param>
internal sealed record OpenedStore(string Directory, CollectionStores Stores);
