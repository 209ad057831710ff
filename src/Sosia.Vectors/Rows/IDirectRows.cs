namespace Sosia.Vectors;

/// <summary>Rows that lie in memory as they are, so that one can be fetched before it is its turn.</summary>
internal interface IDirectRows : IRowReader
{
    /// <summary>Starts to fetch a row into the cache.</summary>
    void Prefetch(int row);
}
