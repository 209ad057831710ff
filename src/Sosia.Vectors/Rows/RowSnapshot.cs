using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Sosia.Vectors;

/// <summary>A <see cref="RowTable"/> as it was at one moment. Rows are valid as long as the snapshot is reachable.</summary>
public sealed class RowSnapshot : IDirectRows
{
    private const int ChunkBytes = 8 << 20;
    private readonly NativeBytes[] _chunks;
    private readonly int _shift;

    internal RowSnapshot(NativeBytes[] chunks, int shift, int dimensions, int count, RowSet? deleted)
    {
        (_chunks, _shift, Dimensions, Count, Deleted) = (chunks, shift, dimensions, count, deleted);
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public int Dimensions { get; }

    /// <summary>Rows that were deleted; null for none.</summary>
    public RowSet? Deleted { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Row(int row)
    {
        if ((uint)row >= (uint)Count)
            throw new ArgumentOutOfRangeException(nameof(row), $"Expected a row below {Count}, got {row}.");
        return At(_chunks, _shift, Dimensions, row);
    }

    /// <inheritdoc/>
    unsafe void IDirectRows.Prefetch(int row) =>
        Fetch.Row((byte*)Unsafe.AsPointer(ref At(_chunks, _shift, Dimensions, row)[0]), Dimensions);

    /// <summary>Chunks hold a power of two of rows: as many as stay below a few megabytes, but one at least.</summary>
    internal static int ShiftFor(int dimensions) => Math.Max(0, (int)Math.Log2(Math.Max(1.0, ChunkBytes / sizeof(float) / dimensions)));

    internal static unsafe Span<float> At(NativeBytes[] chunks, int shift, int dimensions, int row) =>
        new((float*)chunks[row >> shift].Pointer + (long)(row & ((1 << shift) - 1)) * dimensions, dimensions);
}

/// <summary>Fetches what will be read soon.</summary>
internal static unsafe class Fetch
{
    private const int Line = 64;

    /// <summary>A second record of an index.</summary>
    public static void Record(byte* at)
    {
        if (!Sse.IsSupported)
            return;
        Sse.Prefetch0(at);
        Sse.Prefetch0(at + Line);
    }

    /// <summary>A row of floats; of a long one the beginning, the processor sees the rest coming.</summary>
    public static void Row(byte* at, int dimensions)
    {
        if (!Sse.IsSupported)
            return;
        var bytes = Math.Min(dimensions * sizeof(float), 32 * Line);
        for (var i = 0; i < bytes; i += Line)
            Sse.Prefetch0(at + i);
    }
}
