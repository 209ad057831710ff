using System.Security.Cryptography;
using Sosia.Faces;

namespace Sosia.Catalogue.Sql;

/// <summary>What must not come back. Marks are salted, so that a list of photos' hashes is not to be had from here.</summary>
internal partial class SqlReader
{
    protected bool IsMarked(string sha256) =>
        Database.Value("SELECT 1 FROM forgotten_photos LIMIT 1") is not null
        && MarksOf(sha256).Exists(mark => Database.Value("SELECT 1 FROM forgotten_photos WHERE mark = $1", mark) is not null);

    protected List<Box> ForgottenFacesOf(string sha256)
    {
        var boxes = new List<Box>();
        if (Database.Value("SELECT 1 FROM forgotten_faces LIMIT 1") is null)
            return boxes;
        foreach (var mark in MarksOf(sha256))
        {
            using var rows = Database.Query("SELECT box_left, box_top, box_width, box_height FROM forgotten_faces WHERE mark = $1", mark);
            while (rows.Read())
                boxes.Add(new(rows.GetFloat(0), rows.GetFloat(1), rows.GetFloat(2), rows.GetFloat(3)));
        }
        return boxes;
    }

    /// <summary>
    /// The marks that a photo may have: under this catalogue's salt, which comes first, and under those of catalogues that it replaced.
    /// </summary>
    protected List<byte[]> MarksOf(string sha256)
    {
        var hash = Convert.FromHexString(sha256);
        return Salts().ConvertAll(salt => SHA256.HashData([.. salt, .. hash]));
    }

    protected List<byte[]> Salts()
    {
        var salts = new List<byte[]> { (byte[])Database.Value("SELECT salt FROM catalogue")! };
        using var rows = Database.Query("SELECT salt FROM former_salts");
        while (rows.Read())
            salts.Add((byte[])rows[0]);
        return salts;
    }
}
