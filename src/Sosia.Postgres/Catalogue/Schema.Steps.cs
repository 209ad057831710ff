namespace Sosia.Postgres.Catalogue;

/// <summary>The steps.</summary>
internal static partial class Schema
{
    // A step that was released is never edited. The tables and columns that SQLite's catalogue has too have the same names here; what is
    // different is how photos and faces are numbered, how rows of embeddings are kept, and how readers learn of changes.
    //
    // Numbers: the lowest 12 bits of a photo's number are its bucket, which are those of its mark, a salted hash; a face has its photo's.
    // All that grows with the photos is kept by bucket, which is in every key, so that the tables can be spread over machines.
    //
    // Paths compare as bytes (COLLATE "C"), so that a directory is one range of the primary key.
    private static readonly string[] Steps =
    [
        """
            CREATE TABLE schema_version (version integer NOT NULL);

            CREATE TABLE catalogue (
                singleton    integer PRIMARY KEY CHECK (singleton = 1),
                version      bigint NOT NULL,
                identity     text NOT NULL,
                changes_from bigint NOT NULL,
                salt         bytea NOT NULL,
                shards       integer
            );
            INSERT INTO catalogue (singleton, version, identity, changes_from, salt)
            VALUES (1, 0, replace(gen_random_uuid()::text, '-', ''), 0,
                    decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'));

            CREATE TABLE commits (version bigint PRIMARY KEY, nonce text NOT NULL UNIQUE);
            INSERT INTO commits (version, nonce) VALUES (0, replace(gen_random_uuid()::text, '-', ''));

            CREATE SEQUENCE photo_numbers;
            CREATE SEQUENCE face_numbers;

            CREATE TABLE photos (
                bucket smallint NOT NULL,
                id     bigint NOT NULL,
                mark   bytea NOT NULL,
                sha256 text NOT NULL,
                width  bigint NOT NULL,
                height bigint NOT NULL,
                state  text NOT NULL CHECK (state IN ('Searchable', 'TooPoor', 'NoFace')),
                PRIMARY KEY (id, bucket),
                UNIQUE (mark, bucket)
            );

            CREATE TABLE files (
                path     text COLLATE "C" PRIMARY KEY,
                bytes    bigint NOT NULL,
                modified bigint NOT NULL,
                photo    bigint,
                reason   text,
                message  text,
                waiting  integer NOT NULL,
                CHECK ((reason IS NULL) = (message IS NULL)),
                CHECK (CASE WHEN waiting = 1 THEN reason IS NULL ELSE photo IS NOT NULL OR reason IS NOT NULL END)
            );
            CREATE INDEX files_by_photo ON files (photo, waiting);
            CREATE INDEX files_failed ON files (path) WHERE reason IS NOT NULL;
            CREATE INDEX files_waiting ON files (path) WHERE waiting = 1;

            CREATE TABLE sidecars (
                path         text COLLATE "C" PRIMARY KEY REFERENCES files (path) ON DELETE CASCADE DEFERRABLE,
                sidecar      text NOT NULL,
                bytes        bigint NOT NULL,
                modified     bigint NOT NULL,
                taken        bigint,
                taken_offset bigint,
                caption      text,
                credit       text,
                problem      text
            );

            CREATE TABLE faces (
                bucket        smallint NOT NULL,
                id            bigint NOT NULL,
                photo         bigint NOT NULL,
                box_left      real NOT NULL, box_top       real NOT NULL,
                box_width     real NOT NULL, box_height    real NOT NULL,
                confidence    real NOT NULL,
                left_eye_x    real NOT NULL, left_eye_y    real NOT NULL,
                right_eye_x   real NOT NULL, right_eye_y   real NOT NULL,
                nose_x        real NOT NULL, nose_y        real NOT NULL,
                left_mouth_x  real NOT NULL, left_mouth_y  real NOT NULL,
                right_mouth_x real NOT NULL, right_mouth_y real NOT NULL,
                size          real NOT NULL, sharpness     real NOT NULL,
                yaw           real NOT NULL, score         real NOT NULL,
                drawn         boolean NOT NULL,
                PRIMARY KEY (id, bucket),
                FOREIGN KEY (photo, bucket) REFERENCES photos (id, bucket)
            );
            CREATE INDEX faces_by_photo ON faces (photo);

            CREATE TABLE spaces (
                id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                key        text NOT NULL UNIQUE,
                model      text NOT NULL,
                dimensions bigint NOT NULL,
                kind       text NOT NULL CHECK (kind IN ('Faces', 'Photos'))
            );

            CREATE TABLE provenances (
                id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                key         text NOT NULL UNIQUE,
                description text NOT NULL
            );

            CREATE TABLE analysed (
                bucket     smallint NOT NULL,
                photo      bigint NOT NULL,
                space      integer NOT NULL,
                provenance bigint,
                PRIMARY KEY (photo, space, bucket),
                FOREIGN KEY (photo, bucket) REFERENCES photos (id, bucket)
            );
            CREATE INDEX analysed_by_provenance ON analysed (space, provenance);

            CREATE TABLE photo_facts (
                bucket       smallint NOT NULL,
                photo        bigint NOT NULL,
                version      bigint NOT NULL,
                places       bigint NOT NULL,
                taken        bigint,
                taken_offset bigint,
                taken_from   text CHECK (taken_from IN ('Exif', 'Xmp')),
                camera       text,
                latitude     double precision,
                longitude    double precision,
                caption      text,
                credit       text,
                problem      text,
                PRIMARY KEY (photo, bucket),
                FOREIGN KEY (photo, bucket) REFERENCES photos (id, bucket) ON DELETE CASCADE,
                CHECK ((taken IS NULL) = (taken_from IS NULL)),
                CHECK ((latitude IS NULL) = (longitude IS NULL))
            );

            CREATE TABLE photo_descriptors (
                bucket  smallint NOT NULL,
                photo   bigint NOT NULL,
                version bigint NOT NULL,
                bits    bytea NOT NULL,
                PRIMARY KEY (photo, bucket),
                FOREIGN KEY (photo, bucket) REFERENCES photos (id, bucket) ON DELETE CASCADE
            );

            -- A space is a partition: a table of its own, whose rows all have the same dimensions. A row is stored whole in its page, where
            -- it fits, which is up to 2,000 dimensions: that is faster to read than TOAST.
            CREATE TABLE embeddings (
                space  integer NOT NULL,
                bucket smallint NOT NULL,
                face   bigint NOT NULL,
                photo  bigint NOT NULL,
                row    vector NOT NULL,
                PRIMARY KEY (face, bucket, space)
            ) PARTITION BY LIST (space);
            CREATE TABLE photo_embeddings (
                space  integer NOT NULL,
                bucket smallint NOT NULL,
                photo  bigint NOT NULL,
                row    vector NOT NULL,
                PRIMARY KEY (photo, bucket, space)
            ) PARTITION BY LIST (space);

            -- What readers learn of changes by. The number of a change is handed out last in its transaction, by updating the one row of
            -- `catalogue`, which keeps others waiting until it has committed: no reader that has seen a number finds a lower one later.
            CREATE TABLE changes (
                space   integer NOT NULL,
                version bigint NOT NULL,
                photo   bigint NOT NULL,
                added   bigint[] NOT NULL,
                removed bigint[] NOT NULL,
                PRIMARY KEY (space, version, photo)
            );

            -- Files that wait for workers. A claim is one worker's until a time of the server's clock, which it puts off while it lives.
            CREATE TABLE work_orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text NOT NULL UNIQUE);
            CREATE TABLE claims (
                token  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                worker text NOT NULL,
                until  timestamptz NOT NULL
            );
            CREATE TABLE queue (
                path             text COLLATE "C" PRIMARY KEY,
                bytes            bigint NOT NULL,
                modified         bigint NOT NULL,
                sidecar          text,
                sidecar_bytes    bigint,
                sidecar_modified bigint,
                work_order       bigint NOT NULL REFERENCES work_orders (id),
                claim            bigint,
                attempts         integer NOT NULL DEFAULT 0
            ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
            CREATE INDEX queue_free ON queue (work_order, attempts, path) WHERE claim IS NULL;
            CREATE INDEX queue_claimed ON queue (claim) WHERE claim IS NOT NULL;

            CREATE TABLE forgotten_photos (mark bytea PRIMARY KEY);
            CREATE TABLE forgotten_faces (
                mark      bytea NOT NULL,
                box_left  real NOT NULL, box_top    real NOT NULL,
                box_width real NOT NULL, box_height real NOT NULL,
                PRIMARY KEY (mark, box_left, box_top, box_width, box_height)
            );
            CREATE TABLE forgotten_people (mark bytea PRIMARY KEY);
            CREATE TABLE former_salts (salt bytea PRIMARY KEY);

            CREATE TABLE people (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, key text NOT NULL UNIQUE);
            CREATE TABLE cases (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY);
            CREATE TABLE anchors (
                id        bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
                sha256    text NOT NULL,
                box_left  real NOT NULL, box_top    real NOT NULL,
                box_width real NOT NULL, box_height real NOT NULL
            );
            CREATE INDEX anchors_by_photo ON anchors (sha256);
            CREATE TABLE journal (
                id         bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
                at         bigint NOT NULL,
                kind       text NOT NULL,
                undoes     bigint,
                undone_by  bigint,
                incomplete integer NOT NULL DEFAULT 0
            );
            CREATE TABLE statements (
                kind    text NOT NULL,
                subject bigint NOT NULL,
                anchor  bigint NOT NULL,
                value   text,
                entry   bigint NOT NULL,
                touched bigint NOT NULL,
                PRIMARY KEY (kind, subject, anchor)
            );
            CREATE INDEX statements_by_anchor ON statements (anchor) WHERE anchor <> 0;
            CREATE TABLE journal_statements (
                entry        bigint NOT NULL REFERENCES journal (id),
                kind         text NOT NULL,
                subject      bigint NOT NULL,
                anchor       bigint NOT NULL,
                before       text,
                before_entry bigint NOT NULL,
                after        text,
                after_entry  bigint NOT NULL,
                PRIMARY KEY (entry, kind, subject, anchor)
            );
            CREATE INDEX journal_statements_by_cell ON journal_statements (kind, subject, anchor);
            CREATE INDEX journal_statements_by_anchor ON journal_statements (anchor) WHERE anchor <> 0;
            CREATE TABLE case_shown (
                of_case bigint NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
                sha256  text NOT NULL,
                PRIMARY KEY (of_case, sha256)
            );
            CREATE TABLE outside_faces (
                anchor   bigint NOT NULL REFERENCES anchors (id) ON DELETE CASCADE,
                space    text NOT NULL,
                path     text NOT NULL,
                checksum bigint NOT NULL,
                row      bytea NOT NULL,
                PRIMARY KEY (anchor, space)
            );
            """,
    ];
}
