using System.Data.Common;

namespace Sosia.Catalogue.Sql.Engine;

/// <summary>The rows of embeddings of one kind: where they are kept, and how they are read and written.</summary>
/// <param name="table">Their table.</param>
/// <param name="owner">The column that names what a row belongs to.</param>
internal abstract class RowsOf(string table, string owner)
{
    /// <summary>The table of the rows.</summary>
    public string Table { get; } = table;

    /// <summary>The column that names what a row belongs to.</summary>
    public string Owner { get; } = owner;

    /// <summary>The columns of <c>e</c>, the table: owner, photo, and what <see cref="Take"/> reads.</summary>
    public abstract string Select { get; }

    /// <summary>A condition: the rows of space $1 that came after version $2.</summary>
    public abstract string IsAdded { get; }

    /// <summary>A query: the owners of rows of space $1 that went after version $2, in order.</summary>
    public abstract string Removed { get; }

    /// <summary>Adds a sentence for each row that can't be.</summary>
    public abstract void Check(List<string> problems, CancellationToken cancellation);

    /// <summary>Reads the floats of a row.</summary>
    /// <param name="row">A row of <see cref="Select"/>.</param>
    /// <param name="into">As many as the space has dimensions.</param>
    /// <exception cref="CatalogueException">The row is damaged, or belongs to nothing.</exception>
    public abstract void Take(DbDataReader row, Span<float> into);

    /// <summary>Stores a row.</summary>
    public abstract void Insert(long owner, long photo, SpaceId space, float[] row);

    /// <summary>Removes the rows of an owner.</summary>
    /// <param name="owner">What they belong to.</param>
    /// <param name="photo">Its photo.</param>
    /// <param name="space">In one space; null for all.</param>
    /// <returns>Rows removed.</returns>
    public abstract int Remove(long owner, long photo, SpaceId? space = null);

    /// <summary>Whether a space has this very row of an owner; null where it has none.</summary>
    public abstract bool? Has(long owner, SpaceId space, float[] row);
}
