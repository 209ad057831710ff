using Sosia.Vectors.Files;

namespace Sosia.Vectors.Tests.Files;

public sealed class NpyRowsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void All_three_versions_of_the_format_are_read(int version)
    {
        using var rows = Open(NpyBytes.Header("<f4", "(2, 3)"), NpyBytes.Floats(1, 2, 3, 4, 5, 6), version);
        Assert.Equal((2, 3), (rows.Count, rows.Dimensions));
        Assert.Equal([4, 5, 6], rows.Row(1).ToArray());
    }

    [Theory]
    [InlineData("{\"shape\":(2L,2L),\"descr\":\"<f4\",\"fortran_order\":False}")] // Python 2, other order, no comma at the end
    [InlineData("{'descr': '=f4', 'fortran_order': False, 'shape': (2, 2,), }     ")]
    public void A_header_may_be_written_in_other_ways_that_mean_the_same(string header)
    {
        using var rows = Open(header, NpyBytes.Floats(1, 2, 3, 4));
        Assert.Equal([3, 4], rows.Row(1).ToArray());
    }

    [Fact]
    public void Every_type_of_number_is_read_as_floats()
    {
        Check(Enumerable.Range(0, 99).Select(i => i * 0.37 - 3).ToArray(), value => (float)value);
        Check(Enumerable.Range(0, 99).Select(i => (sbyte)(i - 50)).ToArray(), value => value);
        Check(Enumerable.Range(0, 99).Select(i => (byte)(i + 150)).ToArray(), value => value);
        Check(Enumerable.Range(0, 99).Select(i => (long)i << 20).ToArray(), value => value);
        Check(Enumerable.Range(0, 99).Select(i => i * 0.37f - 3).ToArray(), value => value);
    }

    [Fact]
    public void Every_half_is_read_as_itself() =>
        Check(Enumerable.Range(0, 65536 / 3 * 3).Select(i => BitConverter.UInt16BitsToHalf((ushort)i)).ToArray(), value => (float)value);

    [Fact]
    public void Floats_at_an_odd_place_are_read_too()
    {
        var header = NpyBytes.Header("<f4", "(1, 2)");
        for (var i = 0; i < 4; i++, header += " ")
        {
            using var rows = Open(header, NpyBytes.Floats(1.5f, -2));
            Assert.Equal([1.5f, -2], rows.Row(0).ToArray());
        }
    }

    [Theory]
    [InlineData("(2, 2, 1, 3)")] // the students' maps: rows × columns × channels of each picture
    [InlineData("(2, 1, 6)")] // one prediction after the other, each with its batch of one
    public void Of_more_axes_each_row_is_read_flat(string shape)
    {
        var values = Enumerable.Range(0, 12).Select(i => (float)i).ToArray();
        using var rows = Open(
            NpyBytes.Header("<f4", shape),
            System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray()
        );
        Assert.Equal((2, 6), (rows.Count, rows.Dimensions));
        Assert.Equal(values[6..], rows.Row(1).ToArray());
    }

    [Fact]
    public void A_table_without_rows_is_a_table()
    {
        using var rows = Open(NpyBytes.Header("<f4", "(0, 7)"), []);
        Assert.Equal((0, 7), (rows.Count, rows.Dimensions));
        Assert.Throws<ArgumentOutOfRangeException>(() => rows.Row(0).Length);
    }

    [Theory]
    [InlineData("<f4", "(2, 3)", "True", "Fortran order")]
    [InlineData(">f4", "(2, 3)", "False", "big-endian ('>f4')")]
    [InlineData("|O", "(2, 3)", "False", "Python objects")]
    [InlineData("<c8", "(1, 3)", "False", "of type '<c8'")]
    [InlineData("<U6", "(1, 1)", "False", "text")]
    [InlineData("<f4", "(6,)", "False", "expected rows × values, got one axis")]
    [InlineData("<f4", "()", "False", "expected rows × values", 4)]
    [InlineData("<f4", "(5, 0)", "False", "hold no values", 0)]
    [InlineData("<f4", "(5, 9, 0, 9)", "False", "hold no values", 0)]
    [InlineData("<f4", "(0, 4294967296, 4294967296, 4)", "False", "got 4,294,967,296 × 4,294,967,296 × 4 values of 4", 0)]
    public void What_is_not_rows_of_numbers_in_C_order_is_refused_by_name(
        string type,
        string shape,
        string fortran,
        string says,
        int bytes = 24
    )
    {
        var error = Assert.Throws<UnsupportedFileException>(() => Open(NpyBytes.Header(type, shape, fortran), new byte[bytes]));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(error.Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_of_fields_are_refused() =>
        Assert.Throws<UnsupportedFileException>(() =>
            Open("{'descr': [('x', '<f4'), ('y', '<f4')], 'fortran_order': False, 'shape': (3,), }", new byte[24])
        );

    [Fact]
    public void More_rows_than_row_numbers_are_refused()
    {
        var path = _directory.File("many.npy");
        var start = NpyBytes.Make(NpyBytes.Header("|u1", "(2147483648, 1)"), []);
        using (var sparse = new FileStream(path, FileMode.CreateNew))
        {
            sparse.Write(start);
            sparse.SetLength(start.Length + 2147483648L);
        }
        Assert.Contains(
            "at most 2,147,483,647 rows",
            Assert.Throws<UnsupportedFileException>(() => NpyRows.Open(path)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("(3, 3)", 24)] // promises more than there is
    [InlineData("(2, 3)", 23)] // cut off
    [InlineData("(2, 3)", 25)] // something behind it
    [InlineData("(1, 3)", 24)]
    [InlineData("(4611686018427387904, 4)", 24)] // 2⁶⁴ values, which wrap to none
    [InlineData("(9223372036854775807, 9223372036854775807, 9223372036854775807)", 24)]
    [InlineData("(99999999999999999999, 1)", 24)]
    [InlineData("(-2, 3)", 24)]
    public void A_header_that_lies_about_the_size_is_found_out(string shape, int bytes) =>
        Assert.Throws<DamagedFileException>(() => Open(NpyBytes.Header("<f4", shape), new byte[bytes]));

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{'descr': '<f4', 'fortran_order': False}")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1)")]
    [InlineData("{'descr': '<f4', 'fortran_order': maybe, 'shape': (1, 1)}")]
    [InlineData("{'descr': '<f4', 'descr': '<f8', 'fortran_order': False, 'shape': (1, 1)}")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1)} + __import__('os').abort()")]
    public void A_header_that_is_not_such_a_dictionary_is_damage(string header) =>
        Assert.Throws<DamagedFileException>(() => Open(header, new byte[4]));

    [Fact]
    public void Every_file_cut_short_is_refused()
    {
        var whole = NpyBytes.Make(NpyBytes.Header("<f4", "(2, 3)"), new byte[24]);
        var path = _directory.File("cut.npy");
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Throws<DamagedFileException>(() => NpyRows.Open(path));
        }
    }

    [Fact]
    public void Any_bit_of_a_header_flipped_gives_a_typed_error_or_rows_within_the_file()
    {
        var whole = NpyBytes.Make(NpyBytes.Header("<f4", "(2, 3)"), NpyBytes.Floats(1, 2, 3, 4, 5, 6));
        var path = _directory.File("flipped.npy");
        for (var bit = 0; bit < (whole.Length - 24) * 8; bit++)
        {
            var flipped = whole.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(path, flipped);
            try
            {
                using var rows = NpyRows.Open(path);
                for (var row = 0; row < rows.Count; row++)
                    Assert.Equal(rows.Dimensions, rows.Row(row).Length);
                Assert.True(rows.Header.FileBytes == whole.Length);
            }
            catch (Exception e) when (e is DamagedFileException or UnsupportedFileException) { }
        }
    }

    [Fact]
    public void A_file_cut_off_after_it_was_opened_is_noticed_before_it_is_read()
    {
        using var rows = Open(NpyBytes.Header("<f4", "(2, 3)"), new byte[24]);
        rows.ThrowIfCutOff();
        using (var stream = new FileStream(rows.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
            stream.SetLength(30);
        Assert.Throws<DamagedFileException>(rows.ThrowIfCutOff);
    }

    [Fact]
    public void A_file_that_grows_while_it_is_read_keeps_its_rows_and_is_refused_when_opened_anew()
    {
        using var rows = Open(NpyBytes.Header("<f4", "(1, 2)"), NpyBytes.Floats(1, 2));
        using (var stream = new FileStream(rows.Path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
            stream.Write(new byte[100_000]);
        rows.ThrowIfCutOff();
        Assert.Equal([1, 2], rows.Row(0).ToArray());
        Assert.Throws<DamagedFileException>(() => NpyRows.Open(rows.Path));
    }

    [Fact]
    public void A_file_replaced_while_it_is_read_stays_what_it_was()
    {
        using var rows = Open(NpyBytes.Header("<f4", "(1, 2)"), NpyBytes.Floats(1, 2));
        NpyFile.Write<float>(rows.Path, [7, 8, 9, 10], columns: 2);
        rows.ThrowIfCutOff();
        Assert.Equal([1, 2], rows.Row(0).ToArray());
        using var now = NpyRows.Open(rows.Path);
        Assert.Equal([9, 10], now.Row(1).ToArray());
    }

    [Fact]
    public void Rows_of_a_closed_file_are_not_handed_out()
    {
        var rows = Open(NpyBytes.Header("<f4", "(1, 2)"), NpyBytes.Floats(1, 2));
        rows.Dispose();
        rows.Dispose();
        Assert.Throws<ObjectDisposedException>(() => rows.Row(0).Length);
        Assert.Throws<ObjectDisposedException>(rows.ThrowIfCutOff);
    }

    [Fact]
    public void A_file_that_is_not_there_says_so() =>
        Assert.Throws<FileNotFoundException>(() => NpyRows.Open(_directory.File("nothing.npy")));

    private NpyRows Open(string header, byte[] data, int version = 1)
    {
        var path = _directory.File("x.npy");
        File.WriteAllBytes(path, NpyBytes.Make(header, data, version));
        return NpyRows.Open(path);
    }

    private void Check<T>(T[] values, Func<T, float> expected)
        where T : unmanaged
    {
        var path = _directory.File("typed.npy");
        NpyFile.Write<T>(path, values, values.Length / 3);
        using var rows = NpyRows.Open(path);
        for (var row = 0; row < 3; row++)
            Assert.Equal(values.Skip(row * rows.Dimensions).Take(rows.Dimensions).Select(expected), rows.Row(row).ToArray());
    }
}
