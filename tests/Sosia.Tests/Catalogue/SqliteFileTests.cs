using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Data.Sqlite;
using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;

namespace Sosia.Tests.Catalogue;

/// <summary>The file itself: older versions, what is forgotten, what is left behind.</summary>
public sealed class SqliteFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private SqliteCatalogueStore Store => new(_directory.Path);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_catalogue_of_version_1_is_brought_forward_with_all_it_holds(bool byWriter)
    {
        var key = Some.Space().Key;
        VersionOne.Make(Store.File, key, Some.Sha256("a"), Some.Embedding(1));
        using ICatalogueReader catalogue = byWriter ? Store.OpenWriter() : Store.OpenReader();

        var photo = catalogue.FindPhotoAt("/p/a.jpg")!;
        Assert.Equal((Some.Sha256("a"), PhotoState.Searchable), (photo.Sha256, photo.State));
        Assert.Equal("/p/bad.jpg", Assert.Single(catalogue.Failures()).File.Path);
        var (space, info, _) = Assert.Single(catalogue.Spaces());
        Assert.Equal(new SpaceInfo(FormerSpaceKey.Now(key), "model-a", Some.Dimensions), info);
        Assert.Equal(Some.Embedding(1), catalogue.ReadEmbeddings(space).Floats());
        Assert.Equal(VersionOne.Changes, catalogue.Version);
        Assert.Equal(32, catalogue.Identity.Length);
        Assert.Empty(catalogue.Verify());
        // What changed before version 2 was never written down.
        Assert.Null(catalogue.ReadChanges(space, catalogue.Revision with { Version = VersionOne.Changes - 1 }));
        Assert.Empty(catalogue.ReadChanges(space, catalogue.Revision)!.Added.Faces);
    }

    [Fact]
    public void A_migrated_catalogue_has_the_same_tables_as_a_new_one()
    {
        VersionOne.Make(Store.File, "key", "hash", Some.Embedding(1));
        Store.OpenWriter().Dispose();
        var fresh = new SqliteCatalogueStore(_directory["fresh"]);
        fresh.OpenWriter().Dispose();
        Assert.Equal(Tables(fresh.File), Tables(Store.File));
    }

    [Fact]
    public void A_catalogue_made_anew_in_the_same_place_has_another_identity()
    {
        string first;
        using (var writer = Store.OpenWriter())
            first = writer.Identity;
        File.Delete(Store.File);
        using var second = Store.OpenWriter();
        Assert.NotEqual(first, second.Identity);
    }

    [Fact]
    public void What_was_removed_is_not_in_the_files_any_more()
    {
        using (var writer = Store.OpenWriter())
        {
            var space = writer.EnsureSpace(Some.Space());
            writer.Commit(space, [.. Enumerable.Range(0, 50).Select(i => Some.Read($"/p/secret-name-{i}.jpg", $"{i}", Some.Face(i)))]);
            writer.RemovePaths(["/p/secret-name-7.jpg"]);
        }
        var bytes = File.ReadAllBytes(Store.File);
        Assert.Equal(["catalogue.db", "writer.lock"], Directory.EnumerateFiles(_directory.Path).Select(Path.GetFileName).Order());
        Assert.True(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes("/p/secret-name-8.jpg")) > 0);
        Assert.True(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes("/p/secret-name-7.jpg")) < 0);
        Assert.True(bytes.AsSpan().IndexOf(MemoryMarshal.AsBytes<float>(Some.Embedding(8))) > 0);
        Assert.True(bytes.AsSpan().IndexOf(MemoryMarshal.AsBytes<float>(Some.Embedding(7))) < 0);
    }

    [Fact]
    public void A_writer_that_ends_leaves_an_empty_log_also_beside_an_open_reader()
    {
        using var writer = Store.OpenWriter();
        writer.Announce([Some.File("/p/a.jpg")]);
        using var reader = Store.OpenReader();
        Assert.Equal(1, reader.Count().Waiting);
        writer.Dispose();
        Assert.Equal(0, new FileInfo(Store.File + "-wal").Length);
        Assert.Equal(1, reader.Count().Waiting);
    }

    [Fact]
    public void A_new_collection_is_its_owners_alone()
    {
        if (OperatingSystem.IsWindows())
            throw Xunit.Sdk.SkipException.ForSkip("Windows keeps a user's data directory private by itself.");
        new SqliteCatalogueStore(_directory["new"]).OpenWriter().Dispose();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_directory["new"]));
    }

    [Fact]
    public void A_directory_whose_name_is_hard_to_quote_holds_a_catalogue_like_any_other()
    {
        var store = new SqliteCatalogueStore(_directory["a;Mode=Memory 'x' \"y\" %41 ?immutable=1 #é😀"]);
        using (var writer = store.OpenWriter())
            writer.Announce([Some.File("/p/a.jpg")]);
        Assert.True(File.Exists(store.File));
        using var reader = store.OpenReader();
        Assert.Equal(1, reader.Count().Waiting);
    }

    public void Dispose() => _directory.Dispose();

    private static List<string> Tables(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1";
        using var rows = command.ExecuteReader();
        var tables = new List<string>();
        while (rows.Read())
            tables.Add(rows.GetString(0));
        return tables;
    }
}
