using System.Data.Common;
using Sosia.Photos.Facts;

namespace Sosia.Catalogue.Sql;

/// <summary>Makes facts of the columns that hold them.</summary>
internal static class FactsRows
{
    /// <summary>
    /// taken, taken_offset, taken_from, camera, latitude, longitude, caption, credit, problem; all NULL where nothing was read.
    /// </summary>
    public static PhotoFacts OfPhoto(DbDataReader rows, int first) =>
        new()
        {
            Taken = TimeIn(rows, first, rows.IsDBNull(first + 2) ? default : Enum.Parse<TimeSource>(rows.GetString(first + 2))),
            Camera = TextIn(rows, first + 3),
            Place = rows.IsDBNull(first + 4) ? null : new Place(rows.GetDouble(first + 4), rows.GetDouble(first + 5)),
            Caption = TextIn(rows, first + 6),
            Credit = TextIn(rows, first + 7),
            Problem = TextIn(rows, first + 8),
        };

    /// <summary>taken, taken_offset, caption, credit, problem; all NULL where there is no sidecar.</summary>
    public static PhotoFacts OfSidecar(DbDataReader rows, int first) =>
        new()
        {
            Taken = TimeIn(rows, first, TimeSource.Xmp),
            Caption = TextIn(rows, first + 2),
            Credit = TextIn(rows, first + 3),
            Problem = TextIn(rows, first + 4),
        };

    /// <summary>A photo with what one more of its paths says.</summary>
    /// <param name="photo">The photo with the paths before.</param>
    /// <param name="modified">When the file was last changed.</param>
    /// <param name="sidecar">What its sidecar says.</param>
    public static PhotoRow WithPath(PhotoRow photo, DateTime modified, PhotoFacts sidecar)
    {
        var facts = photo.Facts with
        {
            Taken = photo.Facts.Taken ?? sidecar.Taken,
            Caption = sidecar.Caption ?? photo.Facts.Caption,
            Credit = sidecar.Credit ?? photo.Facts.Credit,
            Problem = photo.Facts.Problem ?? sidecar.Problem,
        };
        var oldest = photo.Taken is { From: TimeSource.File } before && before.Clock < modified ? before.Clock : modified;
        return photo with { Facts = facts, Taken = facts.Taken ?? new TimeTaken(oldest, TimeSpan.Zero, TimeSource.File) };
    }

    private static TimeTaken? TimeIn(DbDataReader rows, int column, TimeSource from) =>
        rows.IsDBNull(column)
            ? null
            : new TimeTaken(
                new DateTime(rows.GetInt64(column)),
                rows.IsDBNull(column + 1) ? null : TimeSpan.FromMinutes(rows.GetInt64(column + 1)),
                from
            );

    private static string? TextIn(DbDataReader rows, int column) => rows.IsDBNull(column) ? null : rows.GetString(column);
}
