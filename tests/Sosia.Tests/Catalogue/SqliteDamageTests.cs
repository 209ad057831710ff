using Microsoft.Data.Sqlite;
using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;

namespace Sosia.Tests.Catalogue;

/// <summary>Files that are not what was written, or lie where nothing can be written.</summary>
public sealed class SqliteDamageTests : IDisposable
{
    private const UnixFileMode Readable =
        UnixFileMode.UserRead
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    private readonly TemporaryDirectory _directory = new();

    private SqliteCatalogueStore Store => new(_directory.Path);

    public static TheoryData<int> Tenths => [1, 2, 3, 4, 5, 6, 7, 8, 9];

    [Theory]
    [MemberData(nameof(Tenths))]
    public void A_catalogue_cut_off_anywhere_is_damaged_for_readers_and_writers(int tenths)
    {
        Fill();
        var bytes = File.ReadAllBytes(Store.File);
        File.WriteAllBytes(Store.File, bytes[..(bytes.Length * tenths / 10)]);

        Assert.Equal(CatalogueProblem.Damaged, Assert.Throws<CatalogueException>(() => Store.OpenReader()).Problem);
        Assert.Equal(CatalogueProblem.Damaged, Assert.Throws<CatalogueException>(() => Store.OpenWriter()).Problem);
        Assert.Equal(bytes.Length * tenths / 10, new FileInfo(Store.File).Length);
    }

    [Fact]
    public void Garbage_is_damaged_and_left_as_it_is()
    {
        var garbage = new byte[30_000];
        new Random(1).NextBytes(garbage);
        File.WriteAllBytes(Store.File, garbage);
        var damaged = Assert.Throws<CatalogueException>(() => Store.OpenReader());
        Assert.Equal(CatalogueProblem.Damaged, damaged.Problem);
        Assert.Contains(Store.File, damaged.Message);
        Assert.Equal(CatalogueProblem.Damaged, Assert.Throws<CatalogueException>(() => Store.OpenWriter()).Problem);
        Assert.Equal(garbage, File.ReadAllBytes(Store.File));
    }

    [Fact]
    public void A_SQLite_file_of_another_program_is_refused_and_left_as_it_is()
    {
        Execute(Store.File, "CREATE TABLE bookmarks (url TEXT)");
        Assert.Contains("no catalogue of Sosia", Assert.Throws<CatalogueException>(() => Store.OpenReader()).Message);
        Assert.Contains("no catalogue of Sosia", Assert.Throws<CatalogueException>(() => Store.OpenWriter()).Message);
        Assert.Equal(1L, Execute(Store.File, "SELECT count(*) FROM sqlite_schema"));
    }

    [Fact]
    public void A_catalogue_of_a_newer_version_is_refused_and_left_as_it_is()
    {
        Fill();
        Execute(Store.File, "PRAGMA user_version = 999");
        Assert.Equal(CatalogueProblem.TooNew, Assert.Throws<CatalogueException>(() => Store.OpenReader()).Problem);
        Assert.Equal(CatalogueProblem.TooNew, Assert.Throws<CatalogueException>(() => Store.OpenWriter()).Problem);
        Assert.Equal(999L, Execute(Store.File, "PRAGMA user_version"));
    }

    [Fact]
    public void An_empty_file_left_by_a_writer_that_died_is_missing_for_readers_and_made_by_the_next_writer()
    {
        File.WriteAllBytes(Store.File, []);
        Assert.Equal(CatalogueProblem.Missing, Assert.Throws<CatalogueException>(() => Store.OpenReader()).Problem);
        Fill();
        using var reader = Store.OpenReader();
        Assert.True(reader.Count().Total > 0);
    }

    [Fact]
    public void One_flipped_bit_in_an_embedding_is_noticed_by_verify_and_by_reading()
    {
        Fill();
        var bytes = File.ReadAllBytes(Store.File);
        var at = bytes.AsSpan().IndexOf(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(Some.Embedding(5)));
        Assert.True(at > 0);
        bytes[at + 13] ^= 4;
        File.WriteAllBytes(Store.File, bytes);

        using var reader = Store.OpenReader();
        Assert.NotEmpty(reader.Verify());
        var damaged = Assert.Throws<CatalogueException>(() => reader.ReadEmbeddings(reader.Spaces()[0].Id));
        Assert.Equal(CatalogueProblem.Damaged, damaged.Problem);
        Assert.Contains("a page does not fit its checksum", damaged.Message);
    }

    [Theory]
    [InlineData("UPDATE photos SET state = 'NoFace' WHERE state = 'Searchable'", "is said to be NoFace, but its faces make it Searchable")]
    [InlineData("DELETE FROM files WHERE path = '/p/5.jpg'", "lies nowhere")]
    [InlineData("DELETE FROM analysed", "was analysed in no space")]
    [InlineData("DELETE FROM faces WHERE id = 1", "refers to a row of faces that is not there")]
    [InlineData("UPDATE embeddings SET row = x'00' WHERE face = 2", "has 1 bytes instead of 32")]
    [InlineData("UPDATE embeddings SET face = face + 1000", "does not fit its checksum")]
    public void Rows_that_contradict_each_other_are_named_by_verify(string damage, string finding)
    {
        Fill();
        Execute(Store.File, $"PRAGMA foreign_keys = OFF; {damage}");
        using var reader = Store.OpenReader();
        Assert.Contains(reader.Verify(), problem => problem.Contains(finding, StringComparison.Ordinal));
    }

    [Fact]
    public void A_page_of_noise_in_the_middle_never_gives_anything_but_a_clear_error()
    {
        Fill();
        var sound = File.ReadAllBytes(Store.File);
        const int Page = 8192;
        for (var page = 1; page < sound.Length / Page; page++)
        {
            var bytes = (byte[])sound.Clone();
            new Random(page).NextBytes(bytes.AsSpan(page * Page, Page));
            File.WriteAllBytes(Store.File, bytes);
            try
            {
                using var reader = Store.OpenReader();
                Assert.NotEmpty(reader.Verify());
                reader.ReadEmbeddings(reader.Spaces()[0].Id);
                reader.Photos(default, 100);
                reader.FilesUnder("/");
                reader.Count();
            }
            catch (CatalogueException damaged)
            {
                Assert.Equal(CatalogueProblem.Damaged, damaged.Problem);
            }
        }
    }

    [Fact]
    public void A_directory_that_cannot_be_written_can_be_read_and_refuses_a_writer()
    {
        if (!OperatingSystem.IsLinux())
            throw Xunit.Sdk.SkipException.ForSkip("Becoming nobody works the way of Linux.");
        Fill();
        // The catalogue is its owner's alone, and who is root here becomes somebody else.
        if (Environment.IsPrivilegedProcess)
            OperatingSystemLimits.SetMode(Store.File, Readable);
        File.SetUnixFileMode(_directory.Path, Readable);
        OperatingSystemLimits.AsOrdinaryUser(() =>
        {
            using (var reader = Store.OpenReader())
            {
                Assert.Equal(20, reader.ReadEmbeddings(reader.Spaces()[0].Id).Faces.Length);
                Assert.Empty(reader.Verify());
            }
            var refused = Assert.Throws<CatalogueException>(() => Store.OpenWriter());
            Assert.Equal(CatalogueProblem.CannotWrite, refused.Problem);
            Assert.Contains(_directory.Path, refused.Message);
        });
        Assert.False(File.Exists(Store.File + "-wal"));
    }

    [Fact]
    public void A_directory_that_cannot_be_read_says_so_and_not_that_it_is_empty()
    {
        if (!OperatingSystem.IsLinux())
            throw Xunit.Sdk.SkipException.ForSkip("Becoming nobody works the way of Linux.");
        Fill();
        File.SetUnixFileMode(_directory.Path, UnixFileMode.None);
        OperatingSystemLimits.AsOrdinaryUser(() =>
            Assert.Equal(CatalogueProblem.CannotWrite, Assert.Throws<CatalogueException>(() => Store.OpenReader()).Problem)
        );
    }

    [Fact]
    public void A_log_left_by_a_killed_writer_where_nothing_can_be_written_is_read_or_refused_but_never_ignored()
    {
        if (!OperatingSystem.IsLinux())
            throw Xunit.Sdk.SkipException.ForSkip("Becoming nobody works the way of Linux.");
        using var writer = Store.OpenWriter(); // still open: its last commits are in the log
        writer.Announce([Some.File("/p/a.jpg")]);
        using var copy = new TemporaryDirectory();
        foreach (var name in new[] { "catalogue.db", "catalogue.db-wal" })
            File.Copy(_directory[name], copy[name]);
        File.SetUnixFileMode(copy.Path, Readable);
        OperatingSystemLimits.AsOrdinaryUser(() =>
        {
            try
            {
                using var reader = new SqliteCatalogueStore(copy.Path).OpenReader();
                Assert.Equal(1, reader.Count().Waiting);
            }
            catch (CatalogueException refused)
            {
                Assert.Equal(CatalogueProblem.CannotWrite, refused.Problem);
            }
        });
        File.SetUnixFileMode(copy.Path, Readable | UnixFileMode.UserWrite);
    }

    [Fact]
    public void A_place_where_no_directory_can_be_made_refuses_a_writer()
    {
        File.WriteAllText(_directory["file"], "");
        var refused = Assert.Throws<CatalogueException>(() => new SqliteCatalogueStore(_directory["file/collection"]).OpenWriter());
        Assert.Equal(CatalogueProblem.CannotWrite, refused.Problem);
    }

    public void Dispose()
    {
        if (OperatingSystem.IsLinux())
            File.SetUnixFileMode(_directory.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _directory.Dispose();
    }

    // Twenty photos with a face each; returns the face of photo 5.
    private FaceId Fill()
    {
        using var writer = Store.OpenWriter();
        var space = writer.EnsureSpace(Some.Space());
        writer.Commit(space, [.. Enumerable.Range(0, 20).Select(i => Some.Read($"/p/{i}.jpg", $"{i}", Some.Face(i)))]);
        return writer.FacesOf(writer.FindPhotoAt("/p/5.jpg")!.Id)[0].Id;
    }

    private static object? Execute(string file, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
