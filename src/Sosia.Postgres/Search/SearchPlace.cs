namespace Sosia.Postgres.Search;

/// <summary>Where the rows of a collection in a database are compared.</summary>
public enum SearchPlace
{
    /// <summary>Near the reader: in an exact index of its own, which is derived from the database.</summary>
    Near,

    /// <summary>In the database, which looks at every row: exact, and nothing is kept here.</summary>
    Database,

    /// <summary>In the database, by its HNSW index, which misses some rows (docs/scale.md). Without one, every row is looked at.</summary>
    Approximate,
}
