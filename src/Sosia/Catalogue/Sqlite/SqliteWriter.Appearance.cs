using Sosia.Catalogue.Sqlite.Engine;

namespace Sosia.Catalogue.Sqlite;

/// <summary>Rows of whole photos, for search by look.</summary>
internal sealed partial class SqliteWriter
{
    /// <summary>Stores the row of a photo; an empty row only says that the photo was analysed.</summary>
    private void StoreLook(float[] row, long photo, SpaceId space, long version)
    {
        Database.Run("INSERT INTO analysed (photo, space) VALUES ($1, $2)", photo, space.Value);
        if (row.Length == 0)
            return;
        var bytes = FloatRows.ToBytes(row);
        Database.Run(
            "INSERT INTO photo_embeddings (space, photo, checksum, row, added) VALUES ($1, $2, $3, $4, $5)",
            space.Value,
            photo,
            (long)FloatRows.Checksum(photo, bytes),
            bytes,
            version
        );
    }

    /// <returns>Embeddings removed.</returns>
    private int RemoveLooks(long photo, long version)
    {
        Database.Run(
            "INSERT INTO removed_photo_embeddings (space, version, photo) SELECT space, $2, photo FROM photo_embeddings WHERE photo = $1",
            photo,
            version
        );
        return Database.Run("DELETE FROM photo_embeddings WHERE photo = $1", photo);
    }
}
