using Sosia.Vectors.Metrics;

namespace Sosia.Vectors.Exact;

/// <summary>
/// One search in progress: the query, the request, and the nearest rows so far. Refines the bounds of a scan: rows that their bound can't
/// rule out are compared with the query. Several threads may refine parts of the table at once.
/// </summary>
/// <param name="rows">The table.</param>
/// <param name="deleted">Rows that are not found.</param>
/// <param name="blocks">The records of all rows.</param>
/// <param name="limits">The largest values of any row.</param>
/// <param name="request">What to find.</param>
internal sealed unsafe class CandidateSearch<TMetric>(
    IRowReader rows,
    RowSet? deleted,
    CodeBlock[] blocks,
    BlockLimits limits,
    SearchRequest request
)
    where TMetric : struct, IProductMetric
{
    private readonly Lock _lock = new();
    private readonly NeighborHeap _nearest = new(Math.Min(request.K, Math.Max(1, rows.Count)), request.Radius);
    private readonly IDirectRows? _direct = rows as IDirectRows;
    private float[] _query = [];
    private double _querySquare,
        _queryLength,
        _square,
        _offset;
    private long _compared;
    private ScanTerms _secondTerms;
    private float _firstTail;

    public SearchRequest Request => request;

    /// <summary>Rows compared in full.</summary>
    public long Compared => Interlocked.Read(ref _compared);

    /// <summary>No row whose bound is below this can be among the nearest. Rises during the search.</summary>
    private float Cut { get; set; } = float.NegativeInfinity;

    private bool HasSeconds => blocks.Length > 0 && blocks[0].Seconds != null;

    /// <summary>Rows still needed before there is a limit.</summary>
    private int Missing => request.K - _nearest.Count;

    public Neighbor[] Sorted() => _nearest.ToArray();

    public void Start(ReadOnlySpan<float> query, QueryCode code)
    {
        _query = default(TMetric).Prepare(query);
        _querySquare = Sums.Dot64(_query, _query);
        _queryLength = Math.Sqrt(_querySquare);
        (_square, _offset) = (code.SquareAtLeast, code.Offset);
        (_secondTerms, _firstTail) = (code.SecondTerms(limits), code.Terms(limits).Tail);
        RaiseCut();
    }

    /// <summary>Compares the rows that their bounds can't rule out.</summary>
    /// <param name="bounds">One a row; changed.</param>
    /// <param name="numbers">The rows' numbers; null where they are consecutive from <paramref name="first"/>.</param>
    /// <param name="first">The first row's number.</param>
    /// <param name="count">Rows.</param>
    /// <param name="candidates">Scratch memory.</param>
    public void Refine(float* bounds, int* numbers, int first, int count, List<(float Bound, int Row)> candidates)
    {
        int Number(int i) => numbers == null ? first + i : numbers[i];
        var missing = Missing;
        if (missing > 0 && missing < count)
        {
            // Fewer than k rows are known: the rows with the best bounds set the first limit.
            BestBounds.Find(bounds, count, (missing, MathF.BitDecrement(Cut)), i => IsAllowed(Number(i)), candidates);
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
            for (var i = 0; i < candidates.Count; i++)
                candidates[i] = (candidates[i].Bound, Number(candidates[i].Row));
        candidates.Sort(static (a, b) => b.Bound.CompareTo(a.Bound));
        Compare(candidates);
    }

    /// <summary>Compares the rows of the whole table that their bounds can't rule out, best bound first.</summary>
    /// <param name="bounds">One a row.</param>
    /// <param name="count">Rows.</param>
    /// <param name="cancellation">Checked between comparisons.</param>
    public void RefineAll(float* bounds, int count, CancellationToken cancellation)
    {
        // The rows with the best bounds give a limit, and then those whose bounds reach it are left. How good they are is guessed from a
        // sample; after a bad guess there is another round. Where second records choose among them, twice as many are taken.
        var (wanted, below) = (request.K * (HasSeconds ? 2 : 1.1) + 64, float.PositiveInfinity);
        while (true)
        {
            var from = Missing > 0 ? Math.Min(below, BestBounds.Quantile(bounds, count, wanted)) : Cut;
            CompareInParallel(BestBounds.Between(bounds, count, Math.Max(from, Cut), below), cancellation);
            if (Cut >= from || float.IsNegativeInfinity(from))
                return; // no row that is left reaches the limit, or none is left
            (below, wanted) = (from, 4 * wanted);
        }
    }

    /// <summary>Threads take turns with the next ones, so that all go from the best bounds down.</summary>
    private void CompareInParallel((float Bound, int Row)[] candidates, CancellationToken cancellation)
    {
        const int fewRows = 256;
        var threads = candidates.Length < fewRows ? 1 : request.Threads;
        Workers.ForEach(
            threads,
            threads,
            part =>
            {
                var own = new List<(float Bound, int Row)>(candidates.Length / threads + 1);
                for (var i = part; i < candidates.Length; i += threads)
                    own.Add(candidates[i]);
                Compare(own);
                return 0;
            },
            cancellation
        );
    }

    /// <summary>
    /// Lowers the bounds of candidates by their second records: in the place of the product of both tails comes that of the next
    /// coordinates, and of the tails behind those. Few candidates are left, best bound first.
    /// </summary>
    private void Tighten(List<(float Bound, int Row)> candidates)
    {
        const int together = 64;
        var records = stackalloc byte*[together];
        var rests = stackalloc float[together];
        var places = stackalloc int[together];
        var kept = 0;
        for (var i = 0; i < candidates.Count; )
        {
            var count = 0;
            for (; i < candidates.Count && count < together; i++)
            {
                var (bound, row) = candidates[i];
                if (bound < Cut || deleted?.Contains(row) == true || request.Allowed?.Contains(row) == false)
                    continue;
                Fetch.Record(BlockOf(row).SecondOf(row));
                places[count++] = i;
            }
            for (var at = 0; at < count; at++)
            {
                var row = candidates[places[at]].Row;
                records[at] = BlockOf(row).CheckedSecondOf(row);
            }
            for (var at = count; at < RecordLayout.Pad(count); at++)
                records[at] = records[0];
            if (count > 0)
                Scan.Scattered(records, RecordLayout.Pad(count), _secondTerms, rests);
            for (var at = 0; at < count; at++)
            {
                var (bound, row) = candidates[places[at]];
                var tightened = bound - SecondRecord.FirstTail(records[at]) * _firstTail + rests[at];
                // A bound that is no number rules nothing out.
                if (tightened < Cut)
                    continue;
                candidates[kept++] = (tightened < bound ? tightened : bound, row);
            }
        }
        candidates.RemoveRange(kept, candidates.Count - kept);
        candidates.Sort(static (a, b) => b.Bound.CompareTo(a.Bound));
    }

    private CodeBlock BlockOf(int row)
    {
        var (low, high) = (0, blocks.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) >>> 1;
            if (blocks[middle].First <= row)
                low = middle;
            else
                high = middle - 1;
        }
        return blocks[low];
    }

    /// <param name="candidates">Best bound first, about; changed.</param>
    private void Compare(List<(float Bound, int Row)> candidates)
    {
        const int ahead = 6;
        if (HasSeconds)
            Tighten(candidates);
        var compared = 0;
        for (var i = 0; i < Math.Min(ahead, candidates.Count); i++)
            _direct?.Prefetch(candidates[i].Row);
        for (var i = 0; i < candidates.Count; i++)
        {
            if (i + ahead < candidates.Count && !(candidates[i + ahead].Bound < Cut))
                _direct?.Prefetch(candidates[i + ahead].Row);
            var row = candidates[i].Row;
            if (candidates[i].Bound < Cut || !IsAllowed(row))
                continue;
            compared++;
            // For most rows float32 suffices to know that they are too far.
            if (default(TMetric).LowerBound(_query, _queryLength, rows.Row(row)) > _nearest.Limit)
                continue;
            var distance = TMetric.Distance(_query, _querySquare, rows.Row(row));
            lock (_lock)
            {
                if (_nearest.Offer(row, distance))
                    RaiseCut();
            }
        }
        Interlocked.Add(ref _compared, compared);
    }

    private bool IsAllowed(int row) =>
        deleted?.Contains(row) != true && request.Allowed?.Contains(row) != false && request.Where?.Invoke(row) != false;

    private void RaiseCut()
    {
        var distance = _nearest.Limit;
        if (double.IsPositiveInfinity(distance))
            return;
        var score = TMetric.ScoreOf(distance, _square) - _offset;
        Cut = MathF.BitDecrement((float)(score - 1e-12 * (_square + Math.Abs(_offset))));
    }
}
