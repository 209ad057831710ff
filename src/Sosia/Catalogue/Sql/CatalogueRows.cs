using System.Data.Common;
using Sosia.Faces;

namespace Sosia.Catalogue.Sql;

/// <summary>What the reader's queries of photos and faces give, as records.</summary>
internal static class CatalogueRows
{
    /// <summary>Photos with their files: one line a path, the lines of a photo together.</summary>
    public static List<PhotoRow> Photos(DbDataReader rows)
    {
        var photos = new List<PhotoRow>();
        var paths = new List<string>();
        while (rows.Read())
        {
            var id = new PhotoId(rows.GetInt64(0));
            if (photos.Count == 0 || photos[^1].Id != id)
            {
                paths = [];
                photos.Add(
                    new(id, rows.GetString(1), rows.GetInt32(2), rows.GetInt32(3), Enum.Parse<PhotoState>(rows.GetString(4)), paths)
                    {
                        Facts = FactsRows.OfPhoto(rows, 7),
                    }
                );
            }
            if (rows.IsDBNull(5))
                continue;
            paths.Add(rows.GetString(5));
            photos[^1] = FactsRows.WithPath(photos[^1], new DateTime(rows.GetInt64(6), DateTimeKind.Utc), FactsRows.OfSidecar(rows, 16));
        }
        return photos;
    }

    /// <summary>Faces, each with whether it has an embedding.</summary>
    public static List<FaceRow> Faces(DbDataReader rows)
    {
        var faces = new List<FaceRow>();
        while (rows.Read())
        {
            faces.Add(
                new(
                    new(rows.GetInt64(0)),
                    new(rows.GetInt64(1)),
                    new Box(rows.GetFloat(2), rows.GetFloat(3), rows.GetFloat(4), rows.GetFloat(5)),
                    rows.GetFloat(6),
                    new Landmarks(Point(rows, 7), Point(rows, 9), Point(rows, 11), Point(rows, 13), Point(rows, 15)),
                    new FaceQuality(rows.GetFloat(17), rows.GetFloat(18), rows.GetFloat(19), rows.GetFloat(20)),
                    rows.GetBoolean(21)
                )
                {
                    IsDrawn = rows.GetBoolean(22),
                }
            );
        }
        return faces;

        static System.Numerics.Vector2 Point(DbDataReader rows, int column) => new(rows.GetFloat(column), rows.GetFloat(column + 1));
    }
}
