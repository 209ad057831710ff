namespace Sosia.Catalogue.Sqlite.Engine;

/// <summary>The steps.</summary>
internal static partial class Schema
{
    // A step that was released is never edited. Paths compare as UTF-8 bytes (BINARY), so that a directory is one range of the primary key.
    private static readonly string[] Steps =
    [
        // 1: photos, where they lie, their faces and embeddings.
        """
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
            """,
        // 2: what changed since a version, for derived indexes. Earlier versions did not record changes: `changes_from` says so.
        """
            ALTER TABLE catalogue ADD COLUMN identity TEXT NOT NULL DEFAULT '';
            ALTER TABLE catalogue ADD COLUMN changes_from INTEGER NOT NULL DEFAULT 0;
            UPDATE catalogue SET identity = lower(hex(randomblob(16))), changes_from = version;

            ALTER TABLE embeddings ADD COLUMN added INTEGER NOT NULL DEFAULT 0;
            CREATE INDEX embeddings_by_version ON embeddings (space, added);

            CREATE TABLE removed_embeddings (
                space   INTEGER NOT NULL REFERENCES spaces (id),
                version INTEGER NOT NULL,
                face    INTEGER NOT NULL,
                PRIMARY KEY (space, version, face)
            ) WITHOUT ROWID;
            """,
        // 3: what was forgotten, so that it does not come back. A mark is SHA-256 of the salt and the photo's hash: it names no photo to
        // who has none.
        """
            ALTER TABLE catalogue ADD COLUMN salt BLOB NOT NULL DEFAULT x'';
            UPDATE catalogue SET salt = randomblob(32);

            CREATE TABLE forgotten_photos (mark BLOB PRIMARY KEY) WITHOUT ROWID;
            CREATE TABLE forgotten_faces (
                mark      BLOB NOT NULL,
                box_left  REAL NOT NULL, box_top    REAL NOT NULL,
                box_width REAL NOT NULL, box_height REAL NOT NULL,
                PRIMARY KEY (mark, box_left, box_top, box_width, box_height)
            ) WITHOUT ROWID;
            """,
        // 4: rows of whole photos, for search by look. A space holds one kind of row.
        """
            ALTER TABLE spaces ADD COLUMN kind TEXT NOT NULL DEFAULT 'Faces' CHECK (kind IN ('Faces', 'Photos'));

            CREATE TABLE photo_embeddings (
                id       INTEGER PRIMARY KEY,
                space    INTEGER NOT NULL REFERENCES spaces (id),
                photo    INTEGER NOT NULL REFERENCES photos (id),
                checksum INTEGER NOT NULL,
                row      BLOB NOT NULL,
                added    INTEGER NOT NULL,
                UNIQUE (space, photo)
            );
            CREATE INDEX photo_embeddings_by_photo ON photo_embeddings (photo);
            CREATE INDEX photo_embeddings_by_version ON photo_embeddings (space, added);

            CREATE TABLE removed_photo_embeddings (
                space   INTEGER NOT NULL REFERENCES spaces (id),
                version INTEGER NOT NULL,
                photo   INTEGER NOT NULL,
                PRIMARY KEY (space, version, photo)
            ) WITHOUT ROWID;
            """,
        // 5: a file that can't be read at the moment keeps the photo that was read there before. A check can't be altered, so the table is
        // copied.
        """
            CREATE TABLE files_kept (
                path     TEXT PRIMARY KEY,
                bytes    INTEGER NOT NULL,
                modified INTEGER NOT NULL,
                photo    INTEGER REFERENCES photos (id),
                reason   TEXT,
                message  TEXT,
                waiting  INTEGER NOT NULL,
                CHECK ((reason IS NULL) = (message IS NULL)),
                CHECK (CASE WHEN waiting THEN reason IS NULL ELSE photo IS NOT NULL OR reason IS NOT NULL END)
            ) WITHOUT ROWID;
            INSERT INTO files_kept SELECT path, bytes, modified, photo, reason, message, waiting FROM files;
            DROP TABLE files;
            ALTER TABLE files_kept RENAME TO files;
            CREATE INDEX files_by_photo ON files (photo, waiting);
            CREATE INDEX files_failed ON files (path) WHERE reason IS NOT NULL;
            CREATE INDEX files_waiting ON files (path) WHERE waiting = 1;
            """,
        // 6: what is due after something was forgotten; see Erasure.
        """
            ALTER TABLE catalogue ADD COLUMN erase INTEGER NOT NULL DEFAULT 0;
            """,
        // 7: the salts of catalogues that this one replaced, whose marks it took over.
        """
            CREATE TABLE former_salts (salt BLOB PRIMARY KEY) WITHOUT ROWID;
            """,
        // 8: a nonce a commit, so that catalogues that diverged from one copy are told apart. Nobody drew any before this step.
        """
            CREATE TABLE commits (
                version INTEGER PRIMARY KEY,
                nonce   TEXT NOT NULL
            );
            INSERT INTO commits (version, nonce) SELECT version, lower(hex(randomblob(16))) FROM catalogue;
            """,
        // 9: the key of a space of faces names its landmarks and alignment too; before this step there was one of each.
        """
            UPDATE spaces SET key = key_with_landmarks(key) WHERE kind = 'Faces';
            """,
        // 10: how the faces of a photo were found, for each space that they were embedded in. Earlier versions did not record it: NULL.
        """
            CREATE TABLE provenances (
                id          INTEGER PRIMARY KEY,
                key         TEXT NOT NULL UNIQUE,
                description TEXT NOT NULL
            );
            ALTER TABLE analysed ADD COLUMN provenance INTEGER REFERENCES provenances (id);
            CREATE INDEX analysed_by_provenance ON analysed (space, provenance);
            """,
        // 11: what photos say of themselves, inside the file for the photo and in a sidecar for the path; and what copies are found by.
        // Photos without these rows are read again by the next index. A time is the ticks of a clock where the photo was taken, its offset
        // from UTC in minutes.
        """
            CREATE TABLE photo_facts (
                photo        INTEGER PRIMARY KEY REFERENCES photos (id) ON DELETE CASCADE,
                version      INTEGER NOT NULL,
                places       INTEGER NOT NULL,
                taken        INTEGER,
                taken_offset INTEGER,
                taken_from   TEXT CHECK (taken_from IN ('Exif', 'Xmp')),
                camera       TEXT,
                latitude     REAL,
                longitude    REAL,
                caption      TEXT,
                credit       TEXT,
                problem      TEXT,
                CHECK ((taken IS NULL) = (taken_from IS NULL)),
                CHECK ((latitude IS NULL) = (longitude IS NULL))
            );

            CREATE TABLE sidecars (
                path         TEXT PRIMARY KEY REFERENCES files (path) ON DELETE CASCADE,
                sidecar      TEXT NOT NULL,
                bytes        INTEGER NOT NULL,
                modified     INTEGER NOT NULL,
                taken        INTEGER,
                taken_offset INTEGER,
                caption      TEXT,
                credit       TEXT,
                problem      TEXT
            ) WITHOUT ROWID;

            CREATE TABLE photo_descriptors (
                photo   INTEGER PRIMARY KEY REFERENCES photos (id) ON DELETE CASCADE,
                version INTEGER NOT NULL,
                bits    BLOB NOT NULL
            );
            """,
        // 12: every page has a checksum: see PageChecksums. The pages of a catalogue that has any are written anew, as after something was
        // forgotten.
        """
            UPDATE catalogue SET erase = 2 WHERE version > 0;
            """,
        // 13: what people say. A statement is a cell (kind, subject, anchor) with a value, NULL for nothing; `entry` is the change that
        // gave it this value, `touched` the last one that changed it at all, which an undo is too. See Verdicts.
        """
            CREATE TABLE people (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE);
            CREATE TABLE cases (id INTEGER PRIMARY KEY AUTOINCREMENT);

            CREATE TABLE anchors (
                id        INTEGER PRIMARY KEY AUTOINCREMENT,
                sha256    TEXT NOT NULL,
                box_left  REAL NOT NULL, box_top    REAL NOT NULL,
                box_width REAL NOT NULL, box_height REAL NOT NULL
            );
            CREATE INDEX anchors_by_photo ON anchors (sha256);

            CREATE TABLE journal (
                id         INTEGER PRIMARY KEY AUTOINCREMENT,
                at         INTEGER NOT NULL,
                kind       TEXT NOT NULL,
                undoes     INTEGER,
                undone_by  INTEGER,
                incomplete INTEGER NOT NULL DEFAULT 0
            );

            CREATE TABLE statements (
                kind    TEXT NOT NULL,
                subject INTEGER NOT NULL,
                anchor  INTEGER NOT NULL,
                value   TEXT,
                entry   INTEGER NOT NULL,
                touched INTEGER NOT NULL,
                PRIMARY KEY (kind, subject, anchor)
            ) WITHOUT ROWID;
            CREATE INDEX statements_by_anchor ON statements (anchor) WHERE anchor <> 0;

            CREATE TABLE journal_statements (
                entry        INTEGER NOT NULL REFERENCES journal (id),
                kind         TEXT NOT NULL,
                subject      INTEGER NOT NULL,
                anchor       INTEGER NOT NULL,
                before       TEXT,
                before_entry INTEGER NOT NULL,
                after        TEXT,
                after_entry  INTEGER NOT NULL,
                PRIMARY KEY (entry, kind, subject, anchor)
            ) WITHOUT ROWID;
            CREATE INDEX journal_statements_by_cell ON journal_statements (kind, subject, anchor);
            CREATE INDEX journal_statements_by_anchor ON journal_statements (anchor) WHERE anchor <> 0;

            CREATE TABLE case_shown (
                of_case INTEGER NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
                sha256  TEXT NOT NULL,
                PRIMARY KEY (of_case, sha256)
            ) WITHOUT ROWID;

            CREATE TABLE outside_faces (
                anchor   INTEGER NOT NULL REFERENCES anchors (id) ON DELETE CASCADE,
                space    TEXT NOT NULL,
                path     TEXT NOT NULL,
                checksum INTEGER NOT NULL,
                row      BLOB NOT NULL,
                PRIMARY KEY (anchor, space)
            ) WITHOUT ROWID;

            CREATE TABLE forgotten_people (mark BLOB PRIMARY KEY) WITHOUT ROWID;
            """,
        // 14: faces that were not found, but drawn by somebody.
        """
            ALTER TABLE faces ADD COLUMN drawn INTEGER NOT NULL DEFAULT 0;
            """,
    ];
}
