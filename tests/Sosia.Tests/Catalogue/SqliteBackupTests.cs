using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;

namespace Sosia.Tests.Catalogue;

/// <summary>One file that holds a moment, and brings it back without what was forgotten since.</summary>
public sealed class SqliteBackupTests : IDisposable
{
    private const int Dimensions = 512;

    private readonly TemporaryDirectory _directory = new();

    private SqliteCatalogueStore Store => new(_directory["collection"]);

    private string BackupFile => _directory["backup.db"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_backup_made_while_another_process_writes_holds_one_sound_moment()
    {
        using var child = ChildWriter.Start(Store.DirectoryPath);
        var acknowledged = 0;
        for (; acknowledged < 20; acknowledged++)
            Assert.Equal($"{acknowledged}.", await child.StandardOutput.ReadLineAsync());

        var made = new SqliteBackup(Store).Make(BackupFile, replace: false);
        child.Kill();
        await child.WaitForExitAsync();

        Assert.True(made.Photos.Total >= acknowledged);
        Assert.Equal([BackupFile], Directory.GetFiles(_directory.Path)); // complete in itself
        var elsewhere = new SqliteCatalogueStore(_directory["elsewhere"]);
        new SqliteBackup(elsewhere).Restore(BackupFile, replace: false);
        using var reader = elsewhere.OpenReader();
        Assert.Empty(reader.Verify());
        Assert.Equal((made.Photos, made.Faces), (reader.Count(), reader.CountFaces()));
        Assert.All(Enumerable.Range(0, (int)made.Photos.Total), number => Assert.NotNull(reader.FindPhoto(Some.Sha256($"{number}"))));
    }

    [Fact]
    public void A_copied_file_lacks_what_is_in_the_log_and_a_backup_does_not()
    {
        using var writer = Fill(3);
        File.Copy(Store.File, _directory["copied.db"]);
        new SqliteBackup(Store).Make(BackupFile, replace: false);
        Assert.NotEqual(
            3L,
            Scalar(_directory["copied.db"], "SELECT count(*) FROM sqlite_schema WHERE name = 'photos'") is 1L
                ? Scalar(_directory["copied.db"], "SELECT count(*) FROM photos")
                : 0L
        );
        Assert.Equal(3L, Scalar(BackupFile, "SELECT count(*) FROM photos"));
    }

    [Fact]
    public void A_backup_is_its_owners_alone_and_replaces_a_file_only_when_asked()
    {
        Fill(3).Dispose();
        File.WriteAllText(BackupFile, "a letter");
        var backup = new SqliteBackup(Store);
        Assert.Contains("--replace", Assert.Throws<CatalogueException>(() => backup.Make(BackupFile, replace: false)).Message);
        Assert.Equal("a letter", File.ReadAllText(BackupFile));
        Assert.Throws<CatalogueException>(() => backup.Make(Store.File, replace: true));

        Assert.Equal(3, backup.Make(BackupFile, replace: true).Photos.Total);
        Assert.Equal([BackupFile], Directory.GetFiles(_directory.Path));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(BackupFile));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_was_forgotten_since_the_backup_is_not_restored_and_does_not_come_back(bool ofTheSameCatalogue)
    {
        Fill(20).Dispose();
        new SqliteBackup(Store).Make(BackupFile, replace: false);
        if (!ofTheSameCatalogue)
        {
            Directory.Delete(Store.DirectoryPath, recursive: true); // made anew, with another salt
            Fill(20).Dispose();
        }
        using (var writer = Store.OpenWriter())
        {
            var face = writer.FacesOf(writer.FindPhotoAt("/p/8.jpg")!.Id)[0].Id;
            writer.Forget([writer.FindPhotoAt("/p/7.jpg")!.Id], [face]);
        }

        var restored = new SqliteBackup(Store).Restore(BackupFile, replace: true);

        Assert.Equal((1, 1), (restored.MarkedPhotos, restored.MarkedFaces));
        Assert.Equal(new Forgotten(1, 3, 3, Overwritten: true), restored.Erased);
        Assert.Equal((19, 37), (restored.Photos.Total, restored.Faces));
        Assert.Equal(
            ["/p/7.jpg: True, 2", "/p/8.jpg: False, 1"],
            restored.ErasedPhotos.Select(photo => $"{Assert.Single(photo.Paths)}: {photo.IsWhole}, {photo.Faces}")
        );
        Assert.False(Holds(7, 0) || Holds(7, 1) || Holds(8, 1)); // the larger face comes first
        Assert.True(Holds(8, 0));
        using (var writer = Store.OpenWriter())
        {
            writer.Commit(writer.EnsureSpace(Some.Space("model-b", Dimensions)), [Photo(7), Photo(8)]);
            Assert.Null(writer.FindPhoto(Some.Sha256("7")));
            Assert.Single(writer.FacesOf(writer.FindPhotoAt("/p/8.jpg")!.Id));
            Assert.Empty(writer.Verify());
        }
    }

    [Fact]
    public void An_open_reader_sees_what_was_restored_and_an_index_of_before_is_of_another_catalogue()
    {
        using (var writer = Fill(3))
            new SqliteBackup(Store).Make(BackupFile, replace: false);
        Fill(10).Dispose();
        using var reader = Store.OpenReader();
        var before = reader.Identity;
        Assert.Equal(10, reader.Count().Total);

        new SqliteBackup(Store).Restore(BackupFile, replace: true);

        Assert.Equal(3, reader.Count().Total);
        Assert.NotEqual(before, reader.Identity);
        Assert.Empty(reader.Verify());
    }

    [Fact]
    public void A_backup_of_before_is_brought_forward_when_it_is_restored()
    {
        using (var writer = Fill(5))
        {
            new SqliteBackup(Store).Make(BackupFile, replace: false);
            VersionEight.Restore(BackupFile, writer.Spaces()[0].Space.Key, "former");
        }
        var elsewhere = new SqliteCatalogueStore(_directory["elsewhere"]);
        new SqliteBackup(elsewhere).Restore(BackupFile, replace: false);
        using var reader = elsewhere.OpenReader();
        var (space, info, rows) = Assert.Single(reader.Spaces());
        Assert.Equal(FormerSpaceKey.Now("former"), info.Key);
        Assert.Equal(rows, reader.ReadEmbeddings(space).Count);
        Assert.Equal([new(null, 5)], reader.CountByProvenance(space));
        Assert.Empty(reader.Verify());
    }

    [Fact]
    public void What_is_no_sound_backup_is_refused_and_the_collection_stays_as_it_was()
    {
        Fill(5).Dispose();
        new SqliteBackup(Store).Make(BackupFile, replace: false);
        var sound = File.ReadAllBytes(BackupFile);
        Fill(8).Dispose();

        Refused(CatalogueProblem.CannotWrite, "holds something already", replace: false);
        File.WriteAllBytes(BackupFile, [1, .. sound]);
        Refused(CatalogueProblem.Damaged, BackupFile);
        var flipped = (byte[])sound.Clone();
        flipped[flipped.AsSpan().IndexOf(Row(2, 0)) + 5] ^= 8;
        File.WriteAllBytes(BackupFile, flipped);
        Refused(CatalogueProblem.Damaged, "take an older one");
        File.WriteAllBytes(BackupFile, sound);
        Scalar(BackupFile, "PRAGMA user_version = 999");
        Refused(CatalogueProblem.TooNew, "newer");
        File.Delete(BackupFile);
        Scalar(BackupFile, "CREATE TABLE bookmarks (url TEXT)");
        Refused(CatalogueProblem.Damaged, "no catalogue of Sosia");

        void Refused(CatalogueProblem problem, string says, bool replace = true)
        {
            var refused = Assert.Throws<CatalogueException>(() =>
                new SqliteBackup(Store).Restore(BackupFile, replace, () => throw new InvalidOperationException("Too early."))
            );
            Assert.Equal(problem, refused.Problem);
            Assert.Contains(says, refused.Message);
            using var reader = Store.OpenReader();
            Assert.Equal(8, reader.Count().Total);
            Assert.DoesNotContain(Directory.GetFiles(Store.DirectoryPath), file => file.Contains(".part", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Nothing_is_restored_while_an_index_runs_and_nothing_is_written_while_a_backup_is_restored()
    {
        Fill(3).Dispose();
        new SqliteBackup(Store).Make(BackupFile, replace: false);
        using (Store.OpenIndexer(TestContext.Current.CancellationToken))
        {
            var refused = Assert.Throws<CatalogueException>(() => new SqliteBackup(Store).Restore(BackupFile, replace: true));
            Assert.Equal(CatalogueProblem.Locked, refused.Problem);
            Assert.Contains("is being indexed by", refused.Message);
        }
        var impatient = new SqliteCatalogueStore(Store.DirectoryPath) { Patience = TimeSpan.Zero };
        var asked = 0;
        new SqliteBackup(Store).Restore(BackupFile, replace: true, () =>
        {
            asked++;
            Assert.Contains("is being written by", Assert.Throws<CatalogueException>(() => impatient.OpenWriter()).Message);
            Assert.Contains("is being indexed by", Assert.Throws<CatalogueException>(() => impatient.OpenIndexer()).Message);
        });
        Assert.Equal(1, asked);
        impatient.OpenIndexer(TestContext.Current.CancellationToken).Dispose();
    }

    [Fact]
    public void A_damaged_catalogue_is_not_replaced_without_a_word_about_what_was_forgotten()
    {
        Fill(5).Dispose();
        new SqliteBackup(Store).Make(BackupFile, replace: false);
        File.WriteAllBytes(Store.File, new byte[100_000]);
        var refused = Assert.Throws<CatalogueException>(() => new SqliteBackup(Store).Restore(BackupFile, replace: true));
        Assert.Equal(CatalogueProblem.Damaged, refused.Problem);
        Assert.Contains("move it away", refused.Message);

        File.Delete(Store.File);
        Assert.Equal(5, new SqliteBackup(Store).Restore(BackupFile, replace: false).Photos.Total);
    }

    [Fact]
    public void What_a_killed_restore_left_is_deleted_by_the_next_writer()
    {
        Fill(2).Dispose();
        File.WriteAllText(Store.File + ".0123.part", "rows of people");
        File.WriteAllText(Store.File + ".0123.part-wal", "rows of people");
        Store.OpenWriter().Dispose();
        Assert.DoesNotContain(Directory.GetFiles(Store.DirectoryPath), file => file.Contains(".part", StringComparison.Ordinal));
    }

    private ICatalogueWriter Fill(int photos)
    {
        var writer = Store.OpenWriter();
        writer.Commit(writer.EnsureSpace(Some.Space(dimensions: Dimensions)), [.. Enumerable.Range(0, photos).Select(Photo)]);
        return writer;
    }

    private static FileOutcome Photo(int number) => Some.Read($"/p/{number}.jpg", $"{number}", Face(number, 0), Face(number, 1));

    private static NewFace Face(int photo, int face) => Some.Face(face) with { Embedding = Some.Embedding(2 * photo + face, Dimensions) };

    private static byte[] Row(int photo, int face) => MemoryMarshal.AsBytes<float>(Face(photo, face).Embedding).Slice(1024, 24).ToArray();

    private bool Holds(int photo, int face) =>
        Directory.GetFiles(Store.DirectoryPath).Any(file => File.ReadAllBytes(file).AsSpan().IndexOf(Row(photo, face)) >= 0);

    private static object? Scalar(string file, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
