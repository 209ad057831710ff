using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Sosia.Tests;

/// <summary>
/// Makes a catalogue as schema version 1 had it: one photo with a face, one failure. Frozen, whatever the program does today.
/// </summary>
internal static class VersionOne
{
    /// <summary>Its version counter.</summary>
    public const long Changes = 7;

    private const string Tables = """
        CREATE TABLE catalogue (
            only    INTEGER PRIMARY KEY CHECK (only = 1),
            version INTEGER NOT NULL
        );
        INSERT INTO catalogue (only, version) VALUES (1, 0);

        CREATE TABLE photos (
            id     INTEGER PRIMARY KEY AUTOINCREMENT,
            sha256 TEXT NOT NULL UNIQUE,
            width  INTEGER NOT NULL,
            height INTEGER NOT NULL,
            state  TEXT NOT NULL CHECK (state IN ('Searchable', 'TooPoor', 'NoFace'))
        );

        CREATE TABLE files (
            path     TEXT PRIMARY KEY,
            bytes    INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            photo    INTEGER REFERENCES photos (id),
            reason   TEXT,
            message  TEXT,
            waiting  INTEGER NOT NULL,
            CHECK ((reason IS NULL) = (message IS NULL)),
            CHECK (CASE WHEN waiting THEN reason IS NULL ELSE (photo IS NULL) <> (reason IS NULL) END)
        ) WITHOUT ROWID;
        CREATE INDEX files_by_photo ON files (photo, waiting);
        CREATE INDEX files_failed ON files (path) WHERE reason IS NOT NULL;
        CREATE INDEX files_waiting ON files (path) WHERE waiting = 1;

        CREATE TABLE faces (
            id            INTEGER PRIMARY KEY AUTOINCREMENT,
            photo         INTEGER NOT NULL REFERENCES photos (id),
            box_left      REAL NOT NULL, box_top       REAL NOT NULL,
            box_width     REAL NOT NULL, box_height    REAL NOT NULL,
            confidence    REAL NOT NULL,
            left_eye_x    REAL NOT NULL, left_eye_y    REAL NOT NULL,
            right_eye_x   REAL NOT NULL, right_eye_y   REAL NOT NULL,
            nose_x        REAL NOT NULL, nose_y        REAL NOT NULL,
            left_mouth_x  REAL NOT NULL, left_mouth_y  REAL NOT NULL,
            right_mouth_x REAL NOT NULL, right_mouth_y REAL NOT NULL,
            size          REAL NOT NULL, sharpness     REAL NOT NULL,
            yaw           REAL NOT NULL, score         REAL NOT NULL
        );
        CREATE INDEX faces_by_photo ON faces (photo);

        CREATE TABLE spaces (
            id         INTEGER PRIMARY KEY AUTOINCREMENT,
            key        TEXT NOT NULL UNIQUE,
            model      TEXT NOT NULL,
            dimensions INTEGER NOT NULL
        );

        CREATE TABLE analysed (
            photo INTEGER NOT NULL REFERENCES photos (id),
            space INTEGER NOT NULL REFERENCES spaces (id),
            PRIMARY KEY (photo, space)
        ) WITHOUT ROWID;

        CREATE TABLE embeddings (
            id       INTEGER PRIMARY KEY,
            space    INTEGER NOT NULL REFERENCES spaces (id),
            face     INTEGER NOT NULL REFERENCES faces (id),
            checksum INTEGER NOT NULL,
            row      BLOB NOT NULL,
            UNIQUE (space, face)
        );
        CREATE INDEX embeddings_by_face ON embeddings (face);
        """;

    private const string Rows = """
        UPDATE catalogue SET version = 7;
        INSERT INTO spaces (id, key, model, dimensions) VALUES (1, $key, 'model-a', 8);
        INSERT INTO photos (id, sha256, width, height, state) VALUES (3, $sha256, 640, 480, 'Searchable');
        INSERT INTO files (path, bytes, modified, photo, waiting) VALUES ('/p/a.jpg', 1000, 639150000000000000, 3, 0);
        INSERT INTO files (path, bytes, modified, reason, message, waiting) VALUES ('/p/bad.jpg', 10, 639150000000000000, 'Damaged', 'It is cut off.', 0);
        INSERT INTO faces VALUES (5, 3, 10, 20, 30, 40, 0.9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 80, 0.1, 0.2, 0.8);
        INSERT INTO analysed (photo, space) VALUES (3, 1);
        INSERT INTO embeddings (space, face, checksum, row) VALUES (1, 5, $checksum, $row);
        PRAGMA application_id = 0x536F7369;
        PRAGMA user_version = 1;
        """;

    public static void Make(string file, string spaceKey, string sha256, float[] embedding)
    {
        var row = MemoryMarshal.AsBytes<float>(embedding).ToArray();
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; {Tables} {Rows}";
        command.Parameters.AddWithValue("$key", spaceKey);
        command.Parameters.AddWithValue("$sha256", sha256);
        command.Parameters.AddWithValue("$checksum", (long)Checksum(face: 5, row));
        command.Parameters.AddWithValue("$row", row);
        command.ExecuteNonQuery();
    }

    // CRC-32C of the face's id and the floats; the row's length is a multiple of 8 bytes.
    private static uint Checksum(ulong face, ReadOnlySpan<byte> row)
    {
        var crc = BitOperations.Crc32C(uint.MaxValue, face);
        for (; row.Length > 0; row = row[8..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(row));
        return ~crc;
    }
}
