using Sosia.Catalogue.Sql.Engine;
using Sosia.Faces;

namespace Sosia.Catalogue.Sql;

/// <summary>The ways in which faces were found. The caller has a transaction open.</summary>
internal static class Provenances
{
    /// <summary>The number of a way, which is stored where it is new.</summary>
    public static long IdOf(SqlDatabase database, Provenance provenance) =>
        (long)
            (
                database.Value("SELECT id FROM provenances WHERE key = $1", provenance.Key)
                ?? database.Value(
                    """
                    INSERT INTO provenances (key, description) VALUES ($1, $2)
                    ON CONFLICT (key) DO UPDATE SET description = excluded.description RETURNING id
                    """,
                    provenance.Key,
                    provenance.Description
                )
            )!;
}
