using Sosia.Catalogue;
using Sosia.Search.Local.Segments;
using Sosia.Vectors.Exact;
using Sosia.Vectors.Metrics;

namespace Sosia.Tests.Search.Local;

/// <summary>Index files with rows of a test's own choice.</summary>
internal static class WrittenIndex
{
    /// <summary>Writes a table as an index of one segment.</summary>
    public static void Write(this LocalIndexFile file, EmbeddingTable table, string catalogue)
    {
        var segment = new Segment(file.NewName(), table.Count, table.OwnerOf(table.Count - 1));
        file.WriteSegment(segment.Name, ExactIndex.Build<InnerProduct>(table.Rows), table, catalogue, CancellationToken.None);
        file.WriteList(file.Empty(catalogue, table.Dimensions, table.Revision) with { Segments = [segment] });
    }
}
