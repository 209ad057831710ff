using Microsoft.Extensions.Logging;
using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;
using Sosia.Search.Local;
using Sosia.Search.Ranking;

namespace Sosia;

/// <summary>Where a collection is kept: the one place that names a kind of store.</summary>
/// <param name="Catalogue">The catalogue.</param>
/// <param name="Backup">Copies of it.</param>
/// <param name="Vectors">Its embeddings, searched.</param>
internal sealed record CollectionStores(ICatalogueStore Catalogue, ICatalogueBackup Backup, IVectorStore Vectors)
{
    /// <summary>In files of a directory: SQLite, and index files beside it.</summary>
    public static CollectionStores InDirectory(CollectionOptions options)
    {
        var catalogue = new SqliteCatalogueStore(options.Directory, options.Clock);
        var log = options.Loggers.CreateLogger<Collection>();
        var vectors = new LocalVectorStore(options.Directory, catalogue.OpenReader, log);
        return new CollectionStores(catalogue, new SqliteBackup(catalogue), vectors);
    }
}
