using Sosia.Catalogue.Sql.Engine;

namespace Sosia.Catalogue.Sql;

/// <summary>
/// What people said, and the marks of what was forgotten: tables that are alike in every database, and name no photo by its number. They
/// are copied as they are.
/// </summary>
internal static class SaidTables
{
    // In an order in which no row refers to a table that comes later.
    private static readonly (string Table, string[] Columns, bool IsNumbered)[] Tables =
    [
        ("people", ["id", "key"], true),
        ("cases", ["id"], true),
        ("anchors", ["id", "sha256", "box_left", "box_top", "box_width", "box_height"], true),
        ("journal", ["id", "at", "kind", "undoes", "undone_by", "incomplete"], true),
        ("statements", ["kind", "subject", "anchor", "value", "entry", "touched"], false),
        ("journal_statements", ["entry", "kind", "subject", "anchor", "before", "before_entry", "after", "after_entry"], false),
        ("case_shown", ["of_case", "sha256"], false),
        ("outside_faces", ["anchor", "space", "path", "checksum", "row"], false),
        ("forgotten_people", ["mark"], false),
        ("forgotten_photos", ["mark"], false),
        ("forgotten_faces", ["mark", "box_left", "box_top", "box_width", "box_height"], false),
    ];

    /// <summary>Reads them at one moment.</summary>
    public static Said Read(SqlDatabase database) =>
        database.Read(() =>
        {
            var rows = Tables.Select(table => Rows(database, table.Table, table.Columns)).ToArray();
            var salts = Rows(database, "catalogue", ["salt"]).Concat(Rows(database, "former_salts", ["salt"]));
            return new Said(rows, [.. salts.Select(salt => (byte[])salt[0]!)]);
        });

    /// <summary>Puts them in the place of those that are there. The caller has a transaction open.</summary>
    public static void Write(SqlDatabase database, Said said)
    {
        foreach (var (table, _, _) in Tables.Reverse())
            database.Run($"DELETE FROM {table}");
        foreach (var ((table, columns, isNumbered), rows) in Tables.Zip(said.Rows))
        {
            var values = string.Join(", ", Enumerable.Range(1, columns.Length).Select(number => $"${number}"));
            foreach (var row in rows)
                database.Run($"INSERT INTO {table} ({string.Join(", ", columns)}) VALUES ({values})", row);
            if (isNumbered)
                database.NumberAfter(table);
        }
        var own = (byte[])database.Value("SELECT salt FROM catalogue")!;
        foreach (var salt in said.Salts.Where(salt => !salt.AsSpan().SequenceEqual(own)))
            database.Run("INSERT INTO former_salts (salt) VALUES ($1) ON CONFLICT DO NOTHING", salt);
    }

    private static List<object?[]> Rows(SqlDatabase database, string table, string[] columns)
    {
        var all = new List<object?[]>();
        using var rows = database.Query($"SELECT {string.Join(", ", columns)} FROM {table} ORDER BY {columns[0]}");
        while (rows.Read())
        {
            var row = new object?[columns.Length];
            for (var column = 0; column < row.Length; column++)
                row[column] = rows.IsDBNull(column) ? null : rows.GetValue(column);
            all.Add(row);
        }
        return all;
    }
}

/// <summary>What people said, and what was forgotten.</summary>
/// <param name="Rows">The rows of each table.</param>
/// <param name="Salts">The salts that marks were made with.</param>
internal sealed record Said(IReadOnlyList<List<object?[]>> Rows, IReadOnlyList<byte[]> Salts);
