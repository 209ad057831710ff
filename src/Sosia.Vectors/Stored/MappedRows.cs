using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Sosia.Vectors.Files;
using Sosia.Vectors.Rows;

namespace Sosia.Vectors.Stored;

/// <summary>The rows of an index file, or those that lie elsewhere, each checked when it is first read.</summary>
internal sealed unsafe class MappedRows(MappedFile file, IndexHeader header, IRowReader? elsewhere) : IDirectRows
{
    private readonly int[] _sound = new int[(header.Rows + 31L) / 32];

    public int Count => header.Rows;
    public int Dimensions => header.Dimensions;

    /// <exception cref="DamagedFileException">The row is not what was written.</exception>
    public ReadOnlySpan<float> Row(int row)
    {
        if ((uint)row >= (uint)Count)
            throw new ArgumentOutOfRangeException(nameof(row), $"Expected a row below {Count}, got {row}.");
        var values = elsewhere is null ? new ReadOnlySpan<float>(At(row), Dimensions) : elsewhere.Row(row);
        if ((Volatile.Read(ref _sound[row >> 5]) >> row & 1) == 0)
            CheckRow(row, values);
        return values;
    }

    public void Prefetch(int row)
    {
        if (Sse.IsSupported && (Volatile.Read(ref _sound[row >> 5]) >> row & 1) == 0)
            Sse.Prefetch0(file.Pointer + header.ChecksumsAt + (long)row * sizeof(uint));
        if (elsewhere is null)
            Fetch.Row(At(row), Dimensions);
        else
            (elsewhere as IDirectRows)?.Prefetch(row);
    }

    public IDisposable KeepOpen() => elsewhere is null ? file.KeepOpen() : AllKeptOpen.Take([file.KeepOpen, elsewhere.KeepOpen]);

    public void ThrowIfCutOff()
    {
        file.ThrowIfCutOff();
        elsewhere?.ThrowIfCutOff();
    }

    private byte* At(int row)
    {
        var start = file.Pointer;
        ObjectDisposedException.ThrowIf(start == null, this);
        return start + header.RowsAt + (long)row * Dimensions * sizeof(float);
    }

    private void CheckRow(int row, ReadOnlySpan<float> values)
    {
        var expected = *(uint*)(file.Pointer + header.ChecksumsAt + (long)row * sizeof(uint));
        if (Checksum.Of(MemoryMarshal.AsBytes(values)) != expected)
            throw new DamagedFileException(file.Path, $"Row {row} was changed.");
        Interlocked.Or(ref _sound[row >> 5], 1 << row);
    }
}
