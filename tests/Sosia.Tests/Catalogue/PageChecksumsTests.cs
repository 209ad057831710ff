using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;
using Sosia.Catalogue.Sqlite.Engine;

namespace Sosia.Tests.Catalogue;

/// <summary>Every page of a catalogue has a checksum, however the catalogue came to be.</summary>
[Slow]
public sealed class PageChecksumsTests : IDisposable
{
    private const int PageBytes = 8192,
        ReservedAt = 20,
        Reserved = 8;

    private readonly TemporaryDirectory _directory = new();

    private SqliteCatalogueStore Store => new(_directory["collection"]);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_new_catalogue_has_them()
    {
        Fill();
        AssertNoticed(Store);
    }

    [Fact]
    public void One_of_an_earlier_version_gets_them_when_it_is_brought_forward()
    {
        Directory.CreateDirectory(_directory["collection"]);
        VersionOne.Make(Store.File, Some.Space().Key, Some.Sha256("a"), Some.Embedding(1));
        Assert.Equal(0, File.ReadAllBytes(Store.File)[ReservedAt]);
        Store.OpenReader().Dispose();
        AssertNoticed(Store);
    }

    [Fact]
    public void A_backup_of_an_earlier_version_gets_them_when_it_is_restored()
    {
        VersionOne.Make(_directory["backup"], Some.Space().Key, Some.Sha256("a"), Some.Embedding(1));
        new SqliteBackup(Store).Restore(_directory["backup"], replace: false);
        AssertNoticed(Store);
    }

    [Fact]
    public void A_backup_has_them()
    {
        Fill();
        new SqliteBackup(Store).Make(_directory["made/catalogue.db"], replace: false);
        AssertNoticed(new SqliteCatalogueStore(_directory["made"]));
    }

    [Fact]
    public void A_writer_that_was_open_when_another_wrote_the_pages_anew_gives_them_too()
    {
        Directory.CreateDirectory(_directory["collection"]);
        VersionOne.Make(Store.File, Some.Space().Key, Some.Sha256("a"), Some.Embedding(1));
        using (var before = SqliteFile.OpenToWrite(Store.File)) // brings it forward, and leaves the rest to a writer
        {
            Assert.Equal(0, File.ReadAllBytes(Store.File)[ReservedAt]);
            Store.OpenWriter().Dispose(); // writes all pages anew
            before.Maintain(() => before.Run("UPDATE photos SET width = width + 1"));
            Assert.True(before.FoldLog());
        }
        AssertNoticed(Store);
    }

    [Fact]
    public void A_page_in_another_place_is_noticed()
    {
        Fill();
        var bytes = File.ReadAllBytes(Store.File);
        bytes.AsSpan(2 * PageBytes, PageBytes).CopyTo(bytes.AsSpan(3 * PageBytes));
        File.WriteAllBytes(Store.File, bytes);
        Assert.True(IsNoticed(Store));
    }

    private void Fill()
    {
        Directory.CreateDirectory(_directory["made"]);
        using var writer = Store.OpenWriter();
        writer.Commit(writer.EnsureSpace(Some.Space()), [.. Enumerable.Range(0, 30).Select(ChildWriter.Outcome)]);
    }

    /// <summary>Flips each bit that says whether there are checksums, and some bits of every page.</summary>
    private static void AssertNoticed(SqliteCatalogueStore store)
    {
        var sound = File.ReadAllBytes(store.File);
        Assert.Equal(Reserved, sound[ReservedAt]);
        Assert.False(IsNoticed(store));
        for (var bit = 0; bit < 8; bit++)
            Flip(ReservedAt, bit);
        var random = new Random(sound.Length);
        for (var page = 0; page < sound.Length / PageBytes; page++)
        for (var i = 0; i < 4; i++)
            Flip(page * PageBytes + random.Next(PageBytes), random.Next(8));

        void Flip(int at, int bit)
        {
            var bytes = (byte[])sound.Clone();
            bytes[at] ^= (byte)(1 << bit);
            File.WriteAllBytes(store.File, bytes);
            Assert.True(IsNoticed(store), $"Bit {bit} of byte {at} of {sound.Length}.");
            File.WriteAllBytes(store.File, sound);
        }
    }

    private static bool IsNoticed(SqliteCatalogueStore store)
    {
        try
        {
            using var reader = store.OpenReader();
            return reader.Verify().Count > 0;
        }
        catch (CatalogueException)
        {
            return true;
        }
    }
}
