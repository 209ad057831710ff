using System.Numerics;

namespace Sosia.Vectors;

/// <summary>A set of row numbers, one bit a row. Not to be changed while a search uses it.</summary>
public sealed class RowSet
{
    private readonly ulong[] _words;
    private int[]? _numbers;

    /// <summary>The empty set over a table of so many rows.</summary>
    public RowSet(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        Rows = rows;
        _words = new ulong[(rows + 63L) / 64];
    }

    /// <summary>Rows of the table that this is a set over.</summary>
    public int Rows { get; }

    /// <summary>Rows in the set.</summary>
    public int Count { get; private set; }

    /// <summary>64 rows a word, the lowest first; bits past the last row are 0.</summary>
    internal ReadOnlySpan<ulong> Words => _words;

    /// <summary>The rows in the set, lowest first; worked out once, since a filter is used again and again.</summary>
    internal ReadOnlySpan<int> Numbers => _numbers ??= ToArray();

    /// <summary>The rows that fulfil a condition.</summary>
    public static RowSet Where(int rows, Func<int, bool> holds)
    {
        ArgumentNullException.ThrowIfNull(holds);
        var set = new RowSet(rows);
        for (var row = 0; row < rows; row++)
            if (holds(row))
                set.Add(row);
        return set;
    }

    /// <summary>The same rows, in a set of its own over a table of so many; none where there is no set.</summary>
    /// <exception cref="ArgumentException">The table has fewer rows than the set's.</exception>
    public static RowSet Copy(RowSet? set, int rows)
    {
        var copy = new RowSet(rows) { Count = set?.Count ?? 0 };
        set?._words.CopyTo(copy._words, 0);
        return copy;
    }

    /// <summary>All rows.</summary>
    public static RowSet All(int rows) => Where(rows, static _ => true);

    /// <summary>Whether a row is in the set.</summary>
    public bool Contains(int row) => (uint)row < (uint)Rows && (_words[row >> 6] >> row & 1) != 0;

    /// <summary>Puts a row in.</summary>
    /// <returns>False when it was in already.</returns>
    public bool Add(int row)
    {
        if (Contains(Checked(row)))
            return false;
        _words[row >> 6] |= 1UL << row;
        _numbers = null;
        Count++;
        return true;
    }

    /// <summary>Takes a row out.</summary>
    /// <returns>False when it was not in.</returns>
    public bool Remove(int row)
    {
        if (!Contains(Checked(row)))
            return false;
        _words[row >> 6] &= ~(1UL << row);
        _numbers = null;
        Count--;
        return true;
    }

    /// <summary>The lowest row in the set that is not below <paramref name="from"/>; −1 when there is none.</summary>
    public int Next(int from)
    {
        if (from >= Rows)
            return -1;
        var word = _words[from >> 6] & (ulong.MaxValue << from);
        for (var at = from >> 6; ; word = _words[at])
        {
            if (word != 0)
                return at * 64 + BitOperations.TrailingZeroCount(word);
            if (++at >= _words.Length)
                return -1;
        }
    }

    private int[] ToArray()
    {
        var numbers = new int[Count];
        var row = -1;
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = row = Next(row + 1);
        return numbers;
    }

    private int Checked(int row) =>
        (uint)row < (uint)Rows ? row : throw new ArgumentOutOfRangeException(nameof(row), $"Expected a row below {Rows}, got {row}.");
}
