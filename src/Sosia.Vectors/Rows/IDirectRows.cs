namespace Sosia.Vectors;

/// <summary>Rows that lie in memory as they are, so that they can be prefetched.</summary>
internal interface IDirectRows : IRowReader
{
    /// <summary>Starts to fetch a row into the cache.</summary>
    void Prefetch(int row);
}
