using Sosia.Storage;
using Sosia.Vectors;

namespace Sosia.Search;

/// <summary>The best photos alone, by an index: for programs that search again and again. Who searches once is done before it is built.</summary>
internal sealed partial class FaceTable
{
    /// <summary>Beyond this many photos, ranking all of them costs as much.</summary>
    private const int MostPhotos = 500;

    /// <summary>Searches by which building pays.</summary>
    private const int SearchesBefore = 2;

    private Task<INeighborIndex>? _index;
    private int _searches;

    /// <summary>The photos that <see cref="Rank"/> puts first, with the same scores in the same order.</summary>
    /// <param name="reference">A unit row.</param>
    /// <param name="photos">How many are wanted.</param>
    /// <returns>Null while there is no index, or where it would not help: rank all.</returns>
    public PhotoScore[]? Best(float[] reference, int photos)
    {
        if (photos > MostPhotos || Count == 0 || Index() is not { } index) return null;
        // A photo may hold several faces that are near: more rows are asked for until there are photos enough.
        for (var rows = photos + photos / 2 + 16; ; rows *= 4)
        {
            var near = index.Search(reference, new SearchRequest { K = rows });
            var best = new Dictionary<PhotoId, PhotoScore>(near.Length);
            foreach (var neighbor in near)
            {
                var found = new PhotoScore(Photo(neighbor.Row), neighbor.Row, Dot(reference, Row(neighbor.Row)));
                if (!best.TryGetValue(found.Photo, out var before) || found.Score > before.Score) best[found.Photo] = found;
            }
            if (best.Count < photos && near.Length < Count) continue;
            PhotoScore[] ranked = [.. best.Values];
            Array.Sort(ranked, static (a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Photo.Value.CompareTo(b.Photo.Value));
            return ranked.Length > photos ? ranked[..photos] : ranked;
        }
    }

    /// <summary>The index, once it is built; searches go on meanwhile.</summary>
    private INeighborIndex? Index()
    {
        if (_index is { IsCompletedSuccessfully: true } built) return built.Result;
        if (_index is null && Interlocked.Increment(ref _searches) == SearchesBefore)
            _index = Task.Run(() => NeighborIndex.Build(new Rows(this), new Vectors.IndexOptions { Metric = MetricKind.Cosine }));
        return null;
    }

    private sealed class Rows(FaceTable table) : IRowReader
    {
        public int Count => table.Count;

        public int Dimensions => table.Dimensions;

        public ReadOnlySpan<float> Row(int row) => table.Row(row);
    }
}
