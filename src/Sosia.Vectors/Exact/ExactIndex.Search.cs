using System.Collections.Concurrent;
using Sosia.Vectors.Metrics;

namespace Sosia.Vectors.Exact;

public sealed partial class ExactIndex<TMetric>
{
    /// <summary>Where a smaller share of the rows is allowed, only their records are read instead of all in order.</summary>
    private const double SparseShare = 0.2;

    /// <summary>Where so many rows are wanted, the bounds of all are made before any row is compared.</summary>
    private const int ManyRows = 200;

    /// <summary>Records of allowed rows that are scanned at a time.</summary>
    private const int RecordsAtOnce = 1024;

    /// <inheritdoc/>
    public Neighbor[] Search(ReadOnlySpan<float> query, SearchRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Check(Count);
        CheckQuery(query);
        using var open = _rows.KeepOpen();
        var search = new CandidateSearch<TMetric>(_rows, _deleted, _blocks, _limits, request);
        var scratch = Rent();
        scratch.Set<TMetric>(query);
        search.Start(query, scratch);
        if (IsSparse(request))
            ScanFiltered(search, scratch, cancellation);
        else if (request.K >= ManyRows && request.K < Count)
            ScanForMany(search, scratch, query.ToArray(), cancellation);
        else if (request.Threads == 1 || Count <= _layout.LeastRowsAPart)
            ScanAll(search, scratch, cancellation);
        else
            ScanParallel(search, scratch, query.ToArray(), cancellation);
        return Complete(search, scratch);
    }

    private void CheckQuery(ReadOnlySpan<float> query, int? number = null)
    {
        InputCheck.CheckQuery(query, Dimensions, default(TMetric), number);
        if (TMetric.DirectionOnly)
            return;
        var length = Math.Sqrt(Sums.Dot64(query, query));
        if (length > RowEncoder.LargestNorm)
            throw new ArgumentException($"Expected a query no longer than {RowEncoder.LargestNorm}, got {length}.");
    }

    private bool IsSparse(SearchRequest request) => request.Allowed is { } allowed && allowed.Count < SparseShare * Count;

    private Neighbor[] Complete(CandidateSearch<TMetric> search, QueryCode scratch)
    {
        _scratch.Add(scratch);
        GC.KeepAlive(_rows);
        if (!IsSparse(search.Request) && search.Request.K <= 100)
        {
            Interlocked.Add(ref _searched, Count);
            Interlocked.Add(ref _compared, search.Compared);
        }
        return search.Sorted();
    }

    private void ScanAll(CandidateSearch<TMetric> search, QueryCode scratch, CancellationToken cancellation)
    {
        foreach (var block in _blocks)
        {
            cancellation.ThrowIfCancellationRequested();
            ScanBlock(search, scratch, block, 0, block.Count);
        }
    }

    /// <summary>Scans part of a block in order.</summary>
    private unsafe void ScanBlock(CandidateSearch<TMetric> search, QueryCode scratch, CodeBlock block, int start, int count)
    {
        _rows.ThrowIfCutOff(block.First);
        block.EnsureSound(_layout);
        var records = block.Records + (long)start * _layout.Bytes;
        Scan.Consecutive(records, RecordLayout.Pad(count), scratch.Terms(block.Limits), scratch.Bounds);
        search.Refine(scratch.Bounds, null, block.First + start, count, scratch.Candidates);
        block.KeepAlive();
    }

    /// <summary>Several threads, each of which takes the next part of the table when it is done with one.</summary>
    private void ScanParallel(CandidateSearch<TMetric> search, QueryCode scratch, float[] query, CancellationToken cancellation) =>
        InParts(
            search.Request.Threads,
            scratch,
            query,
            (own, block, start, count) => ScanBlock(search, own, block, start, count),
            cancellation
        );

    /// <summary>
    /// Bounds of all rows first, and then the best ones of the whole table: where many rows are wanted, the best of its first part would be
    /// far from the best of all, and most comparisons in vain.
    /// </summary>
    private unsafe void ScanForMany(CandidateSearch<TMetric> search, QueryCode scratch, float[] query, CancellationToken cancellation)
    {
        if (!_allBounds.TryTake(out var bounds))
            bounds = new NativeBytes((long)Count * sizeof(float), zeroed: false);
        var into = (float*)bounds.Pointer;
        InParts(
            search.Request.Threads,
            scratch,
            query,
            (own, block, start, count) =>
            {
                _rows.ThrowIfCutOff(block.First);
                block.EnsureSound(_layout);
                var records = block.Records + (long)start * _layout.Bytes;
                Scan.Consecutive(records, RecordLayout.Pad(count), own.Terms(block.Limits), own.Bounds);
                new ReadOnlySpan<float>(own.Bounds, count).CopyTo(new Span<float>(into + block.First + start, count));
                block.KeepAlive();
            },
            cancellation
        );
        search.RefineAll(into, Count, cancellation);
        if (_allBounds.Count < Environment.ProcessorCount) // of many at once the others are freed
            _allBounds.Add(bounds);
        else
            bounds.Dispose();
    }

    private delegate void PartWork(QueryCode own, CodeBlock block, int start, int count);

    private void InParts(int threads, QueryCode scratch, float[] query, PartWork work, CancellationToken cancellation)
    {
        var least = _layout.LeastRowsAPart;
        var rowsAPart = (int)Math.Clamp(Count / (8L * threads) / least * least, least, RecordLayout.MostBlockRows);
        var parts = new List<(CodeBlock Block, int Start)>();
        foreach (var block in _blocks)
            for (var start = 0; start < block.Count; start += rowsAPart)
                parts.Add((block, start));
        var rented = new ConcurrentBag<QueryCode>();
        QueryCode? first = scratch;
        Workers.Run(
            parts.Count,
            1,
            threads,
            () =>
            {
                var own = Interlocked.Exchange(ref first, null) ?? RentFor(query, rented);
                return (part, _) =>
                {
                    var (block, start) = parts[part];
                    work(own, block, start, Math.Min(rowsAPart, block.Count - start));
                };
            },
            cancellation
        );
        foreach (var own in rented)
            _scratch.Add(own);
    }

    private QueryCode RentFor(float[] query, ConcurrentBag<QueryCode> rented)
    {
        var scratch = Rent();
        scratch.Set<TMetric>(query);
        rented.Add(scratch);
        return scratch;
    }

    /// <summary>Scans the records of the allowed rows alone.</summary>
    private unsafe void ScanFiltered(CandidateSearch<TMetric> search, QueryCode scratch, CancellationToken cancellation)
    {
        var records = stackalloc byte*[RecordsAtOnce + 4];
        var left = search.Request.Allowed!.Numbers;
        foreach (var block in _blocks)
        {
            var here = left.BinarySearch(block.First + block.Count);
            if (here < 0)
                here = ~here;
            if (here == 0)
                continue;
            _rows.ThrowIfCutOff(block.First);
            block.EnsureSound(_layout);
            var terms = scratch.Terms(block.Limits);
            for (var done = 0; done < here; done += RecordsAtOnce)
            {
                cancellation.ThrowIfCancellationRequested();
                var part = left.Slice(done, Math.Min(RecordsAtOnce, here - done));
                var padded = RecordLayout.Pad(part.Length);
                for (var i = 0; i < padded; i++)
                    records[i] = block.Records + (long)(part[Math.Min(i, part.Length - 1)] - block.First) * _layout.Bytes;
                Scan.Scattered(records, padded, terms, scratch.Bounds);
                fixed (int* numbers = part)
                    search.Refine(scratch.Bounds, numbers, 0, part.Length, scratch.Candidates);
            }
            left = left[here..];
            block.KeepAlive();
        }
    }
}
