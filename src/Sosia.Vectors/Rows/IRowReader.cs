namespace Sosia.Vectors;

/// <summary>A table of float rows as search sees it. It does not change while it is used. Safe for many callers.</summary>
public interface IRowReader
{
    /// <summary>Rows; all their floats together may be more than 2³¹.</summary>
    int Count { get; }

    /// <summary>Floats a row, 1 or more.</summary>
    int Dimensions { get; }

    /// <summary>One row. Valid until the next call on the same thread, and as long as the table is.</summary>
    /// <param name="row">From 0 to <see cref="Count"/> − 1.</param>
    ReadOnlySpan<float> Row(int row);

    /// <summary>
    /// Keeps the file that the rows lie in open until the returned object is disposed, and checks that it still has all rows. A search does
    /// so with its table; rows in memory need nothing.
    /// </summary>
    /// <exception cref="DamagedFileException">The file was cut off.</exception>
    /// <exception cref="ObjectDisposedException">It is closed already.</exception>
    IDisposable? KeepOpen() => null;

    /// <summary>Checks that the file that the rows lie in still has all of them, before many are read.</summary>
    /// <exception cref="DamagedFileException">It was cut off: reading on would end the process.</exception>
    void ThrowIfCutOff() { }

    /// <summary>As <see cref="ThrowIfCutOff()"/>, for the file alone that a row lies in, where a table has several.</summary>
    /// <param name="row">From 0 to <see cref="Count"/> − 1; the row that is read next, and others that lie with it.</param>
    void ThrowIfCutOff(int row) => ThrowIfCutOff();
}
