using Sosia.Catalogue;
using Sosia.Evaluation;

namespace Sosia.Bench.OwnPhotos;

/// <summary>A collection of composed photos of known people, indexed as any other.</summary>
internal sealed class ComposedCollection : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("sosia-own-").FullName;

    public ComposedCollection(IReadOnlyList<string[]> photos, Func<int, Worse> worse, Func<string, string> personOf)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_place, "photos")).FullName;
        for (var i = 0; i < photos.Count; i++)
            ComposedPhotos.Write(photos[i], worse(i), Path.Combine(folder, $"{i:D5}.jpg"));
        Collection = Sosia.Collection.Open(new CollectionOptions { Directory = Path.Combine(_place, "collection") });
        Collection.Indexing.Run([folder]);
        (Rows, Faces) = Read(photos, personOf);
    }

    public Sosia.Collection Collection { get; }

    /// <summary>The largest face of each image that could be recognised, and whose it is; the file is the face's number.</summary>
    public LabelledRows Rows { get; }

    /// <summary>The face of each row.</summary>
    public IReadOnlyList<FaceRow> Faces { get; }

    public void Dispose()
    {
        Collection.Dispose();
        Directory.Delete(_place, recursive: true);
    }

    private (LabelledRows Rows, IReadOnlyList<FaceRow> Faces) Read(IReadOnlyList<string[]> photos, Func<string, string> personOf)
    {
        using var reader = Collection.Catalogue.Open();
        var table = reader.ReadEmbeddings(reader.FindSpace(Collection.Space.Key)!.Id);
        var faces = reader.FindFaces(table.Faces);
        var rows = reader.FindPhotos([.. table.Photos.Distinct()]);
        var largest = new Dictionary<(PhotoId, int), int>();
        for (var row = 0; row < table.Count; row++)
        {
            var place = (table.Photos[row], ComposedPhotos.TileAt(faces[table.Faces[row]].Box.Centre, rows[table.Photos[row]].Width));
            if (!largest.TryGetValue(place, out var before) || faces[table.Faces[before]].Box.Area < faces[table.Faces[row]].Box.Area)
                largest[place] = row;
        }
        var chosen = largest.OrderBy(of => of.Value).ToArray();
        var labelled = new LabelledRows(
            table.Dimensions,
            [.. chosen.SelectMany(of => table.Rows.Row(of.Value).ToArray())],
            [.. chosen.Select(of => personOf(photos[NumberOf(rows[of.Key.Item1])][of.Key.Item2]))],
            [.. chosen.Select(of => table.Faces[of.Value].ToString())]
        );
        return (labelled, [.. chosen.Select(of => faces[table.Faces[of.Value]])]);

        static int NumberOf(PhotoRow photo) =>
            int.Parse(Path.GetFileNameWithoutExtension(photo.Paths[0]), System.Globalization.CultureInfo.InvariantCulture);
    }
}
