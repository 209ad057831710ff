using System.Collections.Concurrent;
using Sosia.Vectors.Metrics;
using Sosia.Vectors.Plain;

namespace Sosia.Vectors.Exact;

public sealed partial class ExactIndex<TMetric>
{
    /// <summary>Below this share of allowed rows, only their records are read, here and there, instead of all in order.</summary>
    private const double SparseShare = 0.2;

    /// <inheritdoc/>
    public unsafe Neighbor[] Search(ReadOnlySpan<float> query, SearchRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Check(Count);
        CheckQuery(query);
        using var held = _rows.Hold();
        var hunt = new Hunt<TMetric>(_rows, _deleted, request);
        var scratch = Rent();
        scratch.Set<TMetric>(query);
        hunt.Start(query, scratch);
        if (IsSparse(request)) LookHereAndThere(hunt, scratch, cancellation);
        else if (request.Threads == 1 || Count <= _layout.LeastRowsAPart)
            foreach (var block in _blocks)
            {
                cancellation.ThrowIfCancellationRequested();
                LookAt(hunt, scratch, block, 0, block.Count);
            }
        else LookTogether(hunt, scratch, query.ToArray(), cancellation);
        return Finish(hunt, scratch);
    }

    private void CheckQuery(ReadOnlySpan<float> query, int? number = null)
    {
        Fit.CheckQuery(query, Dimensions, default(TMetric), number);
        if (!TMetric.DirectionOnly && Math.Sqrt(Sums.Dot64(query, query)) is > RowEncoder.LongestRow and var length)
            throw new ArgumentException($"Expected a query no longer than {RowEncoder.LongestRow}, got {length}.");
    }

    private bool IsSparse(SearchRequest request) => request.Allowed is { } allowed && allowed.Count < SparseShare * Count;

    private Neighbor[] Finish(Hunt<TMetric> hunt, QueryCode scratch)
    {
        _scratch.Add(scratch);
        GC.KeepAlive(_rows);
        if (!IsSparse(hunt.Request) && hunt.Request.K <= 100)
        {
            Interlocked.Add(ref _searched, Count);
            Interlocked.Add(ref _compared, hunt.Compared);
        }
        return hunt.Sorted();
    }

    /// <summary>Part of a block, in order.</summary>
    private unsafe void LookAt(Hunt<TMetric> hunt, QueryCode scratch, CodeBlock block, int start, int count)
    {
        _rows.ThrowIfCutOff();
        block.EnsureSound(_layout);
        Scan.InARow(block.Records + (long)start * _layout.Bytes, CodeBlock.Pad(count), scratch.Terms(block.Limits), scratch.Bounds);
        hunt.Look(scratch.Bounds, null, block.First + start, count, scratch.Candidates);
        block.KeepAlive();
    }

    /// <summary>Several threads, each taking the next part of the table when it is done with one.</summary>
    private void LookTogether(Hunt<TMetric> hunt, QueryCode scratch, float[] query, CancellationToken cancellation)
    {
        var least = _layout.LeastRowsAPart;
        var rowsAPart = (int)Math.Clamp(Count / (8L * hunt.Request.Threads) / least * least, least, CodeBlock.MostRows);
        var parts = new List<(CodeBlock Block, int Start)>();
        foreach (var block in _blocks)
            for (var start = 0; start < block.Count; start += rowsAPart) parts.Add((block, start));
        var rented = new ConcurrentBag<QueryCode>();
        QueryCode? first = scratch;
        Workers.Run(parts.Count, 1, hunt.Request.Threads, () =>
        {
            var own = Interlocked.Exchange(ref first, null) ?? RentFor(query, rented);
            return (part, _) => LookAt(hunt, own, parts[part].Block, parts[part].Start, Math.Min(rowsAPart, parts[part].Block.Count - parts[part].Start));
        }, cancellation);
        foreach (var own in rented) _scratch.Add(own);
    }

    private QueryCode RentFor(float[] query, ConcurrentBag<QueryCode> rented)
    {
        var scratch = Rent();
        scratch.Set<TMetric>(query);
        rented.Add(scratch);
        return scratch;
    }

    /// <summary>Only the records of the allowed rows.</summary>
    private unsafe void LookHereAndThere(Hunt<TMetric> hunt, QueryCode scratch, CancellationToken cancellation)
    {
        const int most = 1024;
        var records = stackalloc byte*[most + 4];
        var left = hunt.Request.Allowed!.Numbers;
        foreach (var block in _blocks)
        {
            var here = left.BinarySearch(block.First + block.Count);
            if (here < 0) here = ~here;
            if (here == 0) continue;
            _rows.ThrowIfCutOff();
            block.EnsureSound(_layout);
            var terms = scratch.Terms(block.Limits);
            for (var done = 0; done < here; done += most)
            {
                cancellation.ThrowIfCancellationRequested();
                var part = left.Slice(done, Math.Min(most, here - done));
                for (var i = 0; i < CodeBlock.Pad(part.Length); i++)
                    records[i] = block.Records + (long)(part[Math.Min(i, part.Length - 1)] - block.First) * _layout.Bytes;
                Scan.Scattered(records, CodeBlock.Pad(part.Length), terms, scratch.Bounds);
                fixed (int* numbers = part) hunt.Look(scratch.Bounds, numbers, 0, part.Length, scratch.Candidates);
            }
            left = left[here..];
            block.KeepAlive();
        }
    }
}
