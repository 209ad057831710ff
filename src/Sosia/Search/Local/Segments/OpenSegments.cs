using Sosia.Vectors.Exact;
using Sosia.Vectors.Metrics;
using Sosia.Vectors.Stored;

namespace Sosia.Search.Local.Segments;

/// <summary>The segments of an index, open, for all tables that are made of them.</summary>
/// <param name="list">What there should be.</param>
/// <param name="stored">The segments in order; null where one is missing or of no use.</param>
internal sealed class OpenSegments(SegmentList list, StoredIndex<InnerProduct>?[] stored) : IDisposable
{
    /// <summary>What there should be.</summary>
    public SegmentList List => list;

    /// <summary>The segments in order; null where one is missing or of no use, and its rows come from the catalogue.</summary>
    public IReadOnlyList<StoredIndex<InnerProduct>?> Stored => stored;

    /// <summary>Whether all segments are there.</summary>
    public bool AreWhole { get; } = Array.TrueForAll(stored, segment => segment is not null);

    /// <summary>Rows of the segments that are missing or of no use.</summary>
    public long MissingRows => list.Segments.Where((_, i) => stored[i] is null).Sum(segment => (long)segment.Rows);

    /// <summary>The names of the segments that are missing or of no use.</summary>
    public IEnumerable<string> Unusable => list.Segments.Where((_, i) => stored[i] is null).Select(segment => segment.Name);

    /// <summary>How rows are encoded; null where that is not known, because there is no segment.</summary>
    public RowEncoding? Encoding => stored.FirstOrDefault(segment => segment is not null)?.Index.Encoding;

    /// <summary>The open segment of a name, for another list that has it too; null when it is not among these.</summary>
    public StoredIndex<InnerProduct>? Find(string name)
    {
        for (var i = 0; i < stored.Length; i++)
            if (list.Segments[i].Name == name)
                return stored[i];
        return null;
    }

    /// <summary>Closes the files as soon as no search uses them.</summary>
    public void Dispose()
    {
        foreach (var segment in stored)
            segment?.Dispose();
    }
}
