namespace Sosia.Catalogue.Sql;

/// <summary>Checks everything that can be checked without the photos themselves.</summary>
internal partial class SqlReader
{
    // Each finds rows that can't be; the text names them.
    private string[] Impossible =>
        [
            """
                SELECT 'Photo ' || id || ' lies nowhere.'
                FROM photos LEFT JOIN (SELECT photo FROM files) f ON f.photo = photos.id WHERE f.photo IS NULL
                """,
            $"""
                SELECT 'Photo ' || id || ' was analysed in no space.' FROM photos p WHERE NOT EXISTS (SELECT 1 FROM analysed a WHERE {Of(
                    "a"
                )})
                """,
            $"""
                SELECT 'Photo ' || id || ' is said to be ' || state || ', but its faces make it ' || truth || '.' FROM (
                    SELECT id, state, CASE
                        WHEN EXISTS (SELECT 1 FROM faces f JOIN embeddings e ON e.face = f.id{Database.KeptWith("e", "f")} WHERE {Of("f")})
                            THEN 'Searchable'
                        WHEN EXISTS (SELECT 1 FROM faces f WHERE {Of("f")}) THEN 'TooPoor'
                        ELSE 'NoFace' END AS truth
                    FROM photos p) said WHERE state <> truth
                """,
            $"""
                SELECT 'Face ' || e.face || ' has an embedding in a space in which photo ' || f.photo || ' was not analysed.'
                FROM embeddings e JOIN faces f ON f.id = e.face{Database.KeptWith("f", "e")} WHERE NOT EXISTS (
                    SELECT 1 FROM analysed a WHERE a.photo = f.photo AND a.space = e.space{Database.KeptWith("a", "f")})
                """,
            $"""
                SELECT 'Photo ' || e.photo || ' has a row in a space in which it was not analysed.' FROM photo_embeddings e
                WHERE NOT EXISTS (SELECT 1 FROM analysed a WHERE a.photo = e.photo AND a.space = e.space{Database.KeptWith("a", "e")})
                """,
            "SELECT 'Space ' || id || ' is one of faces, and has rows of photos.' FROM spaces WHERE kind = 'Faces' AND id IN (SELECT space "
                + "FROM photo_embeddings)",
            "SELECT 'Space ' || id || ' is one of photos, and has rows of faces.' FROM spaces WHERE kind = 'Photos' AND id IN ("
                + "SELECT space FROM embeddings)",
            "SELECT 'A statement of change ' || s.touched || ' is about place ' || s.anchor || ', which is not there.' FROM statements s "
                + "WHERE s.anchor <> 0 AND NOT EXISTS (SELECT 1 FROM anchors a WHERE a.id = s.anchor)",
            "SELECT 'A statement of change ' || s.touched || ' is about person ' || s.subject || ', who is not there.' FROM statements s "
                + "WHERE s.kind IN ('Name', 'Face') AND NOT EXISTS (SELECT 1 FROM people p WHERE p.id = s.subject)",
            "SELECT 'A statement of change ' || s.touched || ' is about case ' || s.subject || ', which is not there.' FROM statements s "
                + "WHERE s.kind IN ('Case', 'CaseFace') AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.id = s.subject)",
            "SELECT 'A statement of change ' || s.touched || ' is not what the journal says.' FROM statements s WHERE NOT EXISTS ("
                + "SELECT 1 FROM journal_statements j WHERE j.entry = s.touched AND j.kind = s.kind AND j.subject = s.subject "
                + "AND j.anchor = s.anchor AND (j.after = s.value OR (j.after IS NULL AND s.value IS NULL)) AND j.after_entry = s.entry)",
        ];

    public IReadOnlyList<string> Verify(CancellationToken cancellation = default)
    {
        var problems = new List<string>();
        try
        {
            Database.Read(() =>
            {
                Database.CheckStructure(problems);
                cancellation.ThrowIfCancellationRequested();
                foreach (var sql in Impossible)
                {
                    AddAll(problems, sql);
                    cancellation.ThrowIfCancellationRequested();
                }
                foreach (var kind in Enum.GetValues<SpaceKind>())
                    Database.Rows(kind).Check(problems, cancellation);
                return problems.Count;
            });
        }
        catch (CatalogueException damaged) when (damaged.Problem == CatalogueProblem.Damaged)
        {
            problems.Add(damaged.Message);
        }
        return problems;
    }

    private void AddAll(List<string> problems, string sql)
    {
        using var rows = Database.Query(sql);
        while (rows.Read())
            problems.Add(rows.GetString(0));
    }
}
