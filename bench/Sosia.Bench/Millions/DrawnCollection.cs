using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Sosia.Bench.Vectors;
using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;
using Sosia.Faces;
using Sosia.Photos;

namespace Sosia.Bench.Millions;

/// <summary>
/// A collection in a real SQLite catalogue, with drawn rows: two faces a photo, a hundredth of the photos in one folder and a half in
/// another. Kept in its directory, because millions of faces take minutes to store.
/// </summary>
internal static class DrawnCollection
{
    public const int FacesAPhoto = 2;
    public const string Root = "/drawn";
    private const int PhotosACommit = 8192;

    /// <summary>The folder of one photo in a hundred.</summary>
    public const string Few = Root + "/few";

    /// <summary>The folder of every other photo.</summary>
    public const string Half = Root + "/half";

    public static SpaceInfo Space { get; } = new("drawn", "drawn", FaceRows.Dimensions);

    /// <inheritdoc cref="Make(ICatalogueStore, int)"/>
    public static void Make(string directory, int faces) => Make(new SqliteCatalogueStore(directory), faces);

    /// <summary>Stores so many faces, or goes on where an earlier call was interrupted.</summary>
    public static void Make(ICatalogueStore store, int faces)
    {
        using var writer = store.OpenIndexer();
        var spaces = new IndexedSpaces(writer.EnsureSpace(Space));
        var stored = (int)writer.CountFaces();
        var photo = stored / FacesAPhoto;
        var outcomes = new List<FileOutcome>(PhotosACommit);
        foreach (var block in new FaceRows().Blocks(faces, firstRow: stored))
        {
            for (var at = 0; at < block.Length; at += FacesAPhoto * FaceRows.Dimensions)
                outcomes.Add(Photo(++photo, block.AsMemory(at, FacesAPhoto * FaceRows.Dimensions)));
            if (outcomes.Count < PhotosACommit)
                continue;
            writer.Commit(spaces, outcomes);
            outcomes.Clear();
        }
        if (outcomes.Count > 0)
            writer.Commit(spaces, outcomes);
    }

    /// <summary>A photo with drawn faces, in the folder of its number.</summary>
    public static PhotoRead Photo(int number, ReadOnlyMemory<float> rows)
    {
        var folder =
            number % 100 == 0 ? Few
            : number % 2 == 1 ? Half
            : Root + "/rest";
        var stamp = new FileStamp($"{folder}/{number / 1000:D5}/photo-{number:D8}.jpg", 4_000_000, DateTime.UnixEpoch);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes([number])));
        var found = new NewFace[rows.Length / FaceRows.Dimensions];
        for (var i = 0; i < found.Length; i++)
        {
            var box = new Box(1000 * i, 500, 400, 500);
            var points = new Landmarks(
                new(box.Left + 100, 700),
                new(box.Left + 300, 700),
                new(box.Left + 200, 800),
                new(box.Left + 120, 900),
                new(box.Left + 280, 900)
            );
            var row = rows.Slice(i * FaceRows.Dimensions, FaceRows.Dimensions).ToArray();
            found[i] = new NewFace(box, 0.9f, points, new FaceQuality(400, 100, 0, 1), row);
        }
        return new PhotoRead(stamp, new NewPhoto(sha256, 4000, 3000, found));
    }
}
