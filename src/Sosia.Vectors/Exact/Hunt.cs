using Sosia.Vectors.Metrics;

namespace Sosia.Vectors.Exact;

/// <summary>One search on its way: the query, what is asked, and the nearest rows so far. Parts of the table may be hunted through by several threads.</summary>
internal sealed unsafe class Hunt<TMetric>(IRowReader rows, RowSet? deleted, SearchRequest request) where TMetric : struct, IProductMetric
{
    private readonly Lock _lock = new();
    private readonly NearestRows _nearest = new(Math.Min(request.K, Math.Max(1, rows.Count)), request.Radius);
    private readonly IDirectRows? _direct = rows as IDirectRows;
    private float[] _query = [];
    private double _querySquare, _queryLength, _square, _offset;
    private long _compared;

    public SearchRequest Request => request;

    /// <summary>Rows compared in full.</summary>
    public long Compared => Interlocked.Read(ref _compared);

    /// <summary>No row whose bound is below this can be among the nearest. Rises while the hunt goes on.</summary>
    private float Cut { get; set; } = float.NegativeInfinity;

    public Neighbor[] Sorted() => _nearest.ToArray();

    public void Start(ReadOnlySpan<float> query, QueryCode code)
    {
        _query = default(TMetric).Prepare(query);
        _querySquare = Sums.Dot64(_query, _query);
        _queryLength = Math.Sqrt(_querySquare);
        (_square, _offset) = (code.SquareAtLeast, code.Offset);
        Raise();
    }

    /// <summary>Looks closer at rows whose bounds are known.</summary>
    /// <param name="bounds">One a row; changed.</param>
    /// <param name="numbers">The rows' numbers, or null where they follow each other from <paramref name="first"/>.</param>
    /// <param name="first">The first row's number.</param>
    /// <param name="count">Rows.</param>
    /// <param name="candidates">Scratch memory.</param>
    public void Look(float* bounds, int* numbers, int first, int count, List<(float Bound, int Row)> candidates)
    {
        int Number(int i) => numbers == null ? first + i : numbers[i];
        if (Wanted is var wanted and > 0 && wanted < count)
        {
            // There are not yet k rows: the best bounds give those to beat.
            BestBounds.Find(bounds, count, (wanted, MathF.BitDecrement(Cut)), i => IsAllowed(Number(i)), candidates);
            for (var i = 0; i < candidates.Count; i++)
            {
                bounds[candidates[i].Row] = float.NegativeInfinity;
                candidates[i] = (candidates[i].Bound, Number(candidates[i].Row));
            }
            Compare(candidates);
        }
        candidates.Clear();
        BestBounds.Above(bounds, count, Cut, candidates);
        if (numbers != null || first != 0)
            for (var i = 0; i < candidates.Count; i++) candidates[i] = (candidates[i].Bound, Number(candidates[i].Row));
        candidates.Sort(static (a, b) => b.Bound.CompareTo(a.Bound));
        Compare(candidates);
    }

    /// <summary>Rows still needed before there is one to beat.</summary>
    private int Wanted => request.K - _nearest.Count;

    /// <param name="candidates">Best bound first.</param>
    private void Compare(List<(float Bound, int Row)> candidates)
    {
        const int ahead = 6;
        var compared = 0;
        for (var i = 0; i < Math.Min(ahead, candidates.Count); i++) _direct?.Prefetch(candidates[i].Row);
        for (var i = 0; i < candidates.Count && !(candidates[i].Bound < Cut); i++)
        {
            if (i + ahead < candidates.Count) _direct?.Prefetch(candidates[i + ahead].Row);
            var row = candidates[i].Row;
            if (!IsAllowed(row)) continue;
            compared++;
            // Most rows are surely too far in float32 already.
            if (default(TMetric).LowerBound(_query, _queryLength, rows.Row(row)) > _nearest.Limit) continue;
            var distance = TMetric.Distance(_query, _querySquare, rows.Row(row));
            lock (_lock)
            {
                if (_nearest.Offer(row, distance)) Raise();
            }
        }
        Interlocked.Add(ref _compared, compared);
    }

    private bool IsAllowed(int row) =>
        deleted?.Contains(row) != true && request.Allowed?.Contains(row) != false && request.Where?.Invoke(row) != false;

    private void Raise()
    {
        var distance = _nearest.Limit;
        if (double.IsPositiveInfinity(distance)) return;
        var score = TMetric.ScoreOf(distance, _square) - _offset;
        Cut = MathF.BitDecrement((float)(score - 1e-12 * (_square + Math.Abs(_offset))));
    }
}
