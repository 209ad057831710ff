using Sosia.Catalogue;
using Sosia.Search.Ranking;

namespace Sosia.People.Groups;

/// <summary>Groups all faces of a space: the graph of exact nearest neighbours proposes, average linkage decides.</summary>
internal static class GroupMaker
{
    /// <summary>Nearest faces that are proposed to each; a group has all that were proposed to its faces.</summary>
    public const int Neighbours = 32;

    private const int VectorsAtOnce = 1024;

    /// <summary>Makes the groups.</summary>
    /// <param name="table">The faces; their rows are used up.</param>
    /// <param name="vectors">Where neighbours are searched.</param>
    /// <param name="said">What was said of them.</param>
    /// <param name="threshold">As in <see cref="GroupingOptions"/>.</param>
    /// <param name="progress">Told of how many faces the neighbours were searched.</param>
    /// <param name="cancellation">Checked between batches.</param>
    public static async ValueTask<IReadOnlyList<IReadOnlyList<FaceId>>> MakeAsync(
        FaceTable table,
        IVectorSearch vectors,
        SaidOfFaces said,
        float threshold,
        Action<int>? progress,
        CancellationToken cancellation
    )
    {
        var rules = table.RulesOf(said); // before the rows are used up
        var edges = await EdgesAsync(table, vectors, threshold, progress, cancellation);
        var groups = AverageLinkage.Group(table.Rows, edges, rules, threshold, cancellation);
        return FaceGroups.Ordered(groups.Select(group => group.Select(face => table.Faces[face])));
    }

    private static async ValueTask<List<(int, int)>> EdgesAsync(
        FaceTable table,
        IVectorSearch vectors,
        float threshold,
        Action<int>? progress,
        CancellationToken cancellation
    )
    {
        var numbers = table.Numbers();
        var edges = new List<(int, int)>();
        for (var first = 0; first < table.Rows.Length; first += VectorsAtOnce)
        {
            var batch = table.Rows[first..Math.Min(first + VectorsAtOnce, table.Rows.Length)];
            var found = await vectors.NearestAsync(batch, Neighbours + 1, least: threshold, cancellation: cancellation);
            for (var i = 0; i < batch.Length; i++)
                foreach (var hit in found[i])
                    if (numbers.TryGetValue(hit.Face, out var other) && other != first + i)
                        edges.Add((first + i, other));
            progress?.Invoke(first + batch.Length);
        }
        return edges;
    }
}
