using System.Text.Json;
using Sosia.Vectors.Files;

namespace Sosia.Evaluation.Experiments.Products;

/// <summary>
/// The dot products of all rows with all rows, as a mapped file: from them and their diagonal come Euclidean distances and cosines alike.
/// Or, in a table of its own, the sums of absolute differences, which are Manhattan distances. Half of them are computed, for the table is
/// symmetric. What is done is kept: an interrupted run goes on, and the next report computes nothing.
/// </summary>
internal static class ProductTable
{
    private sealed record Plan(string Stamp, IReadOnlyList<int> Done);

    /// <summary>Opens the table of some rows, made when it is not there or of other rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="stamp">Says which rows these are: the same stamp, the same rows.</param>
    /// <param name="table">The NumPy file, and what is summed.</param>
    /// <param name="progress">Told the share that is done.</param>
    /// <param name="cancellation">Ends it; blocks that are done are kept.</param>
    /// <exception cref="IOException">The disk is too small, which is told before anything is computed, or refuses.</exception>
    public static NpyRows Open(
        IFeatureRows rows,
        string stamp,
        (string Path, PairSum Sum) table,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var path = table.Path;
        var made = path + ".json";
        if (File.Exists(path) && Read(made)?.Stamp == stamp)
            return NpyRows.Open(path);
        var there = new FileInfo(path + ".part") is { Exists: true } part ? part.Length : 0;
        DiskSpace.Require(path, (long)rows.Count * rows.Count * sizeof(float) - there);
        Make(rows, stamp, table, progress, cancellation);
        Write(made, new Plan(stamp, []));
        File.Delete(path + ".plan");
        return NpyRows.Open(path);
    }

    private static void Make(
        IFeatureRows rows,
        string stamp,
        (string Path, PairSum Sum) table,
        IProgress<double>? progress,
        CancellationToken cancellation
    )
    {
        var path = table.Path;
        var plan = path + ".plan";
        if (Read(plan)?.Stamp != stamp)
            File.Delete(path + ".part");
        var done = File.Exists(path + ".part") ? Read(plan)!.Done.ToList() : [];
        var ranges = Ranges(rows.Count);
        (int Left, int Right)[] blocks =
        [
            .. Enumerable
                .Range(0, ranges.Length)
                .SelectMany(left => Enumerable.Range(left, ranges.Length - left).Select(right => (left, right))),
        ];
        using var file = NpyPieces.Resume(path, rows.Count, rows.Count);
        var gate = new Lock();
        Blocks.Run(
            [.. Enumerable.Range(0, blocks.Length).Except(done)],
            table.Sum,
            (block, products) =>
            {
                var (left, right) = (ranges[blocks[block].Left], ranges[blocks[block].Right]);
                products.Compute(rows, left, rows, right, cancellation);
                lock (gate)
                {
                    Keep(file, products, left, right);
                    file.Flush();
                    done.Add(block);
                    Write(plan, new Plan(stamp, done));
                    progress?.Report(done.Count / (double)blocks.Length);
                }
            },
            cancellation
        );
        file.Complete();
    }

    /// <summary>The block where it stands, and turned over where it stands again.</summary>
    private static void Keep(NpyPieces file, ProductBlock products, (int First, int Count) left, (int First, int Count) right)
    {
        for (var row = 0; row < left.Count; row++)
            file.Write(left.First + row, right.First, products.Row(row, right.Count));
        if (left == right)
            return;
        var turned = new float[left.Count];
        for (var column = 0; column < right.Count; column++)
        {
            for (var row = 0; row < left.Count; row++)
                turned[row] = products.Row(row, right.Count)[column];
            file.Write(right.First + column, left.First, turned);
        }
    }

    private static (int First, int Count)[] Ranges(int rows) =>
        [
            .. Enumerable
                .Range(0, (rows + ProductBlock.Side - 1) / ProductBlock.Side)
                .Select(i => (i * ProductBlock.Side, Math.Min(ProductBlock.Side, rows - i * ProductBlock.Side))),
        ];

    /// <summary>Sums of a few rows with all of a table: for each a row of as many floats as the table has rows.</summary>
    public static float[][] Of(IFeatureRows few, IFeatureRows all, PairSum sum, CancellationToken cancellation)
    {
        var products = Enumerable.Range(0, few.Count).Select(_ => new float[all.Count]).ToArray();
        var (ofFew, ofAll) = (Ranges(few.Count), Ranges(all.Count));
        Blocks.Run(
            [.. Enumerable.Range(0, ofFew.Length * ofAll.Length)],
            sum,
            (block, sums) =>
            {
                var (left, right) = (ofFew[block % ofFew.Length], ofAll[block / ofFew.Length]);
                sums.Compute(few, left, all, right, cancellation);
                for (var row = 0; row < left.Count; row++)
                    sums.Row(row, right.Count).CopyTo(products[left.First + row].AsSpan(right.First));
            },
            cancellation
        );
        return products;
    }

    private static void Write(string path, Plan plan) => DerivedFile.Write(path, stream => JsonSerializer.Serialize(stream, plan));

    /// <summary>What can't be read is as good as not there: the table is made anew.</summary>
    private static Plan? Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<Plan>(File.ReadAllText(path)) : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException)
        {
            return null;
        }
    }
}
