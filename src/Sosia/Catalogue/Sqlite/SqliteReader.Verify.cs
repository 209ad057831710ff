using Sosia.Catalogue.Sqlite.Engine;
using SQLitePCL;

namespace Sosia.Catalogue.Sqlite;

/// <summary>Checks everything that can be checked without the photos themselves.</summary>
internal partial class SqliteReader
{
    // Each finds rows that can't be; the text names them.
    private static readonly string[] Impossible =
    [
        "SELECT 'Photo ' || id || ' lies nowhere.' FROM photos WHERE NOT EXISTS (SELECT 1 FROM files WHERE photo = photos.id)",
        "SELECT 'Photo ' || id || ' was analysed in no space.' FROM photos WHERE NOT EXISTS (SELECT 1 FROM analysed WHERE photo = "
            + "photos.id)",
        """
            SELECT 'Photo ' || id || ' is said to be ' || state || ', but its faces make it ' || truth || '.' FROM (
                SELECT id, state, CASE
                    WHEN EXISTS (SELECT 1 FROM faces f JOIN embeddings e ON e.face = f.id WHERE f.photo = photos.id) THEN 'Searchable'
                    WHEN EXISTS (SELECT 1 FROM faces f WHERE f.photo = photos.id) THEN 'TooPoor'
                    ELSE 'NoFace' END AS truth
                FROM photos) WHERE state <> truth
            """,
        """
            SELECT 'Face ' || e.face || ' has an embedding in a space in which photo ' || f.photo || ' was not analysed.'
            FROM embeddings e JOIN faces f ON f.id = e.face WHERE NOT EXISTS (SELECT 1 FROM analysed a WHERE a.photo = f.photo
            AND a.space = e.space)
            """,
        """
            SELECT 'Photo ' || e.photo || ' has a row in a space in which it was not analysed.'
            FROM photo_embeddings e WHERE NOT EXISTS (SELECT 1 FROM analysed a WHERE a.photo = e.photo AND a.space = e.space)
            """,
        "SELECT 'Space ' || id || ' is one of faces, and has rows of photos.' FROM spaces WHERE kind = 'Faces' AND id IN (SELECT space "
            + "FROM photo_embeddings)",
        "SELECT 'Space ' || id || ' is one of photos, and has rows of faces.' FROM spaces WHERE kind = 'Photos' AND id IN (SELECT space "
            + "FROM embeddings)",
        "SELECT 'Photo ' || r.photo || ' is both stored and removed.' FROM removed_photo_embeddings r JOIN photo_embeddings e ON "
            + "e.space = r.space AND e.photo = r.photo",
        // A face that was found again has another row since.
        "SELECT 'Face ' || r.face || ' is both stored and removed.' FROM removed_embeddings r JOIN embeddings e ON e.space = r.space "
            + "AND e.face = r.face AND e.added < r.version",
        "SELECT 'A statement of change ' || s.touched || ' is about place ' || s.anchor || ', which is not there.' FROM statements s "
            + "WHERE s.anchor <> 0 AND NOT EXISTS (SELECT 1 FROM anchors a WHERE a.id = s.anchor)",
        "SELECT 'A statement of change ' || s.touched || ' is about person ' || s.subject || ', who is not there.' FROM statements s "
            + "WHERE s.kind IN ('Name', 'Face') AND NOT EXISTS (SELECT 1 FROM people p WHERE p.id = s.subject)",
        "SELECT 'A statement of change ' || s.touched || ' is about case ' || s.subject || ', which is not there.' FROM statements s "
            + "WHERE s.kind IN ('Case', 'CaseFace') AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.id = s.subject)",
        "SELECT 'A statement of change ' || s.touched || ' is not what the journal says.' FROM statements s WHERE NOT EXISTS ("
            + "SELECT 1 FROM journal_statements j WHERE j.entry = s.touched AND j.kind = s.kind AND j.subject = s.subject "
            + "AND j.anchor = s.anchor AND j.after IS s.value AND j.after_entry = s.entry)",
    ];

    public IReadOnlyList<string> Verify(CancellationToken cancellation = default)
    {
        var problems = new List<string>();
        try
        {
            Database.Read(() =>
            {
                Structure(problems);
                cancellation.ThrowIfCancellationRequested();
                foreach (var sql in Impossible)
                {
                    AddAll(problems, sql);
                    cancellation.ThrowIfCancellationRequested();
                }
                Checksums(problems, cancellation);
                return problems.Count;
            });
        }
        catch (CatalogueException damaged) when (damaged.Problem == CatalogueProblem.Damaged)
        {
            problems.Add(damaged.Message);
        }
        return problems;
    }

    private void Structure(List<string> problems)
    {
        using (var rows = Database.Query("PRAGMA integrity_check"))
        {
            while (rows.Read())
            {
                var finding = rows.GetString(0);
                if (finding != "ok")
                    problems.Add($"SQLite finds: {finding}.");
            }
        }
        using var orphans = Database.Query("PRAGMA foreign_key_check");
        while (orphans.Read())
            problems.Add($"A row of {orphans.GetString(0)} refers to a row of {orphans.GetString(2)} that is not there.");
    }

    private void AddAll(List<string> problems, string sql)
    {
        using var rows = Database.Query(sql);
        while (rows.Read())
            problems.Add(rows.GetString(0));
    }

    private void Checksums(List<string> problems, CancellationToken cancellation)
    {
        foreach (var rows in new[] { RowsOf.Faces, RowsOf.Photos })
            Checksums(rows, problems, cancellation);
    }

    private void Checksums(RowsOf of, List<string> problems, CancellationToken cancellation)
    {
        using var rows = Database.Query(
            $"SELECT e.{of.Owner}, e.checksum, s.dimensions, e.row FROM {of.Table} e JOIN spaces s ON s.id = e.space ORDER BY e.id"
        );
        for (var at = 0; rows.Read(); at++)
        {
            if (at % RowsBetweenLooks == 0)
                cancellation.ThrowIfCancellationRequested();
            var bytes = raw.sqlite3_column_blob(rows.Handle, 3);
            if (of.Problem(rows.GetInt64(0), bytes, rows.GetInt64(1), rows.GetInt32(2)) is { } problem)
                problems.Add($"{char.ToUpperInvariant(problem[0])}{problem[1..]}.");
        }
    }
}
