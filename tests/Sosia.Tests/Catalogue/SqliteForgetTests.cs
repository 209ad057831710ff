using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Data.Sqlite;
using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;

namespace Sosia.Tests.Catalogue;

/// <summary>What was forgotten is in no byte of any file, wherever SQLite had moved it meanwhile.</summary>
public sealed class SqliteForgetTests : IDisposable
{
    private const int Dimensions = 512,
        PhotosStored = 300;

    private readonly TemporaryDirectory _directory = new();

    private SqliteCatalogueStore Store => new(_directory["collection"]);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void No_file_holds_a_forgotten_row_hash_or_path()
    {
        using (var writer = Store.OpenWriter())
        {
            Fill(writer);
            using var reader = Store.OpenReader(); // open, but in the middle of nothing
            var gone = Enumerable.Range(0, PhotosStored).Where(i => i % 3 == 0 && writer.FindPhotoAt(PathOf(i)) is not null).ToList();
            Assert.True(writer.Forget([.. gone.Select(i => writer.FindPhotoAt(PathOf(i))!.Id)], []).Overwritten);
            Assert.Empty(writer.Verify());
            Check(gone);
        }
        Check(Enumerable.Range(0, PhotosStored).Where(i => i % 3 == 0));
        Assert.True(Holds(Row(1)) || Holds(Row(2)));
        Assert.True(Holds(Row(LookOf(1))) || Holds(Row(LookOf(2)))); // and what stays can be found that way
    }

    [Theory]
    [InlineData(ChildForgetter.End.Killed)]
    [InlineData(ChildForgetter.End.DiskFull)]
    public async Task What_was_forgotten_by_a_process_that_could_not_write_the_file_anew_is_erased_by_the_next_writer(
        ChildForgetter.End end
    )
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The limit on file sizes is set the way of Linux.");
        PhotoId[] gone;
        using (var writer = Store.OpenWriter())
        {
            Fill(writer);
            gone =
            [
                .. Enumerable
                    .Range(0, PhotosStored)
                    .Where(i => i % 3 == 0)
                    .Select(i => writer.FindPhotoAt(PathOf(i)))
                    .OfType<PhotoRow>()
                    .Select(photo => photo.Id),
            ];
        }
        var said = await ChildForgetter.Run(_directory["collection"], gone, end);
        Assert.StartsWith(end == ChildForgetter.End.Killed ? "" : "Overwritten: False. The ", said);
        Assert.DoesNotContain("nother program", said); // it was the disk
        using (var reader = Store.OpenReader())
            Assert.All(gone, photo => Assert.Null(reader.FindPhoto(photo))); // it was committed
        Assert.True(FreePages() > 0);

        Store.OpenWriter().Dispose();
        Assert.Equal(0, FreePages());
        Check(Enumerable.Range(0, PhotosStored).Where(i => i % 3 == 0));
        using var after = Store.OpenReader();
        Assert.Empty(after.Verify());
    }

    /// <summary>Stores photos in random order and with removals between, so that pages are split, merged and filled again.</summary>
    private static void Fill(ICatalogueWriter writer)
    {
        var random = new Random(5);
        var space = writer.EnsureSpace(Some.Space(dimensions: Dimensions));
        var look = writer.EnsureSpace(new(Some.Sha256("look"), "look", Dimensions, SpaceKind.Photos));
        foreach (var batch in Enumerable.Range(0, PhotosStored).OrderBy(_ => random.Next()).Chunk(20))
        {
            writer.Commit(space, [.. batch.Select(i => Seen(i))], look);
            writer.RemovePaths([PathOf(batch[3])]);
        }
    }

    private static FileOutcome Seen(int i) =>
        Some.Read(PathOf(i), $"{i}", Some.Face(i, dimensions: Dimensions)) with
        {
            Look = Some.Embedding(LookOf(i), Dimensions),
        };

    /// <summary>Pages of the file that hold nothing: none are left when it was written anew.</summary>
    private long FreePages()
    {
        using var connection = new SqliteConnection($"Data Source={Store.File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA freelist_count";
        return (long)command.ExecuteScalar()!;
    }

    private void Check(IEnumerable<int> gone) =>
        Assert.All(
            gone,
            i =>
            {
                Assert.False(Holds(Row(i)), $"The row of a face of photo {i} is still there.");
                Assert.False(Holds(Row(LookOf(i))), $"The row of photo {i} is still there.");
                Assert.False(Holds(Encoding.UTF8.GetBytes(Some.Sha256($"{i}"))));
                Assert.False(Holds(Encoding.UTF8.GetBytes(PathOf(i))));
            }
        );

    private static string PathOf(int i) => $"/photos/of-person-{i:000}.jpg";

    private static int LookOf(int i) => i + 100_000;

    // A part from the middle: a row may have lost its head.
    private static byte[] Row(int i) => MemoryMarshal.AsBytes<float>(Some.Embedding(i, Dimensions)).Slice(1024, 24).ToArray();

    // The lock is held by the open writer, so nobody else may read it; it has nothing in it.
    private bool Holds(byte[] wanted) =>
        Directory
            .GetFiles(_directory["collection"])
            .Any(file =>
            {
                if (new FileInfo(file) is { Name: "writer.lock", Length: 0 })
                    return false;
                using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                var bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
                return bytes.AsSpan().IndexOf(wanted) >= 0;
            });
}
