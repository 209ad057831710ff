using System.Security.Cryptography;
using Sosia.Faces;

namespace Sosia.Storage.Sqlite;

/// <summary>What must not come back. Marks are salted, so that a list of photos' hashes is not to be had from here.</summary>
internal partial class SqliteReader
{
    public bool IsForgotten(string sha256)
    {
        ArgumentNullException.ThrowIfNull(sha256);
        return Database.Read(() => IsMarked(sha256));
    }

    protected bool IsMarked(string sha256) => Database.Value("SELECT 1 FROM forgotten_photos LIMIT 1") is not null
        && Database.Value("SELECT 1 FROM forgotten_photos WHERE mark = $1", MarkOf(sha256)) is not null;

    protected List<Box> ForgottenFacesOf(string sha256)
    {
        var boxes = new List<Box>();
        if (Database.Value("SELECT 1 FROM forgotten_faces LIMIT 1") is null)
            return boxes;
        using var rows = Database.Query("SELECT box_left, box_top, box_width, box_height FROM forgotten_faces WHERE mark = $1", MarkOf(sha256));
        while (rows.Read())
            boxes.Add(new(rows.GetFloat(0), rows.GetFloat(1), rows.GetFloat(2), rows.GetFloat(3)));
        return boxes;
    }

    protected byte[] MarkOf(string sha256)
    {
        var salt = (byte[])Database.Value("SELECT salt FROM catalogue")!;
        return SHA256.HashData([.. salt, .. Convert.FromHexString(sha256)]);
    }
}
