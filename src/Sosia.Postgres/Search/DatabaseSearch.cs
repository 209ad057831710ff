using Pgvector;
using Sosia.Catalogue;
using Sosia.Catalogue.Sql.Engine;
using Sosia.Postgres.Catalogue;
using Sosia.Search.Ranking;

namespace Sosia.Postgres.Search;

/// <summary>
/// The rows of a space as the database has them. It orders them by sums of its own, in float32; what may belong to the best by them is
/// brought here and scored as everywhere, so that the answers are those of a search near the reader. The caller has a transaction open.
/// </summary>
internal sealed class DatabaseSearch(PostgresDatabase database, NamedSpace space, ISearchReader reader, bool isApproximate) : IVectorSearch
{
    /// <summary>What the database's sums and ours may differ by: 512 products of float32, four times over.</summary>
    private const float Slack = 4e-6f;

    /// <summary>Rows asked for beyond those that are wanted, for what the slack leaves open.</summary>
    private const int MoreThanWanted = 5;

    /// <summary>Candidates that an HNSW search keeps, at least and at most; pgvector takes no more.</summary>
    private const int LeastCandidates = 300,
        MostCandidates = 1000;

    private readonly RowsOf _rows = database.Rows(space.Space.Of);

    private string Table => $"{_rows.Table}_{space.Id}";

    /// <summary>By an expression that only an HNSW index has, or by the rows themselves, which none has.</summary>
    private string Row => isApproximate ? Hnsw.Expression(space.Space.Dimensions) : "e.row";

    /// <inheritdoc/>
    public long Count => (long)database.Value($"SELECT count(*) FROM {Table}")!;

    /// <inheritdoc/>
    public int Dimensions => space.Space.Dimensions;

    /// <inheritdoc/>
    public VectorFilter Filter(PhotoFilter filter) => new DatabaseFilter(reader.PhotosIn(filter));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<IReadOnlyList<VectorHit>>> NearestAsync(
        IReadOnlyList<float[]> vectors,
        int count,
        VectorFilter? filter = null,
        float least = float.NegativeInfinity,
        CancellationToken cancellation = default
    ) =>
        ValueTask.FromResult<IReadOnlyList<IReadOnlyList<VectorHit>>>([
            .. vectors.Select(vector => Nearest(vector, count, IdsOf(filter), least, cancellation)),
        ]);

    /// <inheritdoc/>
    public async IAsyncEnumerable<VectorHit> AboveAsync(
        float[] vector,
        float score,
        VectorFilter? filter = null,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        foreach (var hit in Above(vector, score, IdsOf(filter), cancellation))
            yield return hit;
        await Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<long> CountBeforeAsync(
        IReadOnlyList<float[]> vectors,
        PhotoId photo,
        float score,
        VectorFilter? filter = null,
        CancellationToken cancellation = default
    )
    {
        var before = new HashSet<PhotoId>();
        foreach (var vector in vectors)
        foreach (var hit in Above(vector, score, IdsOf(filter), cancellation))
            if (hit.Photo != photo && (hit.Score > score || hit.Photo.Value < photo.Value))
                before.Add(hit.Photo);
        return ValueTask.FromResult((long)before.Count);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<float[]?>> VectorsAsync(IReadOnlyList<long> owners, CancellationToken cancellation = default)
    {
        var found = new Dictionary<long, float[]>();
        using (
            var rows = database.Query(
                $"{_rows.Select} WHERE e.space = $1 AND e.{_rows.Owner} = ANY($2)",
                space.Id.Value,
                owners.Distinct().ToArray()
            )
        )
            while (rows.Read())
            {
                var row = new float[Dimensions];
                _rows.Take(rows, row);
                found.Add(rows.GetInt64(0), row);
            }
        return ValueTask.FromResult<IReadOnlyList<float[]?>>([.. owners.Select(found.GetValueOrDefault)]);
    }

    private VectorHit[] Nearest(float[] vector, int count, long[]? photos, float least, CancellationToken cancellation)
    {
        for (var more = (long)count + MoreThanWanted; ; more *= 4)
        {
            cancellation.ThrowIfCancellationRequested();
            if (isApproximate)
                database.RunWithNext($"SET LOCAL hnsw.ef_search = {Math.Clamp(4 * more, LeastCandidates, MostCandidates)}");
            var hits = Hits(vector, $"ORDER BY {Row} <#> $1 LIMIT {more}", photos);
            var worst = hits.Count > 0 ? hits.Min(hit => hit.Score) : float.NegativeInfinity;
            var isAll = hits.Count < more || (isApproximate && more >= MostCandidates);
            VectorHit[] best =
            [
                .. hits.Where(hit => hit.Score > least).OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Owner).Take(count),
            ];
            // No row that was left out scores higher than the worst that came, but for the slack.
            if (isAll || worst <= least || (best.Length == count && best[^1].Score > worst + Slack))
                return best;
        }
    }

    private IEnumerable<VectorHit> Above(float[] vector, float score, long[]? photos, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return Hits(vector, "AND e.row <#> $1 <= $2", photos, (double)(Slack - score)).Where(hit => hit.Score >= score);
    }

    /// <summary>Rows with their own scores. They are chosen by their owners alone: to sort whole rows costs more than to compare them.
    /// </summary>
    private List<VectorHit> Hits(float[] vector, string which, long[]? photos, params ReadOnlySpan<object?> bound)
    {
        var hits = new List<VectorHit>();
        var row = new float[Dimensions];
        var only = photos is null ? "TRUE" : $"e.photo = ANY(${bound.Length + 2})";
        using var rows = database.Query(
            Statement(Table, _rows, $"{only} {which}"),
            [new Vector(vector), .. bound, .. photos is null ? Array.Empty<object?>() : [photos]]
        );
        while (rows.Read())
        {
            _rows.Take(rows, row);
            hits.Add(new VectorHit(new(rows.GetInt64(1)), rows.GetInt64(0), Similarity.Of(vector, row)));
        }
        return hits;
    }

    /// <summary>A query of rows with their owners.</summary>
    /// <param name="table">The table of a space.</param>
    /// <param name="rows">Its kind.</param>
    /// <param name="which">What follows WHERE.</param>
    internal static string Statement(string table, RowsOf rows, string which) =>
        $"{rows.Select.Replace($" {rows.Table} e", $" {table} e", StringComparison.Ordinal)} "
        + $"JOIN (SELECT e.{rows.Owner}, e.bucket FROM {table} e WHERE {which}) chosen USING ({rows.Owner}, bucket)";

    private static long[]? IdsOf(VectorFilter? filter) =>
        filter switch
        {
            null => null,
            DatabaseFilter some => some.Ids,
            _ => throw new ArgumentException("The filter was made by another search.", nameof(filter)),
        };
}
