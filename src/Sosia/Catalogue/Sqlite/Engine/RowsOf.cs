namespace Sosia.Catalogue.Sqlite.Engine;

/// <summary>Where rows of one kind are kept.</summary>
/// <param name="Table">The table of the rows; what was removed is in <c>removed_</c> and its name.</param>
/// <param name="Owner">The column that names what a row belongs to.</param>
/// <param name="Select">Owner, photo, checksum and row.</param>
internal sealed record RowsOf(string Table, string Owner, string Select)
{
    public static RowsOf Faces { get; } =
        new("embeddings", "face", "SELECT e.face, f.photo, e.checksum, e.row FROM embeddings e LEFT JOIN faces f ON f.id = e.face");

    public static RowsOf Photos { get; } =
        new("photo_embeddings", "photo", "SELECT e.photo, e.photo, e.checksum, e.row FROM photo_embeddings e");

    public static RowsOf Space(SpaceKind kind) => kind == SpaceKind.Faces ? Faces : Photos;

    /// <summary>What is wrong with a stored row, without an end; null when nothing is.</summary>
    public string? Problem(long owner, ReadOnlySpan<byte> bytes, long checksum, int dimensions) =>
        bytes.Length != dimensions * sizeof(float)
            ? $"the embedding of {Owner} {owner} has {bytes.Length} bytes instead of {dimensions * sizeof(float)}"
        : FloatRows.Checksum(owner, bytes) != checksum ? $"the embedding of {Owner} {owner} does not fit its checksum"
        : null;
}
