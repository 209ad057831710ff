namespace Sosia.Vectors.Exact;

/// <summary>
/// How a row lies in the index: codes (one signed byte a coordinate), then for differences ½‖x‖² as float32, then scale, tail and
/// error, each the upper half of a float32 rounded up, and two unused bytes. Whole cache lines, so that a single row costs no more than one
/// of many.
/// </summary>
/// <param name="Bytes">The whole record: a multiple of 64.</param>
/// <param name="HasHalf">Whether the record holds ½‖x‖².</param>
internal readonly record struct RecordLayout(int Bytes, bool HasHalf)
{
    /// <summary>Bytes a cache line.</summary>
    public const int Line = 64;

    /// <summary>Rows of a block at most: enough that its bounds, four bytes each, stay in the second-level cache.</summary>
    public const int MostBlockRows = 1 << 16;

    /// <summary>Coordinates that a second record holds, behind those of the first.</summary>
    public const int SecondCodes = 116;

    /// <summary>Bytes before the terms of a second record: its codes, and its checksum.</summary>
    private const int ChecksumBytes = 4;

    private const int TermBytes = 8;
    private const int HalfBytes = 4;
    private const int RowsAPiece = 4096;
    private const int MostBlockBytes = 512 << 20;
    private const int LeastPartBytes = 512 << 10;

    /// <summary>Coordinates a record holds.</summary>
    public int Codes => Bytes - TermBytes - (HasHalf ? HalfBytes : 0);

    /// <summary>Where scale, tail and error are.</summary>
    public int Terms => Bytes - TermBytes;

    /// <summary>Where ½‖x‖² is.</summary>
    public int Half => Bytes - TermBytes - HalfBytes;

    /// <summary>Rows of a block at most: fewer where records are long, so that a block can be checked and allocated as one piece.</summary>
    public int RowsABlock
    {
        get
        {
            var rows = MostBlockBytes / Bytes;
            if (rows >= MostBlockRows)
                return MostBlockRows;
            return rows >= RowsAPiece ? rows / RowsAPiece * RowsAPiece : Math.Max(4, rows & ~3);
        }
    }

    /// <summary>Rows that a thread encodes at once; blocks hold whole pieces.</summary>
    public int PieceRows => Math.Min(RowsAPiece, RowsABlock);

    /// <summary>Rows that a thread scans at a time, at least: enough to read ahead.</summary>
    public int LeastRowsAPart => Math.Clamp(LeastPartBytes / Bytes & ~3, 4, RowsAPiece);

    /// <summary>Rows up to the next multiple of four: kernels take four at a time.</summary>
    public static int Pad(int count) => (count + 3) & ~3;

    /// <summary>
    /// How a row's second record lies, of which only rows that the first one does not rule out are read: codes of the next coordinates, a
    /// checksum, and in its terms the tail of the first record behind those of its own.
    /// </summary>
    public static RecordLayout Second { get; } = new(SecondCodes + ChecksumBytes + TermBytes, HasHalf: false);

    /// <summary>The smallest record for so many coordinates.</summary>
    public static RecordLayout For(int codes, bool hasHalf) =>
        new((codes + TermBytes + (hasHalf ? HalfBytes : 0) + Line - 1) / Line * Line, hasHalf);
}
