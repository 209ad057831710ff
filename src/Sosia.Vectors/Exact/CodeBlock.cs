namespace Sosia.Vectors.Exact;

/// <summary>The records of some rows of the table, one behind the other; never changed once made.</summary>
internal sealed unsafe class CodeBlock
{
    /// <summary>Rows a block has at most: enough that its bounds, four bytes each, stay in the second-level cache.</summary>
    public const int MostRows = 1 << 16;

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
    public int First { get; }
    public int Count { get; }
    public BlockLimits Limits { get; }

    /// <summary>Rows up to the next multiple of four.</summary>
    public int Padded => Pad(Count);

    public static int Pad(int count) => (count + 3) & ~3;

    public void KeepAlive() => GC.KeepAlive(_owner);
}

/// <summary>The largest of a block's rows: what a bound needs beside each row's own terms.</summary>
/// <param name="Length">The longest row, moved by the mean, with what its codes add.</param>
/// <param name="Half">The largest ½‖x‖², 0 where records have none.</param>
internal readonly record struct BlockLimits(float Length, float Half)
{
    public BlockLimits With(BlockLimits other) => new(Math.Max(Length, other.Length), Math.Max(Half, other.Half));
}
