namespace Sosia.Vectors.Exact;

/// <summary>How the rows of an index are encoded.</summary>
/// <param name="Rotation">Gives the coordinates.</param>
/// <param name="Layout">Says where a record holds what.</param>
/// <param name="LearntFrom">Rows that the table had when the rotation was learnt.</param>
internal sealed record RowEncoding(Rotation Rotation, RecordLayout Layout, int LearntFrom);
