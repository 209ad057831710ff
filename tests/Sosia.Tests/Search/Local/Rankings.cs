using Sosia.Catalogue;
using Sosia.Search.Local;
using Sosia.Search.Ranking;

namespace Sosia.Tests.Search.Local;

/// <summary>Rankings of a table: as a search makes them, and as a plain loop does.</summary>
internal static class Rankings
{
    public static PhotoScore[] Best(
        this VectorTable table,
        IReadOnlyList<float[]> references,
        IReadOnlySet<PhotoId>? allowed = null,
        int photos = int.MaxValue
    ) => Of(table, allowed).BestAsync(references, photos).AsTask().GetAwaiter().GetResult();

    public static PhotoScore[] BestExpanded(this VectorTable table, float[] query, int candidates, int photos) =>
        Of(table, null).BestExpandedAsync(query, null, candidates, photos).AsTask().GetAwaiter().GetResult();

    /// <summary>Every photo once with its best row, best first, equal scores by the photo's number.</summary>
    public static PhotoScore[] Truth(this VectorTable table, IReadOnlyList<float[]> references, IReadOnlySet<PhotoId>? allowed = null) =>
        [
            .. Enumerable
                .Range(0, table.Count + table.Removed)
                .Where(row => table.RowOf(table.Owner(row)) == row && allowed?.Contains(table.Photo(row)) != false)
                .Select(row => new PhotoScore(
                    table.Photo(row),
                    table.Owner(row),
                    references.Max(reference => Similarity.Of(reference, table.Row(row)))
                ))
                .GroupBy(score => score.Photo)
                .Select(faces => faces.OrderByDescending(face => face.Score).ThenBy(face => face.Owner).First())
                .OrderByDescending(best => best.Score)
                .ThenBy(best => best.Photo.Value),
        ];

    public static LocalFilter FilterOf(this VectorTable table, IReadOnlySet<PhotoId> allowed) =>
        table.Filter(new() { Under = [$"/{Guid.NewGuid()}"] }, _ => [.. allowed]);

    /// <summary>A table as it is searched; what asks for a folder needs a catalogue.</summary>
    public static LocalSearch Searched(this VectorTable table) => new(table, null!);

    private static PhotoRanking Of(VectorTable table, IReadOnlySet<PhotoId>? allowed) =>
        new(table.Searched(), allowed is null ? null : table.FilterOf(allowed));
}
