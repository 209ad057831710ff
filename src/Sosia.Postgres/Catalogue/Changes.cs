using Sosia.Catalogue;

namespace Sosia.Postgres.Catalogue;

/// <summary>The rows of embeddings that a transaction adds and removes: what readers learn of it.</summary>
internal sealed class Changes
{
    private readonly List<(int Space, long Photo, long Owner, bool IsAdded)> _rows = [];

    /// <summary>
    /// A statement that numbers the transaction and notes what it changed. It is the last one before COMMIT, for it keeps others from
    /// ending theirs. Its parameters are a nonce and <see cref="Values"/>.
    /// </summary>
    public const string Note = """
        WITH numbered AS (UPDATE catalogue SET version = version + 1 RETURNING version),
             noted AS (INSERT INTO commits (version, nonce) SELECT version, $1 FROM numbered)
        INSERT INTO changes (space, version, photo, added, removed)
        SELECT r.space, n.version, r.photo, coalesce(array_agg(r.owner) FILTER (WHERE r.added), '{}'),
               coalesce(array_agg(r.owner) FILTER (WHERE NOT r.added), '{}')
        FROM numbered n, unnest($2::integer[], $3::bigint[], $4::bigint[], $5::boolean[]) AS r (space, photo, owner, added)
        GROUP BY r.space, n.version, r.photo
        """;

    /// <summary>The rows, as lists of spaces, photos, owners, and whether each was added.</summary>
    public object?[] Values =>
        [
            _rows.Select(row => row.Space).ToArray(),
            _rows.Select(row => row.Photo).ToArray(),
            _rows.Select(row => row.Owner).ToArray(),
            _rows.Select(row => row.IsAdded).ToArray(),
        ];

    /// <summary>Notes that a row was added.</summary>
    public void NoteAdded(SpaceId space, long photo, long owner) => _rows.Add((space.Value, photo, owner, true));

    /// <summary>Notes that a row was removed.</summary>
    public void NoteRemoved(SpaceId space, long photo, long owner) => _rows.Add((space.Value, photo, owner, false));

    /// <summary>Begins anew.</summary>
    public void Clear() => _rows.Clear();
}
