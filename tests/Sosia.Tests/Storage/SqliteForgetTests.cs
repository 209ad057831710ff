using System.Runtime.InteropServices;
using System.Text;
using Sosia.Storage;
using Sosia.Storage.Sqlite;

namespace Sosia.Tests.Storage;

/// <summary>What was forgotten is in no byte of any file, wherever SQLite had moved it meanwhile.</summary>
public sealed class SqliteForgetTests : IDisposable
{
    private const int Dimensions = 512, PhotosStored = 300;

    private readonly TemporaryDirectory _directory = new();

    private SqliteCatalogueStore Store => new(_directory["collection"]);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void No_file_holds_a_forgotten_row_hash_or_path()
    {
        var random = new Random(5);
        using (var writer = Store.OpenWriter())
        {
            var space = writer.EnsureSpace(Some.Space(dimensions: Dimensions));
            var look = writer.EnsureSpace(new(Some.Sha256("look"), "look", Dimensions, SpaceKind.Photos));
            // In random order and with removals between, so that pages are split, merged and filled again.
            foreach (var batch in Enumerable.Range(0, PhotosStored).OrderBy(_ => random.Next()).Chunk(20))
            {
                writer.Commit(space, [.. batch.Select(i => Some.Read(PathOf(i), $"{i}", Some.Face(i, dimensions: Dimensions)) with { Look = Some.Embedding(LookOf(i), Dimensions) })], look);
                writer.RemovePaths([PathOf(batch[3])]);
            }
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

    private void Check(IEnumerable<int> gone) => Assert.All(gone, i =>
    {
        Assert.False(Holds(Row(i)), $"The row of a face of photo {i} is still there.");
        Assert.False(Holds(Row(LookOf(i))), $"The row of photo {i} is still there.");
        Assert.False(Holds(Encoding.UTF8.GetBytes(Some.Sha256($"{i}"))));
        Assert.False(Holds(Encoding.UTF8.GetBytes(PathOf(i))));
    });

    private static string PathOf(int i) => $"/photos/of-person-{i:000}.jpg";

    private static int LookOf(int i) => i + 100_000;

    // A part from the middle: a row may have lost its head.
    private static byte[] Row(int i) => MemoryMarshal.AsBytes<float>(Some.Embedding(i, Dimensions)).Slice(1024, 24).ToArray();

    // The lock is held by the open writer, so nobody else may read it; it has nothing in it.
    private bool Holds(byte[] wanted) => Directory.GetFiles(_directory["collection"]).Any(file =>
    {
        if (new FileInfo(file) is { Name: "writer.lock", Length: 0 }) return false;
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes.AsSpan().IndexOf(wanted) >= 0;
    });
}
