using Sosia.Vectors.Files;

namespace Sosia.Vectors.Tests.Files;

public sealed class DerivedDirectoryTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Made => _directory.File("made");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_directory_appears_when_it_is_complete()
    {
        using (var directory = DerivedDirectory.Create(Made + "/"))
        {
            directory.Add("a/b.txt", "hello"u8);
            Assert.Equal("hello"u8.ToArray(), directory.Read("a/b.txt"));
            Assert.Null(directory.Read("a/c.txt"));
            Assert.False(Directory.Exists(Made));
            directory.Commit();
        }
        Assert.Equal([Made], Directory.EnumerateFileSystemEntries(_directory.Path));
        Assert.Equal([Path.Combine(Made, "a", "b.txt")], Directory.EnumerateFiles(Made, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void What_is_not_committed_is_removed()
    {
        using (var directory = DerivedDirectory.Create(Made))
            directory.Add("a", "half"u8);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory.Path));
    }

    [Fact]
    public void What_a_killed_program_left_is_removed_by_the_next()
    {
        Directory.CreateDirectory(Made + ".part");
        File.WriteAllText(Path.Combine(Made + ".part", ".sosia-unfinished"), "");
        File.WriteAllText(Path.Combine(Made + ".part", "old"), "");
        using (var directory = DerivedDirectory.Create(Made))
        {
            directory.Add("new", "new"u8);
            directory.Commit();
        }
        Assert.Equal([Path.Combine(Made, "new")], Directory.EnumerateFiles(Made));
    }

    [Fact]
    public void Somebody_elses_directories_are_left_alone()
    {
        Directory.CreateDirectory(Made + ".part");
        Assert.Contains("is in the way", Assert.Throws<IOException>(() => DerivedDirectory.Create(Made)).Message, StringComparison.Ordinal);
        Directory.Delete(Made + ".part");
        using (var first = DerivedDirectory.Create(Made))
            Assert.Contains(
                "Another program is writing",
                Assert.Throws<IOException>(() => DerivedDirectory.Create(Made)).Message,
                StringComparison.Ordinal
            );
        File.WriteAllText(Made, "a file");
        Assert.Contains(
            "is there already",
            Assert.Throws<IOException>(() => DerivedDirectory.Create(Made)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("../out"), InlineData("/tmp/out"), InlineData("a/../../out"), InlineData(".sosia-unfinished"), InlineData("")]
    public void Nothing_is_written_outside(string place)
    {
        using var directory = DerivedDirectory.Create(Made);
        Assert.Throws<ArgumentException>(() => directory.Add(place, "x"u8));
    }
}
