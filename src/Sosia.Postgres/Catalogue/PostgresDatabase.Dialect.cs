using Sosia.Catalogue;
using Sosia.Catalogue.Sql.Engine;

namespace Sosia.Postgres.Catalogue;

/// <summary>What statements are in PostgreSQL where they are not as in other databases.</summary>
internal sealed partial class PostgresDatabase
{
    /// <inheritdoc/>
    public override string Any(string from) => IsSpread ? $"EXISTS (SELECT 1 FROM {from})" : base.Any(from);

    /// <inheritdoc/>
    public override bool AsksPhotosApart => IsSpread;

    /// <inheritdoc/>
    public override string FilesOf(string photos) => IsSpread ? $"(SELECT * FROM files WHERE photo IN {photos})" : base.FilesOf(photos);

    /// <inheritdoc/>
    public override string PhotosOf(string photos) => IsSpread ? $"(SELECT * FROM photos WHERE id IN {photos})" : base.PhotosOf(photos);

    /// <inheritdoc/>
    public override string KeptWith(string one, string other) => $" AND {one}.bucket = {other}.bucket";

    /// <inheritdoc/>
    public override string KeptFor(string table, string number) => $" AND {table}.bucket = ({number}::bigint & {Bucket.Mask})::smallint";

    /// <inheritdoc/>
    public override string KeptBy => ", bucket";

    /// <inheritdoc/>
    public override string FaceNumberedBy => ", bucket, id";

    /// <inheritdoc/>
    public override object List(IEnumerable<long> numbers) => numbers.ToArray();

    /// <inheritdoc/>
    public override string RowsOfList(string parameter) => $"(SELECT unnest({parameter}::bigint[]))";

    /// <inheritdoc/>
    public override string IsPhoto(string photos, string sha256) =>
        $"{photos}.mark = sha256((SELECT salt FROM catalogue) || decode({sha256}, 'hex'))";

    /// <inheritdoc/>
    public override string KeptAt(string photo) => $", ({photo}::bigint & {Bucket.Mask})::smallint";

    /// <inheritdoc/>
    public override string FaceNumber(string photo) =>
        $", ({photo}::bigint & {Bucket.Mask})::smallint, (nextval('face_numbers') << {Bucket.Bits}) | ({photo}::bigint & {Bucket.Mask})";

    /// <inheritdoc/>
    public override RowsOf Rows(SpaceKind kind) => kind == SpaceKind.Faces ? _faces : _photos;

    /// <inheritdoc/>
    public override void DeferReferences() => Run("SET CONSTRAINTS ALL DEFERRED");

    /// <inheritdoc/>
    public override void TakeTurn() => Run("SELECT pg_advisory_xact_lock(hashtextextended(current_schema(), 1))");

    /// <inheritdoc/>
    public override bool IsBehind(Revision revision) =>
        Value("SELECT pg_is_in_recovery() AND version < $1 FROM catalogue", revision.Version) is true;

    /// <inheritdoc/>
    public override void NumberAfter(string table) =>
        Run($"SELECT setval(pg_get_serial_sequence('{table}', 'id'), coalesce((SELECT max(id) FROM {table}), 0) + 1, false)");

    /// <inheritdoc/>
    public override void MakeRoom(SpaceId space, SpaceInfo info)
    {
        const int MostInAPage = 2000;
        var rows = Rows(info.Of);
        var table = $"{rows.Table}_{space}";
        Run($"CREATE TABLE {table} (LIKE {rows.Table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)");
        Run($"ALTER TABLE {table} ALTER COLUMN row SET STORAGE {(info.Dimensions <= MostInAPage ? "PLAIN" : "EXTERNAL")}");
        Run($"ALTER TABLE {table} ADD CHECK (vector_dims(row) = {info.Dimensions})");
        Run($"ALTER TABLE {rows.Table} ATTACH PARTITION {table} FOR VALUES IN ({space})");
    }
}
