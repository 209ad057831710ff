using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Sosia.Catalogue;
using Sosia.Faces;
using Sosia.Photos;
using Sosia.Photos.Facts;

namespace Sosia.Tests;

/// <summary>Small things to store; the same name or seed gives the same thing.</summary>
internal static class Some
{
    public const int Dimensions = 8;

    private static readonly DateTime Noon = new(2026, 5, 17, 12, 0, 0, DateTimeKind.Utc);

    public static SpaceInfo Space(string model = "model-a", int dimensions = Dimensions) => new(Sha256(model), model, dimensions);

    /// <summary>A space of photos.</summary>
    public static SpaceInfo LookSpace() => new(Sha256("look"), "look", 3, SpaceKind.Photos);

    /// <summary>The row of a photo in it.</summary>
    public static float[] Look(int seed) => Embedding(seed, 3);

    public static string Sha256(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));

    public static FileStamp File(string path, long bytes = 1000, double modifiedSeconds = 0) =>
        new(path, bytes, Noon.AddSeconds(modifiedSeconds).AddTicks(7));

    /// <summary>All rows of a table, one behind the other.</summary>
    public static float[] Floats(this EmbeddingTable table) =>
        [.. Enumerable.Range(0, table.Count).SelectMany(row => table.Rows.Row(row).ToArray())];

    public static float[] Embedding(int seed, int dimensions = Dimensions)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, dimensions).Select(_ => random.NextSingle() - 0.5f)];
    }

    /// <summary>A face at a place of its own for each seed.</summary>
    public static NewFace Face(int seed = 1, bool good = true, int dimensions = Dimensions)
    {
        var at = new Vector2(200 * seed + 0.1f, 10.7f);
        return new(
            new Box(at.X, at.Y, 100 + seed, 120),
            0.987f,
            new Landmarks(
                at + new Vector2(30, 40),
                at + new Vector2(70, 41),
                at + new Vector2(50, 60),
                at + new Vector2(35, 90),
                at + new Vector2(66, 91)
            ),
            new FaceQuality(80 + seed, 0.123f, -0.25f, 0.75f),
            good ? Embedding(seed, dimensions) : null
        );
    }

    public static NewPhoto Photo(string content, params NewFace[] faces) =>
        new(Sha256(content), 640, 480, faces) { Facts = PhotoFacts.None, Descriptor = [1] };

    /// <summary>A file that was read: the photo of a content lies there.</summary>
    public static PhotoRead Read(string path, string content, params NewFace[] faces) => new(File(path), Photo(content, faces));

    /// <summary>The same, with a row of the whole photo.</summary>
    public static PhotoRead Seen(string path, string content, int look, params NewFace[] faces) =>
        Read(path, content, faces) with
        {
            Look = Look(look),
        };

    public static PhotoKnown Copy(string path, string content) => new(File(path), Sha256(content));

    /// <summary>A file that holds a stored photo, of which only the row of the whole photo was made.</summary>
    public static DetailsRead Looked(string path, string content, int look) => new(File(path), Sha256(content)) { Look = Look(look) };

    public static PhotoUnreadable Failed(
        string path,
        string message = "It is cut off.",
        UnreadableReason reason = UnreadableReason.Damaged
    ) => new(File(path), new Failure(reason, message));

    /// <summary>Commits to a space of faces, and to one of photos where there is one.</summary>
    public static void Commit(this ICatalogueWriter writer, SpaceId space, IReadOnlyList<FileOutcome> outcomes, SpaceId? look = null) =>
        writer.Commit(new IndexedSpaces(space, look), outcomes);

    /// <summary>Every file known under a directory, by path.</summary>
    public static IReadOnlyDictionary<string, KnownFile> FilesUnder(this IFileReader reader, string directory, IndexedSpaces? spaces = null)
    {
        var files = new Dictionary<string, KnownFile>(StringComparer.Ordinal);
        reader.ReadFilesUnder(directory, spaces, file => files.Add(file.File.Path, file));
        return files;
    }
}
