using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using NpgsqlTypes;
using Pgvector;
using Sosia.Bench.Millions;
using Sosia.Bench.Vectors;
using Sosia.Catalogue;
using Sosia.Catalogue.Sql;
using Sosia.Catalogue.Sqlite;
using Sosia.Postgres.Catalogue;
using Sosia.Postgres.Search;
using Sosia.Postgres.Server;
using Sosia.Search.Local;
using Sosia.Search.Ranking;

namespace Sosia.Bench.Stores;

/// <summary>A collection in PostgreSQL: what writing, a reader's index, and searches near and in the database cost. Drawn rows.</summary>
internal static class StoreBench
{
    private const int FacesAPhoto = 64,
        PhotosACommit = 64,
        Nearest = 20;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly SpaceName Name = new(DrawnCollection.Space.Key, DrawnCollection.Space.Model);

    /// <summary>Commits of 64 photos with 4,096 rows through the catalogue, each beside a raw COPY of the same faces and rows.</summary>
    public static int Write(string connection)
    {
        const int commits = 30;
        using var server = new PostgresServer(connection, "bench_write");
        Drop(server);
        var store = new PostgresCatalogueStore(server);
        using var writer = store.OpenWriter();
        var space = writer.EnsureSpace(DrawnCollection.Space);
        using var raw = server.Connect();
        Run(
            raw,
            $"""
            SET search_path = {server.SearchPath};
            CREATE TABLE raw_photos (LIKE photos INCLUDING ALL);
            CREATE TABLE raw_faces (LIKE faces INCLUDING ALL, FOREIGN KEY (photo, bucket) REFERENCES raw_photos (id, bucket));
            CREATE TABLE raw_rows (LIKE embeddings_{space} INCLUDING ALL)
            """
        );
        var (own, copied, sqlite) = (new List<double>(), new List<double>(), new List<double>());
        var log = 0m; // bytes of write-ahead log that the catalogue's commits made
        var directory = Directory.CreateTempSubdirectory("sosia-bench-");
        try
        {
            using var local = new SqliteCatalogueStore(directory.FullName).OpenWriter();
            var localSpace = local.EnsureSpace(DrawnCollection.Space);
            var number = 0;
            var (rows, filled) = (new float[PhotosACommit * FacesAPhoto * FaceRows.Dimensions], 0);
            foreach (var block in new FaceRows().Blocks(commits * PhotosACommit * FacesAPhoto, firstRow: 0))
                for (var at = 0; at < block.Length; at += FaceRows.Dimensions)
                {
                    block.AsSpan(at, FaceRows.Dimensions).CopyTo(rows.AsSpan(filled));
                    filled += FaceRows.Dimensions;
                    if (filled < rows.Length)
                        continue;
                    filled = 0;
                    PhotoRead[] photos =
                    [
                        .. Enumerable
                            .Range(0, PhotosACommit)
                            .Select(i =>
                                DrawnCollection.Photo(
                                    ++number,
                                    rows.AsMemory(i * FacesAPhoto * FaceRows.Dimensions, FacesAPhoto * FaceRows.Dimensions)
                                )
                            ),
                    ];
                    var before = Value(raw, "SELECT pg_current_wal_insert_lsn() - '0/0'");
                    own.Add(Ms(() => writer.Commit(new IndexedSpaces(space), photos)));
                    log += (decimal)Value(raw, "SELECT pg_current_wal_insert_lsn() - '0/0'")! - (decimal)before!;
                    copied.Add(Ms(() => Copy(raw, photos, number)));
                    sqlite.Add(Ms(() => local.Commit(new IndexedSpaces(localSpace), photos)));
                }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
        Print(
            new
            {
                commits = own.Count,
                facesACommit = PhotosACommit * FacesAPhoto,
                catalogueMs = Median(own),
                rawCopyMs = Median(copied),
                sqliteMs = Median(sqlite),
                facesPerSecond = Math.Round(PhotosACommit * FacesAPhoto / Median(own) * 1000),
                walBytesAFace = Math.Round(log / (own.Count * PhotosACommit * FacesAPhoto)),
                speedToRawCopy = Math.Round(Median(copied) / Median(own), 2),
            }
        );
        Drop(server);
        return 0;
    }

    /// <summary>A reader's index: made from nothing, opened again, brought up to date; and searches in it beside those of SQLite.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="directory">A collection that <c>millions draw</c> made: the same rows are put into the database.</param>
    public static int Reader(string connection, string directory)
    {
        using var server = new PostgresServer(connection, "bench_reader");
        var store = new PostgresCatalogueStore(server);
        var local = new SqliteCatalogueStore(directory);
        long faces;
        using (var reader = local.OpenReader())
            faces = reader.CountFaces();
        var fillSeconds = Ms(() => DrawnCollection.Make(store, (int)faces)) / 1000;
        using (var analyse = server.Connect())
            Run(analyse, $"ANALYZE {server.Schema}.photos, {server.Schema}.faces, {server.Schema}.files, {server.Schema}.embeddings");

        var cache = Directory.CreateTempSubdirectory("sosia-bench-").FullName;
        try
        {
            using var reading = store.OpenReader();
            using var sqlite = local.OpenReader();
            var space = reading.FindSpace(DrawnCollection.Space.Key)!.Id;
            var queries = Queries(sqlite, 200);
            double coldSeconds;
            long peak;
            using (var watched = new Peak())
            {
                coldSeconds = Ms(() => First(cache, store, reading, queries[0], renew: true)) / 1000;
                peak = watched.Megabytes;
            }
            double[] warmMs =
            [
                .. Enumerable.Range(1, 7).Select(i => Math.Round(Ms(() => First(cache, store, reading, queries[i], renew: false)), 1)),
            ];

            using var near = new LocalVectorStore(cache, store.OpenReader, NullLogger.Instance);
            using var beside = new LocalVectorStore(directory, local.OpenReader, NullLogger.Instance);
            var (ours, theirs, oursWith, theirsWith) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
            for (var round = -20; round < 150; round++)
            {
                var query = queries[(round + 20) % queries.Length];
                double[] times =
                [
                    Ms(() => Ask(near, reading, query)),
                    Ms(() => Ask(beside, sqlite, query)),
                    Ms(() => With(reading, Ask(near, reading, query))),
                    Ms(() => With(sqlite, Ask(beside, sqlite, query))),
                ];
                if (round < 0)
                    continue;
                foreach (var (list, ms) in new[] { ours, theirs, oursWith, theirsWith }.Zip(times))
                    list.Add(ms);
            }
            Print(
                new
                {
                    faces,
                    fillSeconds = Math.Round(fillSeconds, 1),
                    coldToFirstAnswerSeconds = Math.Round(coldSeconds, 1),
                    coldPeakMegabytes = peak,
                    warmFirstAnswerMs = warmMs,
                    commitSeenMs = Seen(store, space, near, reading, queries[0]),
                    searchMs = new
                    {
                        postgres = Median(ours),
                        sqlite = Median(theirs),
                        ratio = Math.Round(Median(ours) / Median(theirs), 2),
                    },
                    withPhotosAndFacesMs = new { postgres = Median(oursWith), sqlite = Median(theirsWith) },
                    bytes = Sizes(server),
                }
            );
        }
        finally
        {
            Directory.Delete(cache, recursive: true);
        }
        return 0;
    }

    /// <summary>Searches in the database, exact and by HNSW, beside the same SQL; recall of HNSW.</summary>
    public static int Database(string connection, int faces, bool anew)
    {
        using var server = new PostgresServer(connection, "bench_database");
        var store = new PostgresCatalogueStore(server);
        DrawnCollection.Make(store, faces);
        using var reading = store.OpenReader();
        var named = reading.FindSpace(DrawnCollection.Space.Key)!;
        var queries = Queries(reading, 60);
        var cache = Directory.CreateTempSubdirectory("sosia-bench-").FullName;
        try
        {
            using var near = new LocalVectorStore(cache, store.OpenReader, NullLogger.Instance);
            near.Renew(Name);
            using var exact = new DatabaseVectorStore(server, isApproximate: false);
            using var graph = new DatabaseVectorStore(server, isApproximate: true);
            using var plain = server.Connect();
            Run(plain, $"SET search_path = {server.SearchPath}; ANALYZE embeddings");
            var table = $"embeddings_{named.Id}";
            var same = queries.Count(query => Ask(near, reading, query).SequenceEqual(Ask(exact, reading, query)));
            var (ours, theirs) = Pairs(
                queries,
                query => Ask(exact, reading, query),
                query => Sql(plain, $"SELECT face, photo FROM {table} ORDER BY row <#> $1 LIMIT 25", query)
            );
            double? buildSeconds = anew ? Math.Round(Ms(() => Hnsw.Make(server, named)) / 1000, 1) : null;
            Run(plain, "SET hnsw.ef_search = 300");
            var expression = Hnsw.Expression(named.Space.Dimensions).Replace("e.row", "row", StringComparison.Ordinal);
            var (graphMs, graphSql) = Pairs(
                queries,
                query => Ask(graph, reading, query),
                query => Sql(plain, $"SELECT face, photo FROM {table} ORDER BY {expression} <#> $1 LIMIT 25", query)
            );
            var found = queries.Sum(query =>
                Ask(graph, reading, query).Select(hit => hit.Owner).Intersect(Ask(near, reading, query).Select(hit => hit.Owner)).Count()
            );
            Print(
                new
                {
                    faces,
                    sameAsNear = $"{same} of {queries.Length}",
                    exactMs = new
                    {
                        sosia = ours,
                        sql = theirs,
                        ratio = Math.Round(ours / theirs, 2),
                    },
                    hnsw = new
                    {
                        buildSeconds,
                        recallAt20 = Math.Round((double)found / (Nearest * queries.Length), 4),
                        sosiaMs = graphMs,
                        sqlMs = graphSql,
                    },
                    bytes = Sizes(server),
                }
            );
        }
        finally
        {
            Directory.Delete(cache, recursive: true);
        }
        return 0;
    }

    private static void Copy(NpgsqlConnection raw, PhotoRead[] photos, int last)
    {
        using var transaction = raw.BeginTransaction();
        var first = last - photos.Length + 1;
        using (
            var copy = raw.BeginBinaryImport("COPY raw_photos (bucket, id, mark, sha256, width, height, state) FROM STDIN (FORMAT BINARY)")
        )
        {
            for (var i = 0; i < photos.Length; i++)
            {
                copy.StartRow();
                copy.Write((short)0, NpgsqlDbType.Smallint);
                copy.Write((long)(first + i), NpgsqlDbType.Bigint);
                copy.Write(Convert.FromHexString(photos[i].Photo.Sha256), NpgsqlDbType.Bytea);
                copy.Write(photos[i].Photo.Sha256, NpgsqlDbType.Text);
                copy.Write(4000L, NpgsqlDbType.Bigint);
                copy.Write(3000L, NpgsqlDbType.Bigint);
                copy.Write("Searchable", NpgsqlDbType.Text);
            }
            copy.Complete();
        }
        using (
            var copy = raw.BeginBinaryImport(
                """
                COPY raw_faces (bucket, id, photo, box_left, box_top, box_width, box_height, confidence,
                    left_eye_x, left_eye_y, right_eye_x, right_eye_y, nose_x, nose_y, left_mouth_x, left_mouth_y, right_mouth_x,
                    right_mouth_y, size, sharpness, yaw, score, drawn)
                FROM STDIN (FORMAT BINARY)
                """
            )
        )
        {
            Each(
                (photo, face, id) =>
                {
                    copy.StartRow();
                    copy.Write((short)0, NpgsqlDbType.Smallint);
                    copy.Write(id, NpgsqlDbType.Bigint);
                    copy.Write(photo, NpgsqlDbType.Bigint);
                    foreach (var measure in FaceStorage.Measures(face))
                        copy.Write(measure, measure is bool ? NpgsqlDbType.Boolean : NpgsqlDbType.Real);
                }
            );
            copy.Complete();
        }
        using (var copy = raw.BeginBinaryImport("COPY raw_rows (space, bucket, face, photo, row) FROM STDIN (FORMAT BINARY)"))
        {
            Each(
                (photo, face, id) =>
                {
                    copy.StartRow();
                    copy.Write(1, NpgsqlDbType.Integer);
                    copy.Write((short)0, NpgsqlDbType.Smallint);
                    copy.Write(id, NpgsqlDbType.Bigint);
                    copy.Write(photo, NpgsqlDbType.Bigint);
                    copy.Write(new Vector(face.Embedding!));
                }
            );
            copy.Complete();
        }
        transaction.Commit();

        void Each(Action<long, NewFace, long> write)
        {
            for (var i = 0; i < photos.Length; i++)
            for (var face = 0; face < FacesAPhoto; face++)
                write(first + i, photos[i].Photo.Faces[face], ((long)(first + i) * FacesAPhoto) + face);
        }
    }

    private static void First(string cache, PostgresCatalogueStore store, ICatalogueReader reader, float[] query, bool renew)
    {
        using var vectors = new LocalVectorStore(cache, store.OpenReader, NullLogger.Instance);
        if (renew)
            vectors.Renew(Name);
        Ask(vectors, reader, query);
    }

    /// <summary>How long after a commit of 64 photos a reader has answered with them.</summary>
    private static double Seen(PostgresCatalogueStore store, SpaceId space, IVectorStore near, ICatalogueReader reader, float[] query)
    {
        using var writer = store.OpenWriter();
        var times = new List<double>();
        for (var round = 0; round < 10; round++)
        {
            var number = 300_000_000 + (int)(Stopwatch.GetTimestamp() % 100_000_000);
            var rows = Enumerable.Repeat(query, DrawnCollection.FacesAPhoto).SelectMany(row => row).ToArray();
            PhotoRead[] photos = [.. Enumerable.Range(number, 64).Select(i => DrawnCollection.Photo(i, rows))];
            writer.Commit(new IndexedSpaces(space), photos);
            times.Add(
                Ms(() =>
                {
                    if (!Ask(near, reader, query).Any(hit => hit.Score > 0.9999f))
                        throw new InvalidOperationException("The commit was not seen.");
                })
            );
            writer.RemovePaths([.. photos.Select(photo => photo.File.Path)]);
        }
        return Median(times);
    }

    private static IReadOnlyList<VectorHit> Ask(IVectorStore vectors, ICatalogueReader reader, float[] query) =>
        Wait(vectors.AskAsync(Name, reader, async search => (await search.NearestAsync([query], Nearest))[0]));

    private static void With(ICatalogueReader reader, IReadOnlyList<VectorHit> hits)
    {
        _ = reader.FindPhotos([.. hits.Select(hit => hit.Photo)]);
        _ = reader.FindFaces([.. hits.Select(hit => hit.Face)]);
    }

    private static (double One, double Other) Pairs(float[][] queries, Action<float[]> one, Action<float[]> other)
    {
        var (first, second) = (new List<double>(), new List<double>());
        for (var i = -5; i < queries.Length; i++)
        {
            var query = queries[(i + 5) % queries.Length];
            // Each comes first in turn: what is read second lies in the caches of the first.
            double a = 0,
                b = 0;
            if (i % 2 == 0)
                (a, b) = (Ms(() => one(query)), Ms(() => other(query)));
            else
                (b, a) = (Ms(() => other(query)), Ms(() => one(query)));
            if (i < 0)
                continue;
            first.Add(a);
            second.Add(b);
        }
        return (Median(first), Median(second));
    }

    private static void Sql(NpgsqlConnection connection, string sql, float[] query)
    {
        using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = new Vector(query) } } };
        using var rows = command.ExecuteReader();
        while (rows.Read())
            _ = rows.GetInt64(0);
    }

    private static float[][] Queries(ICatalogueReader reader, int count)
    {
        var sample = reader.SampleEmbeddings(reader.FindSpace(DrawnCollection.Space.Key)!.Id, count);
        return [.. Enumerable.Range(0, sample.Count).Select(row => sample.Row(row).ToArray())];
    }

    /// <summary>Bytes a face in each part.</summary>
    private static object Sizes(PostgresServer server)
    {
        using var connection = server.Connect();
        // Of a table that has partitions, theirs.
        double Bytes(string table) =>
            Math.Round(
                (double)
                    Value(
                        connection,
                        $"""
                        SELECT (coalesce((SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits
                            WHERE inhparent = '{server.Schema}.{table}'::regclass), pg_total_relation_size('{server.Schema}.{table}'))
                            / (SELECT count(*) FROM {server.Schema}.faces))::float8
                        """
                    )!
            );
        return new
        {
            rows = Bytes("embeddings"),
            faces = Bytes("faces"),
            photos = Bytes("photos"),
            files = Bytes("files"),
            changes = Bytes("changes"),
        };
    }

    private static object? Value(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar();
    }

    private static void Run(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.ExecuteNonQuery();
    }

    private static void Drop(PostgresServer server)
    {
        using var connection = server.Connect();
        Run(connection, $"DROP SCHEMA IF EXISTS {server.Schema} CASCADE");
    }

    private static double Median(List<double> values) => Math.Round(values.Order().ElementAt(values.Count / 2), 2);

    private static T Wait<T>(ValueTask<T> answer) => answer.AsTask().GetAwaiter().GetResult();

    private static double Ms(Action work)
    {
        var started = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static void Print(object value) => Console.WriteLine(JsonSerializer.Serialize(value, Indented));
}
