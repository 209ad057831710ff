using Sosia.Vectors.Files;

namespace Sosia.Vectors.Tests.Files;

public sealed class DerivedFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_file_is_replaced_as_a_whole()
    {
        var path = _directory.File("deep/er/file");
        DerivedFile.Write(path, stream => stream.Write("first, and longer"u8));
        DerivedFile.Write(path, stream => stream.Write("second"u8));
        Assert.Equal("second", File.ReadAllText(path));
        Assert.Single(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void A_failure_leaves_the_old_file_and_nothing_else()
    {
        var path = _directory.File("file");
        DerivedFile.Write(path, stream => stream.Write("old"u8));
        Assert.Throws<InvalidDataException>(() =>
            DerivedFile.Write(
                path,
                stream =>
                {
                    stream.Write("half of the new"u8);
                    throw new InvalidDataException();
                }
            )
        );
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.EnumerateFileSystemEntries(_directory.Path));
    }

    [Fact]
    public void A_checked_file_gives_back_its_content()
    {
        var path = _directory.File("file");
        WriteChecked(path, stream => stream.Write("content"u8));
        Assert.Equal("content"u8, DerivedFile.ReadChecked(path)!);
        WriteChecked(path, _ => { });
        Assert.Empty(DerivedFile.ReadChecked(path)!);
    }

    [Fact]
    public void Any_bit_flipped_or_byte_lost_makes_a_checked_file_worthless()
    {
        var path = _directory.File("file");
        WriteChecked(path, stream => stream.Write("content"u8));
        var whole = File.ReadAllBytes(path);
        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            var flipped = whole.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(path, flipped);
            Assert.Null(DerivedFile.ReadChecked(path));
        }
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Null(DerivedFile.ReadChecked(path));
        }
    }

    [Fact]
    public void A_checked_file_that_is_not_there_is_nothing() => Assert.Null(DerivedFile.ReadChecked(_directory.File("nothing")));

    private static void WriteChecked(string path, Action<Stream> write)
    {
        using var file = DerivedFile.Create(path);
        write(file.Stream);
        file.CommitChecked();
    }
}
