using Sosia.Catalogue.Sql.Engine;
using Sosia.Photos.Facts;

namespace Sosia.Catalogue.Sql;

/// <summary>Stores what photos and their sidecars say of them, and what copies are found by.</summary>
internal sealed class DetailStorage(SqlDatabase database)
{
    public void StoreFacts(PhotoFacts facts, bool places, long photo) =>
        database.Run(
            $"""
            INSERT INTO photo_facts (
                photo, version, places, taken, taken_offset, taken_from, camera, latitude, longitude, caption, credit, problem
                {database.KeptBy}
            ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 {database.KeptAt("$1")})
            ON CONFLICT (photo{database.KeptBy}) DO UPDATE SET version = excluded.version, places = excluded.places, taken = excluded.taken,
                taken_offset = excluded.taken_offset, taken_from = excluded.taken_from, camera = excluded.camera,
                latitude = excluded.latitude, longitude = excluded.longitude, caption = excluded.caption, credit = excluded.credit,
                problem = excluded.problem
            """,
            photo,
            PhotoFacts.Version,
            places ? 1 : 0,
            facts.Taken?.Clock.Ticks,
            Minutes(facts.Taken),
            facts.Taken?.From.ToString(),
            facts.Camera,
            facts.Place?.Latitude,
            facts.Place?.Longitude,
            facts.Caption,
            facts.Credit,
            facts.Problem
        );

    public void StoreDescriptor(byte[] descriptor, int version, long photo) =>
        database.Run(
            $"""
            INSERT INTO photo_descriptors (photo, version, bits{database.KeptBy}) VALUES ($1, $2, $3{database.KeptAt("$1")})
            ON CONFLICT (photo{database.KeptBy}) DO UPDATE SET version = excluded.version, bits = excluded.bits
            """,
            photo,
            version,
            descriptor
        );

    /// <summary>Notes a file's sidecar and what it says; a file that has none any more loses it.</summary>
    public void StoreSidecar(FileOutcome outcome)
    {
        var path = outcome.File.Path;
        if (outcome.File.Sidecar is not { } sidecar)
        {
            database.Run("DELETE FROM sidecars WHERE path = $1", path);
            return;
        }
        var facts = outcome.Sidecar ?? PhotoFacts.None;
        database.Run(
            """
            INSERT INTO sidecars (path, sidecar, bytes, modified, taken, taken_offset, caption, credit, problem)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT (path) DO UPDATE SET sidecar = excluded.sidecar, bytes = excluded.bytes, modified = excluded.modified,
                taken = excluded.taken, taken_offset = excluded.taken_offset, caption = excluded.caption, credit = excluded.credit,
                problem = excluded.problem
            """,
            path,
            sidecar.Path,
            sidecar.Bytes,
            sidecar.Modified.Ticks,
            facts.Taken?.Clock.Ticks,
            Minutes(facts.Taken),
            facts.Caption,
            facts.Credit,
            facts.Problem
        );
    }

    /// <summary>How far a time is from UTC, as it is stored.</summary>
    public static long? Minutes(TimeTaken? taken) => taken?.Offset is { } offset ? (long)offset.TotalMinutes : null;
}
