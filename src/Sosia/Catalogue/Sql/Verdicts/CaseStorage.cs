using Sosia.Catalogue.Sql.Engine;
using Sosia.Faces;

namespace Sosia.Catalogue.Sql.Verdicts;

/// <summary>Cases, as rows. The caller has a transaction open.</summary>
internal sealed class CaseStorage(SqlDatabase database)
{
    /// <inheritdoc cref="IVerdictWriter.ReserveCase"/>
    public CaseId Reserve() => new((long)database.Value("INSERT INTO cases DEFAULT VALUES RETURNING id")!);

    /// <inheritdoc cref="IVerdictReader.ReadCases"/>
    public List<CaseRow> Read()
    {
        var cases = new List<CaseRow>();
        using var rows = database.Query("SELECT subject, value FROM statements WHERE kind = 'Case' AND value IS NOT NULL ORDER BY subject");
        while (rows.Read())
            cases.Add(new CaseRow(new CaseId(rows.GetInt64(0)), CaseText.Read(rows.GetString(1))));
        return cases;
    }

    /// <inheritdoc cref="IVerdictReader.ReadCaseFaces"/>
    /// <param name="of">As there.</param>
    /// <param name="space">As there.</param>
    /// <param name="facesOf">The stored faces of some photos.</param>
    public List<CaseFace> ReadFaces(CaseId of, string space, Func<IEnumerable<long>, List<FaceRow>> facesOf)
    {
        var faces = new List<CaseFace>();
        using (
            var rows = database.Query(
                $"""
                SELECT s.value, a.sha256, a.box_left, a.box_top, a.box_width, a.box_height, p.id, o.path, o.row, a.id, o.checksum
                FROM statements s JOIN anchors a ON a.id = s.anchor LEFT JOIN photos p ON {database.IsPhoto("p", "a.sha256")}
                LEFT JOIN outside_faces o ON o.anchor = a.id AND o.space = $2
                WHERE s.kind = 'CaseFace' AND s.value IS NOT NULL AND s.subject = $1
                ORDER BY s.entry, a.id
                """,
                of.Value,
                space
            )
        )
            while (rows.Read())
                faces.Add(
                    new CaseFace(
                        new FacePlace(rows.GetString(1), new Box(rows.GetFloat(2), rows.GetFloat(3), rows.GetFloat(4), rows.GetFloat(5))),
                        Enum.Parse<CaseRole>(rows.GetString(0)),
                        null,
                        rows.IsDBNull(6) ? null : new PhotoId(rows.GetInt64(6)),
                        rows.IsDBNull(7)
                            ? null
                            : new OutsideFace(space, ToRow(rows.GetInt64(9), (byte[])rows[8], rows.GetInt64(10)), rows.GetString(7))
                    )
                );
        var stored = facesOf(faces.Select(face => face.Photo?.Value).OfType<long>().Distinct()).ToLookup(face => face.Photo);
        return faces.ConvertAll(face => face.Photo is { } photo ? face with { Face = face.Place.FaceAmong(stored[photo]) } : face);
    }

    /// <inheritdoc cref="IVerdictReader.ReadShown"/>
    public HashSet<string> ReadShown(CaseId of)
    {
        var shown = new HashSet<string>(StringComparer.Ordinal);
        using var rows = database.Query("SELECT sha256 FROM case_shown WHERE of_case = $1", of.Value);
        while (rows.Read())
            shown.Add(rows.GetString(0));
        return shown;
    }

    /// <inheritdoc cref="IVerdictWriter.NoteShown"/>
    /// <returns>Photos that were not noted before.</returns>
    public int NoteShown(CaseId of, IReadOnlyList<string> photos)
    {
        ThrowIfNone(of);
        return photos.Sum(photo =>
            database.Run("INSERT INTO case_shown (of_case, sha256) VALUES ($1, $2) ON CONFLICT DO NOTHING", of.Value, photo)
        );
    }

    /// <summary>Keeps a face whose photo the collection does not hold.</summary>
    public void Keep(long anchor, OutsideFace face)
    {
        var bytes = FloatRows.ToBytes(face.Row);
        database.Run(
            """
            INSERT INTO outside_faces (anchor, space, path, checksum, row) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (anchor, space) DO UPDATE SET path = excluded.path, checksum = excluded.checksum, row = excluded.row
            """,
            anchor,
            face.Space,
            face.Path,
            (long)FloatRows.Checksum(anchor, bytes),
            bytes
        );
    }

    /// <summary>What a case is.</summary>
    public Cell CellOf(CaseId of) => new(CellKind.Case, Checked(of), 0);

    /// <summary>What a face is to a case.</summary>
    public Cell CellOf(CaseId of, long anchor) => new(CellKind.CaseFace, Checked(of), anchor);

    /// <exception cref="CatalogueException">There is no such case.</exception>
    public void ThrowIfNone(CaseId of) => Checked(of);

    private long Checked(CaseId of) =>
        database.Value("SELECT 1 FROM cases WHERE id = $1", of.Value) is not null
            ? of.Value
            : throw CatalogueException.NotFound($"There is no case {of}: `sosia case list` names those that there are.");

    private float[] ToRow(long anchor, byte[] bytes, long checksum)
    {
        if ((long)FloatRows.Checksum(anchor, bytes) != checksum)
            throw database.Damaged($"the row of place {anchor} does not fit its checksum");
        var row = new float[bytes.Length / sizeof(float)];
        FloatRows.Read(bytes, row);
        return row;
    }
}
