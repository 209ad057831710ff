using System.Text;
using Sosia.Vectors.Files;

namespace Sosia.Vectors.Tests.Files;

public sealed class NpyWriterTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly string _path;

    public NpyWriterTests() => _path = _directory.File("sub/x.npy");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_file_is_written_byte_for_byte_as_NumPy_would()
    {
        NpyFile.Write<float>(_path, [1, 2, 3, 4, 5, 6], columns: 3);
        var bytes = File.ReadAllBytes(_path);
        Assert.Equal(128 + 24, bytes.Length);
        Assert.Equal(
            "\u0093NUMPY\u0001\0v\0{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
            Encoding.Latin1.GetString(bytes)[..128].TrimEnd()
        );
        Assert.Equal((byte)'\n', bytes[127]);
    }

    [Fact]
    public void Rows_may_have_any_shape()
    {
        using (var writer = NpyWriter.Create<byte>(_path, 2, 1, 3))
        {
            writer.Append([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
            writer.Complete();
        }
        Assert.Equal(12, NpyFile.Read<byte>(_path, out var header).Length);
        Assert.Equal([2L, 2L, 1L, 3L], header.Shape);
        using (var writer = NpyWriter.Create<long>(_path))
        {
            writer.Append([7, 8]);
            writer.Complete();
        }
        Assert.Contains("'shape': (2,), }", Encoding.Latin1.GetString(File.ReadAllBytes(_path)), StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => NpyWriter.Create<byte>(_path, 2, 0));
    }

    [Fact]
    public void The_largest_sizes_fit_into_the_header() =>
        Assert.EndsWith(
            ", }",
            Encoding.ASCII.GetString(NpyHeader.Write(NpyType.Text, int.MaxValue / 4 * 4, [int.MaxValue, int.MaxValue])).TrimEnd(),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_file_appears_only_when_it_is_complete()
    {
        using (var writer = NpyWriter.Create<float>(_path, 2))
        {
            writer.Append([1, 2]);
            Assert.False(File.Exists(_path));
        }
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(_path)!));
    }

    [Fact]
    public void Half_a_row_is_refused()
    {
        using var writer = NpyWriter.Create<float>(_path, 2);
        Assert.Contains(
            "whole rows of 2",
            Assert.Throws<ArgumentException>(() => writer.Append([1, 2, 3])).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_was_interrupted_goes_on_at_the_next_whole_row()
    {
        using (var first = NpyWriter.Resume<float>(_path, 3))
        {
            Assert.Equal(0, first.Count);
            first.Append([1, 2, 3, 4, 5, 6]);
        }
        using (var torn = new FileStream(_path + ".part", FileMode.Append))
            torn.Write([1, 2, 3, 4, 5]);
        using (var second = NpyWriter.Resume<float>(_path, 3))
        {
            Assert.Equal(2, second.Count);
            second.GoBackTo(1);
            second.Append([7, 8, 9]);
            second.Complete();
        }
        Assert.Equal([1, 2, 3, 7, 8, 9], NpyFile.Read<float>(_path, out var header));
        Assert.Equal([2L, 3L], header.Shape);
        Assert.Equal([_path], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(_path)!));
    }

    [Fact]
    public void Rows_of_another_kind_are_not_gone_on_with()
    {
        using (var first = NpyWriter.Resume<float>(_path, 3))
            first.Append([1, 2, 3]);
        Assert.Throws<DamagedFileException>(() => NpyWriter.Resume<float>(_path, 4));
        Assert.Throws<DamagedFileException>(() => NpyWriter.Resume<double>(_path, 3));
        File.WriteAllText(_path + ".part", new string('x', 500));
        Assert.Throws<DamagedFileException>(() => NpyWriter.Resume<float>(_path, 3));
    }

    [Fact]
    public void Two_programs_do_not_go_on_with_the_same_file()
    {
        using var first = NpyWriter.Resume<float>(_path, 3);
        Assert.Throws<IOException>(() => NpyWriter.Resume<float>(_path, 3));
    }

    [Fact]
    public void Texts_are_written_by_code_points_and_filled_up()
    {
        NpyFile.WriteTexts(_path, ["Carmen_Electra", "Zoë", "", "👤"]);
        var header = NpyHeader.Read(_path);
        Assert.Equal((NpyType.Text, 14 * 4), (header.Type, header.ValueBytes));
        Assert.Equal([4L], header.Shape);
        var data = File.ReadAllBytes(_path).AsSpan((int)header.DataOffset);
        Assert.Equal(
            ["Carmen_Electra", "Zoë", "", "👤"],
            Enumerable.Range(0, 4).Select(i => Encoding.UTF32.GetString(File.ReadAllBytes(_path).AsSpan(128 + i * 56, 56)).TrimEnd('\0'))
        );
        Assert.Equal(4 * 56, data.Length);
    }

    [Fact]
    public void Numbers_of_another_type_than_asked_for_are_refused()
    {
        NpyFile.Write<long>(_path, [1, 2], columns: 1);
        Assert.Equal([1L, 2L], NpyFile.Read<long>(_path, out _));
        Assert.Contains(
            "expected Float32, got Int64",
            Assert.Throws<UnsupportedFileException>(() => NpyFile.Read<float>(_path, out _)).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<NotSupportedException>(() => NpyFile.Read<int>(_path, out _));
    }

    [Fact]
    public void A_full_disk_is_told_and_leaves_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/full is a Linux device.");
        // The file beside is a link to the device that is always full.
        File.CreateSymbolicLink(_directory.File("y.npy.part"), "/dev/full");
        using var writer = new NpyWriter<float>(DerivedFile.Resume(_directory.File("y.npy")), [2]);
        writer.Append([1, 2]);
        Assert.Throws<IOException>(writer.Flush);
        Assert.Throws<IOException>(writer.Complete);
        Assert.False(File.Exists(_directory.File("y.npy")));
    }
}
