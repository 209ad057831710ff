using System.Numerics;
using Sosia.Vectors.Rows;

namespace Sosia.Vectors.Exact;

/// <summary>The records of some rows of the table, one behind the other; never changed once made.</summary>
internal sealed unsafe class CodeBlock
{
    private readonly object _owner;

    /// <param name="owner">Keeps the memory alive.</param>
    /// <param name="records">The first record; there are records, if only of zeros, up to a multiple of four rows.</param>
    /// <param name="first">The number of the first row.</param>
    /// <param name="count">Rows.</param>
    /// <param name="limits">The largest values of any of the rows.</param>
    public CodeBlock(object owner, byte* records, int first, int count, BlockLimits limits)
    {
        Records = records;
        (_owner, First, Count, Limits) = (owner, first, count, limits);
    }

    public byte* Records { get; }

    /// <summary>The second record of the first row; null where rows have none.</summary>
    public byte* Seconds { get; init; }

    public int First { get; }
    public int Count { get; }
    public BlockLimits Limits { get; }

    /// <summary>Rows up to the next multiple of four.</summary>
    public int Padded => RecordLayout.Pad(Count);

    /// <summary>Where records came from a file: what they must be. Null for those made here.</summary>
    public BlockCheck? Check { get; init; }

    /// <summary>All records, those of the rows up to a multiple of four among them.</summary>
    public ReadOnlySpan<byte> Bytes(RecordLayout layout) => new(Records, Padded * layout.Bytes);

    /// <summary>The same records in a table where their rows have other numbers.</summary>
    public CodeBlock From(int first) =>
        first == First ? this : new(_owner, Records, first, Count, Limits) { Check = Check, Seconds = Seconds };

    /// <summary>Checks the records when they are first read.</summary>
    /// <exception cref="DamagedFileException">They are not what was written.</exception>
    public void EnsureSound(RecordLayout layout)
    {
        if (Check is not { IsDone: false } check)
            return;
        if (Checksum.Of(Bytes(layout)) != check.Checksum)
            throw new DamagedFileException(check.Path, $"The records of rows {First} to {First + Count} were changed.");
        check.IsDone = true;
    }

    /// <summary>Where the second record of a row is.</summary>
    /// <param name="row">The row's number in the table.</param>
    public byte* SecondOf(int row) => Seconds + (long)(row - First) * RecordLayout.Second.Bytes;

    /// <summary>The second record of a row, which is checked where it comes from a file.</summary>
    /// <param name="row">The row's number in the table.</param>
    /// <exception cref="DamagedFileException">It is not what was written.</exception>
    public byte* CheckedSecondOf(int row)
    {
        var record = SecondOf(row);
        if (Check is { } check && SecondRecord.ChecksumOf(record) != *(uint*)(record + RecordLayout.SecondCodes))
            throw new DamagedFileException(check.Path, $"The second record of row {row} was changed.");
        return record;
    }

    public void KeepAlive() => GC.KeepAlive(_owner);
}

/// <summary>The largest of a block's rows: what a bound needs beside each row's own terms.</summary>
/// <param name="Norm">The largest norm of a centred row, with what its codes add.</param>
/// <param name="Half">The largest ½‖x‖², 0 where records have none.</param>
internal readonly record struct BlockLimits(float Norm, float Half)
{
    public BlockLimits With(BlockLimits other) => new(Math.Max(Norm, other.Norm), Math.Max(Half, other.Half));
}

/// <summary>What the records of a block must be, and whether they were found to be so.</summary>
internal sealed class BlockCheck(string path, uint checksum)
{
    private volatile bool _isDone;

    public string Path => path;
    public uint Checksum => checksum;

    public bool IsDone
    {
        get => _isDone;
        set => _isDone = value;
    }
}

/// <summary>What a second record holds beside its codes.</summary>
internal static unsafe class SecondRecord
{
    /// <summary>The checksum of a record: of all but itself.</summary>
    public static uint ChecksumOf(byte* record)
    {
        var sum = 1u;
        var words = (ulong*)record;
        for (var i = 0; i < RecordLayout.SecondCodes / sizeof(ulong); i++)
            sum = BitOperations.Crc32C(sum, words[i]);
        sum = BitOperations.Crc32C(sum, *(uint*)(record + RecordLayout.SecondCodes - sizeof(uint)));
        return BitOperations.Crc32C(sum, *(ulong*)(record + RecordLayout.Second.Terms));
    }

    /// <summary>The tail of the row's first record.</summary>
    public static float FirstTail(byte* record) =>
        BitConverter.UInt32BitsToSingle((uint)((ushort*)(record + RecordLayout.Second.Terms))[3] << 16);
}
