using System.Data.Common;
using Sosia.Catalogue.Sql.Engine;
using Sosia.Faces;

namespace Sosia.Catalogue.Sql.Verdicts;

/// <summary>The places in pictures that something is said of. The caller has a transaction open.</summary>
internal sealed class Anchors(SqlDatabase database)
{
    /// <summary>The places of a photo.</summary>
    public List<(long Id, Box Box)> Of(string sha256)
    {
        var anchors = new List<(long, Box)>();
        using var rows = database.Query("SELECT id, box_left, box_top, box_width, box_height FROM anchors WHERE sha256 = $1", sha256);
        while (rows.Read())
            anchors.Add((rows.GetInt64(0), BoxAt(rows, 1)));
        return anchors;
    }

    /// <summary>The box that four columns of a row hold.</summary>
    public static Box BoxAt(DbDataReader rows, int first) =>
        new(rows.GetFloat(first), rows.GetFloat(first + 1), rows.GetFloat(first + 2), rows.GetFloat(first + 3));

    /// <summary>Some places of a photo.</summary>
    /// <param name="which">What follows <c>FROM anchors a</c>, with the photo as its first parameter.</param>
    /// <param name="sha256">The photo.</param>
    public List<Box> Query(string which, string sha256)
    {
        var boxes = new List<Box>();
        using var rows = database.Query($"SELECT a.box_left, a.box_top, a.box_width, a.box_height FROM anchors a {which}", sha256);
        while (rows.Read())
            boxes.Add(BoxAt(rows, 0));
        return boxes;
    }

    /// <summary>The number of a place: that of the same face, however its box was drawn then, or a new one.</summary>
    public long IdOf(FacePlace place)
    {
        var same = Of(place.Sha256).Where(anchor => anchor.Box.Overlap(place.Box) > SameFace.Overlap).ToList();
        return same.Count > 0 ? same.MaxBy(anchor => anchor.Box.Overlap(place.Box)).Id : Insert(place);
    }

    /// <summary>The photos that have places, or that a case has shown, by their hashes.</summary>
    public List<string> Photos()
    {
        var photos = new List<string>();
        using var rows = database.Query("SELECT sha256 FROM anchors UNION SELECT sha256 FROM case_shown");
        while (rows.Read())
            photos.Add(rows.GetString(0));
        return photos;
    }

    private long Insert(FacePlace place) =>
        (long)
            database.Value(
                "INSERT INTO anchors (sha256, box_left, box_top, box_width, box_height) VALUES ($1, $2, $3, $4, $5) RETURNING id",
                place.Sha256,
                place.Box.Left,
                place.Box.Top,
                place.Box.Width,
                place.Box.Height
            )!;
}
