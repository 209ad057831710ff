using Sosia.Vectors.Files;

namespace Sosia.Evaluation.Rows;

/// <summary>How far it is.</summary>
/// <param name="Rows">Rows written, those of an earlier run included.</param>
/// <param name="Total">Rows there will be.</param>
/// <param name="PerSecond">Rows a second in this run.</param>
/// <param name="Left">Time left at that speed.</param>
public readonly record struct RowProgress(int Rows, int Total, double PerSecond, TimeSpan Left);

/// <summary>Makes one row.</summary>
internal delegate void RowMaker<T>(int row, Span<T> into);

/// <summary>
/// Writes many rows as a NumPy file, block after block, without holding more than one; the same call goes on where an earlier one ended.
/// The file appears when it is complete.
/// </summary>
/// <param name="path">The NumPy file.</param>
/// <param name="plan">Says all that decides the rows: what an earlier run left is gone on with only when its plan was the same.</param>
internal sealed class RowFile(string path, byte[] plan)
{
    /// <summary>Rows that are made, written and handed to the disk together.</summary>
    private const int Block = 64;

    /// <summary>Rows made at once.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>For the time left.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>What to do when the disk is too small, as a clause.</summary>
    public string Remedy { get; init; } = "choose another disk with --out";

    /// <summary>Writes all rows.</summary>
    /// <param name="count">Rows.</param>
    /// <param name="shape">Shape of one.</param>
    /// <param name="make">Called on several threads at once.</param>
    /// <param name="progress">Told after every block.</param>
    /// <param name="cancellation">Ends it after the block; the next run goes on from there.</param>
    /// <exception cref="IOException">The disk is too small, which is told before anything is made, or refuses, or another program is
    /// writing the file.</exception>
    public void Write<T>(int count, int[] shape, RowMaker<T> make, IProgress<RowProgress>? progress, CancellationToken cancellation)
        where T : unmanaged
    {
        var size = shape.Aggregate(1, (product, side) => product * side);
        var there = new FileInfo(path + ".part") is { Exists: true } part ? part.Length : 0;
        DiskSpace.Require(path, (long)count * size * System.Runtime.CompilerServices.Unsafe.SizeOf<T>() - there, Remedy);
        var planned = path + ".plan";
        if (!(File.Exists(planned) && File.ReadAllBytes(planned).AsSpan().SequenceEqual(plan)))
        {
            Discard();
            DerivedFile.Write(planned, stream => stream.Write(plan));
        }
        using (var writer = NpyWriter.Resume<T>(path, shape))
        {
            // A block is handed to the disk before the next one begins, so only the last may be lost to a power failure.
            writer.GoBackTo(Math.Min(Math.Max(writer.Count - 1, 0) / Block * Block, count));
            Fill(writer, count, make, progress, cancellation);
            writer.Complete();
        }
        File.Delete(planned);
    }

    private void Fill<T>(NpyWriter<T> writer, int count, RowMaker<T> make, IProgress<RowProgress>? progress, CancellationToken cancellation)
        where T : unmanaged
    {
        var (began, first, size) = (Clock.GetTimestamp(), writer.Count, writer.Columns);
        var rows = new T[Math.Min(Block, count) * size];
        while (writer.Count < count)
        {
            cancellation.ThrowIfCancellationRequested();
            var (start, taken) = (writer.Count, Math.Min(Block, count - writer.Count));
            Parallel.For(
                0,
                taken,
                new ParallelOptions { MaxDegreeOfParallelism = Threads },
                i => make(start + i, rows.AsSpan(i * size, size))
            );
            writer.Append(rows.AsSpan(0, taken * size));
            writer.Flush();
            var speed = (writer.Count - first) / Math.Max(Clock.GetElapsedTime(began).TotalSeconds, 1e-9);
            progress?.Report(new RowProgress(writer.Count, count, speed, TimeSpan.FromSeconds((count - writer.Count) / speed)));
        }
    }

    /// <summary>Rows of another plan; not while another program is writing them.</summary>
    private void Discard()
    {
        if (!File.Exists(path + ".part"))
            return;
        using var alone = DerivedFile.Resume(path);
        File.Delete(path + ".part");
    }
}
