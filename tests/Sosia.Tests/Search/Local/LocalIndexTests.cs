using System.Security.Cryptography;
using Sosia.Catalogue;
using Sosia.Search.Local;
using Sosia.Search.Local.Segments;
using Sosia.Tests.Indexing;
using Sosia.Vectors;
using Sosia.Vectors.Exact;
using Sosia.Vectors.Metrics;
using Sosia.Vectors.Stored;

namespace Sosia.Tests.Search.Local;

/// <summary>The index file is derived: whatever becomes of it, the answers are those of the catalogue.</summary>
public sealed class LocalIndexTests
{
    private static readonly int[] Queries = [0, 7, 100, 1203, 5000];

    [Fact, Slow]
    public void What_came_and_went_since_the_file_was_made_is_taken_from_the_catalogue()
    {
        using var rows = new StoredRows(1500);
        rows.Index.Renew(default);
        Assert.True(File.Exists(rows.IndexPath));
        using var other = rows.NewIndex(); // as in another process, which opens it before the changes and after each
        rows.AssertRight(other, Queries);
        Assert.True(rows.Ask(reader => other.Load(reader)).IsIndexed);
        for (var round = 0; round < 4; round++)
        {
            rows.Add(25);
            rows.AssertRight(other, Queries);
            rows.Remove(round, 100 + round, 1500 + 25 * round);
            rows.AssertRight(other, Queries);
            using var fresh = rows.NewIndex();
            rows.AssertRight(fresh, Queries);
            var table = rows.Ask(reader => fresh.Load(reader));
            Assert.True(table.IsIndexed);
            Assert.True(table.Added > 0 && table.Removed >= 2);
            Assert.All(new[] { 7, 30, 1510 }, number =>
                Assert.Equal(
                    rows.Ask(reader => reader.FindPhotoAt($"/photos/{number}.jpg"))!.Id,
                    table.Photo(
                        table.RowOf(rows.Ask(reader => reader.FacesOf(reader.FindPhotoAt($"/photos/{number}.jpg")!.Id)[0].Id.Value))
                    )
                )
            );
        }
        var written = File.GetLastWriteTimeUtc(rows.IndexPath);
        rows.Index.Renew(default); // rows are gone that it still has
        Assert.NotEqual(written, File.GetLastWriteTimeUtc(rows.IndexPath));
        Assert.Equal((0, 0), rows.Ask(reader => rows.NewIndex().Load(reader)) is var now ? (now.Added, now.Removed) : default);
        rows.AssertRight(rows.Index, Queries);
    }

    [Fact, Slow]
    public void A_row_that_was_replaced_is_found_as_it_is_now()
    {
        using var rows = new StoredRows(1500);
        rows.Index.Renew(default);
        using var open = rows.NewIndex(); // as in another process, which opens it before the changes and after each
        rows.AssertRight(open, Queries);
        for (var round = 1; round <= 3; round++)
        {
            // The first two photos every time; one of them with two faces, of which one is not found any more.
            rows.Replace($"round {round}", (0, 5000 + round), (7, 6000 + round), (100 + round, 7000 + round));
            rows.AssertRight(open, [.. Queries, 5000 + round, 6000 + round, 7000 + round, 5000 + round - 1]);
            using var fresh = rows.NewIndex();
            rows.AssertRight(fresh, [.. Queries, 5000 + round, 6000 + round]);
            foreach (var index in new[] { open, fresh })
                using (var reader = rows.Store.OpenReader())
                {
                    var face = reader.FacesOf(reader.FindPhotoAt("/photos/7.jpg")!.Id)[0].Id;
                    var table = index.Load(reader);
                    Assert.True(table.IsIndexed);
                    Assert.Equal(StoredRows.Row(6000 + round), table.Row(table.RowOf(face.Value)).ToArray());
                    Assert.Equal(0, table.Best([StoredRows.Row(6000)]).Count(score => score.Score > 0.9999)); // what it was
                    var check = LocalIndex.Check(new LocalIndexFile(rows.Directory, Some.Space().Key), reader, Some.Space().Key, default);
                    Assert.True(check.Ok, check.Says);
                    Assert.Contains("sound", check.Says);
                    Assert.Empty(reader.Verify());
                }
        }
        rows.Index.Renew(default);
        rows.AssertRight(rows.Index, [.. Queries, 5003, 6003]);
    }

    [Fact]
    public void A_file_that_is_fresh_or_little_behind_is_left_alone()
    {
        using var rows = new StoredRows(600);
        rows.Index.Renew(default);
        var written = File.GetLastWriteTimeUtc(rows.IndexPath);
        rows.Add(40);
        rows.Index.Renew(default);
        Assert.Equal(written, File.GetLastWriteTimeUtc(rows.IndexPath));
        rows.Add(300);
        rows.Index.Renew(default);
        Assert.NotEqual(written, File.GetLastWriteTimeUtc(rows.IndexPath));
    }

    [Fact, Slow]
    public void A_damaged_file_is_noticed_and_made_again()
    {
        using var rows = new StoredRows(900);
        rows.Index.Renew(default);
        var random = new Random(3);
        var noticed = 0;
        for (var round = 0; round < 24; round++)
        {
            var path = Assert.Single(rows.SegmentPaths);
            var sound = File.ReadAllBytes(path);
            var bytes = (byte[])sound.Clone();
            for (var flips = 0; flips < 40; flips++)
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            Replace(path, bytes);
            using var index = rows.NewIndex();
            rows.AssertRight(index, 1, 450);
            if (rows.Ask(reader => index.Load(reader)) is { Segments.AreWhole: true })
            {
                Replace(path, sound);
                continue; // nothing that was looked at
            }
            noticed++;
            index.Renew(default);
            Assert.NotEqual(path, Assert.Single(rows.SegmentPaths));
            Assert.False(File.Exists(path));
            rows.AssertRight(index, 1, 450);
            Assert.True(rows.Ask(reader => index.Load(reader)) is { IsIndexed: true, Segments.AreWhole: true });
        }
        Assert.InRange(noticed, 10, 24);
    }

    [Fact]
    public void Files_that_are_cut_off_empty_foreign_or_stale_are_not_trusted()
    {
        using var rows = new StoredRows(300) { RowsASegment = 100 };
        using var stranger = new StoredRows(310);
        rows.Index.Renew(default);
        stranger.Index.Renew(default);
        rows.Add(10);
        foreach (var isList in new[] { true, false })
        {
            string Path() => isList ? rows.IndexPath : rows.SegmentPaths[0];
            for (var what = 0; what < 7; what++)
            {
                var sound = File.ReadAllBytes(Path());
                var bytes = what switch
                {
                    0 => [],
                    1 => sound[..50],
                    2 => sound[..^1],
                    3 => [.. sound, 0],
                    4 => new byte[20_000],
                    5 => File.ReadAllBytes(isList ? stranger.IndexPath : stranger.SegmentPaths[0]),
                    _ => null,
                };
                if (bytes is null)
                    File.Delete(Path());
                else
                    Replace(Path(), bytes);
                using var index = rows.NewIndex();
                rows.AssertRight(index, 3, 299, 305);
                var table = rows.Ask(reader => index.Load(reader));
                Assert.Equal((!isList, false), (table.IsIndexed, table.Segments?.AreWhole ?? false));
                index.Renew(default);
                rows.AssertRight(index, 3, 299, 305);
                Assert.True(rows.Ask(reader => rows.NewIndex().Load(reader)) is { IsIndexed: true, Segments.AreWhole: true });
            }
        }
        var earlier = File.ReadAllBytes(rows.IndexPath);
        rows.Add(10);
        Replace(rows.IndexPath, earlier); // of an earlier version: true, as far as it goes
        rows.AssertRight(rows.NewIndex(), 3, 299, 315);
    }

    [Fact]
    public void A_catalogue_brought_back_from_a_copy_does_not_meet_the_index_of_its_other_future()
    {
        using var rows = new StoredRows(200);
        var copy = File.ReadAllBytes(rows.Store.File);
        rows.Add(50);
        rows.Index.Renew(default);
        File.WriteAllBytes(rows.Store.File, copy);
        rows.AssertRight(rows.NewIndex(), 3, 199, 220); // the file is of a version that this catalogue has not reached
        rows.Remove(3, 4, 5);
        rows.Remove(6);
        rows.AssertRight(rows.NewIndex(), 3, 199, 220); // now it has, by another way
    }

    [Fact]
    public void Two_futures_of_one_copy_that_have_as_many_rows_are_told_apart()
    {
        using var rows = new StoredRows(200);
        var copy = File.ReadAllBytes(rows.Store.File);
        rows.Remove(3, 4, 6);
        rows.Index.Renew(default);
        rows.AssertRight(rows.Index, 3, 13, 100); // keeps what it has read
        var otherFuture = File.ReadAllBytes(rows.IndexPath);

        File.WriteAllBytes(rows.Store.File, copy);
        rows.Remove(13, 14, 16); // as many, and as many faces: the same version, and the same number of rows
        rows.AssertRight(rows.Index, 3, 13, 100);
        using var fresh = rows.NewIndex();
        rows.AssertRight(fresh, 3, 13, 100);
        Assert.Contains("never was in", Check(rows).Says);
        rows.Index.Renew(default);
        Assert.NotEqual(otherFuture, File.ReadAllBytes(rows.IndexPath));
        Assert.Contains("is sound", Check(rows).Says);
    }

    [Fact]
    public void An_index_of_before_the_copy_serves_both_futures()
    {
        using var rows = new StoredRows(200);
        rows.Index.Renew(default);
        var (copy, list, segment) = (
            File.ReadAllBytes(rows.Store.File),
            File.ReadAllBytes(rows.IndexPath),
            (Path: rows.SegmentPaths[0], Bytes: File.ReadAllBytes(rows.SegmentPaths[0]))
        );
        rows.Remove(3);
        rows.Index.Renew(default);
        File.WriteAllBytes(rows.Store.File, copy);
        Replace(rows.IndexPath, list);
        Replace(segment.Path, segment.Bytes);
        rows.Remove(4);
        using var fresh = rows.NewIndex();
        rows.AssertRight(fresh, 3, 4, 100);
        Assert.True(rows.Ask(reader => fresh.Load(reader)) is { IsIndexed: true, Segments.AreWhole: true });
    }

    [Fact]
    public void A_file_whose_stamp_is_right_and_whose_rows_are_not_is_found_out()
    {
        using var rows = new StoredRows(300);
        rows.Index.Renew(default);
        rows.Add(4);
        rows.Remove(7);
        Assert.True(Check(rows).Ok);
        void WriteOther(Func<EmbeddingTable, EmbeddingTable> change)
        {
            using var reader = rows.Store.OpenReader();
            rows.File.Write(change(reader.ReadEmbeddings(reader.Spaces()[0].Id)), reader.Identity);
        }
        WriteOther(table => table);
        Assert.True(Check(rows).Ok, Check(rows).Says);
        WriteOther(table => table with { Photos = [.. table.Photos[..^1], table.Photos[0]] });
        Assert.Contains("another photo", Check(rows).Says);
        WriteOther(table => table with { Faces = [.. table.Faces[..^1], new FaceId(99_999)] });
        Assert.Contains("has no row", Check(rows).Says);
        WriteOther(table =>
            table with
            {
                Rows = new ArrayRows([.. table.Floats().Select((value, i) => i == 640 ? value + 1e-6f : value)], table.Dimensions),
            }
        );
        Assert.Contains("other values", Check(rows).Says);
        WriteOther(table => new EmbeddingTable(
            new ArrayRows(table.Floats()[..^table.Dimensions], table.Dimensions),
            table.Faces[..^1],
            table.Photos[..^1],
            table.Revision
        ));
        Assert.Contains("has no row", Check(rows).Says);
        WriteOther(table => new EmbeddingTable(
            new ArrayRows([.. table.Floats(), .. table.Floats()[..table.Dimensions]], table.Dimensions),
            [.. table.Faces, new FaceId(99_999)],
            [.. table.Photos, table.Photos[0]],
            table.Revision
        ));
        Assert.Contains("rows, and the catalogue", Check(rows).Says);
        Assert.False(Check(rows).Ok);
    }

    private static (string Says, bool Ok) Check(StoredRows rows) =>
        rows.Ask(reader => LocalIndex.Check(new LocalIndexFile(rows.Directory, Some.Space().Key), reader, Some.Space().Key, default));

    [Fact, Slow]
    public async Task Readers_go_on_while_the_file_is_made_again()
    {
        using var rows = new StoredRows(800);
        using var ending = new CancellationTokenSource();
        var answers = new int[3];
        var readers = answers
            .Select(
                (_, reader) =>
                    Task.Run(() =>
                    {
                        using var catalogue = rows.Store.OpenReader();
                        using var own = rows.NewIndex();
                        for (; !ending.IsCancellationRequested; Interlocked.Increment(ref answers[reader]))
                            foreach (var index in new[] { own, rows.Index })
                            {
                                var number = 20 + (answers[reader] * 7 + reader) % 700; // never removed
                                var (photo, score) = index.Ask(catalogue, table =>
                                {
                                    var best = table.Best([StoredRows.Row(number)], photos: 1)[0];
                                    return (best.Photo, best.Score);
                                });
                                Assert.Equal($"/photos/{number}.jpg", catalogue.FindPhoto(photo)!.Paths[0]);
                                Assert.InRange(score, 0.99999f, 1.00001f);
                            }
                    })
            )
            .ToArray();
        for (var round = 0; round < 10 || Slowest() < 3; round++)
        {
            rows.Add(20);
            if (round < 20)
                rows.Remove(round);
            rows.Index.Renew(default);
            if (round % 3 == 0)
                File.Delete(rows.IndexPath);
        }
        ending.Cancel();
        await Task.WhenAll(readers);

        // They answer while files are made, however late they came to their turn; one that failed answers no more.
        int Slowest() => Array.Exists(readers, reader => reader.IsCompleted) ? int.MaxValue : answers.Min();
    }

    [Fact]
    public void After_a_search_without_a_file_one_is_made_in_the_background()
    {
        using var rows = new StoredRows(400);
        rows.AssertRight(rows.Index, 5);
        Assert.False(rows.Ask(reader => rows.Index.Load(reader)).IsIndexed);
        rows.Index.RenewLater();
        rows.Index.Finish(default);
        Assert.True(File.Exists(rows.IndexPath));
        Assert.True(rows.Ask(reader => rows.Index.Load(reader)).IsIndexed);
        rows.AssertRight(rows.Index, 5);
    }

    [Fact]
    public void Where_no_file_can_be_kept_the_second_search_makes_an_index_in_memory()
    {
        using var rows = new StoredRows(400);
        File.WriteAllText(Path.Combine(rows.Directory, "indexes"), "in the way");
        for (var search = 0; search < 2; search++)
        {
            rows.AssertRight(rows.Index, 5);
            Assert.False(rows.Ask(reader => rows.Index.Load(reader)).IsIndexed);
            rows.Index.RenewLater();
            rows.Index.Finish(default);
        }
        Assert.True(rows.Ask(reader => rows.Index.Load(reader)).IsIndexed);
        rows.AssertRight(rows.Index, 5);
    }

    [Fact]
    public void A_directory_that_cannot_be_written_is_searched_without_a_file()
    {
        if (!OperatingSystem.IsLinux())
            throw Xunit.Sdk.SkipException.ForSkip("Becoming nobody works the way of Linux.");
        using var rows = new StoredRows(300);
        OperatingSystemLimits.SetMode(Path.GetDirectoryName(rows.Directory)!, (UnixFileMode)0b111_101_101);
        OperatingSystemLimits.SetMode(rows.Directory, (UnixFileMode)0b101_101_101);
        OperatingSystemLimits.SetMode(rows.Store.File, (UnixFileMode)0b100_100_100);
        OperatingSystemLimits.AsOrdinaryUser(() =>
        {
            rows.AssertRight(rows.Index, 5);
            rows.Index.Renew(default);
            rows.AssertRight(rows.Index, 5);
        });
        OperatingSystemLimits.SetMode(rows.Directory, (UnixFileMode)0b111_101_101);
        Assert.False(Directory.Exists(Path.GetDirectoryName(rows.IndexPath)));
    }

    [Fact, Slow]
    public void A_disk_that_is_full_costs_the_file_and_nothing_else()
    {
        using var rows = new StoredRows(2000);
        Assert.Equal("right, in memory", ChildIndexer.Run(rows.Directory, fileLimit: 300_000));
        Assert.False(File.Exists(rows.IndexPath));
        Assert.Empty(new IndexFolder(rows.Directory).Leftovers());
        Assert.Equal("right, kept", ChildIndexer.Run(rows.Directory, fileLimit: 0));
        var kept = File.ReadAllBytes(rows.IndexPath);
        rows.Remove(3);
        // the old file stays, and is true as far as it goes
        Assert.Equal("right, in memory", ChildIndexer.Run(rows.Directory, fileLimit: 300_000));
        Assert.Equal(kept, File.ReadAllBytes(rows.IndexPath));
        Assert.Equal(rows.SegmentPaths, Directory.GetFiles(Path.GetDirectoryName(rows.IndexPath)!, "*.rows"));
        Assert.Empty(new IndexFolder(rows.Directory).Leftovers());
        rows.AssertRight(rows.NewIndex(), 3, 1999);
    }

    [Fact]
    public void What_a_killed_process_left_half_written_is_taken_away_and_one_at_a_time_writes()
    {
        using var rows = new StoredRows(100);
        Directory.CreateDirectory(Path.GetDirectoryName(rows.IndexPath)!);
        File.WriteAllText(rows.IndexPath + ".0123.part", "half");
        Assert.True(new IndexFolder(rows.Directory).Hold(TimeSpan.Zero, out var held));
        rows.Index.Renew(default);
        Assert.False(File.Exists(rows.IndexPath)); // another is at it
        Assert.True(new IndexFolder(rows.Directory).Hold(TimeSpan.Zero, out var second));
        Assert.Null(second);
        held!.Dispose();
        rows.Index.Renew(default);
        Assert.True(File.Exists(rows.IndexPath));
        Assert.Empty(new IndexFolder(rows.Directory).Leftovers());
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 99)]
    [InlineData(false, 1)]
    [InlineData(false, 99)]
    public void A_file_of_another_format_is_outdated_and_not_damaged(bool isList, int version)
    {
        using var rows = new StoredRows(100);
        rows.Index.Renew(default);
        var path = isList ? rows.IndexPath : rows.SegmentPaths[0];
        var bytes = File.ReadAllBytes(path);
        if (isList)
            SetListVersion(bytes, version);
        else
            IndexFileVersion.Set(bytes, version);
        Replace(path, bytes);

        var check = Check(rows);

        Assert.True(check.Ok, check.Says);
        Assert.Contains("outdated", check.Says);
        Assert.Contains($"got {version}", check.Says);
        using var index = rows.NewIndex();
        rows.AssertRight(index, 3, 99);
        index.Renew(default);
        Assert.Contains("is sound", Check(rows).Says);

        path = isList ? rows.IndexPath : rows.SegmentPaths[0];
        bytes = File.ReadAllBytes(path);
        bytes[8]++; // the checksum does not match any more
        Replace(path, bytes);
        Assert.False(Check(rows).Ok);
    }

    /// <summary>Earlier versions kept an index in one file, of the name that the list has now.</summary>
    [Fact]
    public void An_index_in_one_file_is_outdated_and_gives_way()
    {
        using var rows = new StoredRows(100);
        Directory.CreateDirectory(Path.GetDirectoryName(rows.IndexPath)!);
        using (var reader = rows.Store.OpenReader())
        {
            var table = reader.ReadEmbeddings(reader.Spaces()[0].Id);
            var stamp = new IndexStamp($"{reader.Identity}/{Some.Space().Key}", table.Revision.Version, RowId.Bytes);
            IndexFile.Write(rows.IndexPath, ExactIndex.Build<InnerProduct>(table.Rows), stamp, RowId.Payload(table));
        }
        Assert.Contains("outdated", Check(rows).Says);
        rows.AssertRight(rows.Index, 3, 99);
        rows.Index.Renew(default);
        Assert.Contains("is sound", Check(rows).Says);
        Assert.Single(rows.SegmentPaths);
    }

    private static void SetListVersion(byte[] list, int version)
    {
        BitConverter.TryWriteBytes(list.AsSpan(8), version);
        SHA256.HashData(list.AsSpan(..^SHA256.HashSizeInBytes), list.AsSpan(^SHA256.HashSizeInBytes..));
    }

    [Fact]
    public void A_file_is_checked_to_its_last_byte_when_asked()
    {
        using var rows = new StoredRows(300);
        rows.Index.Renew(default);
        Assert.True(Check(rows).Ok);
        rows.Add(3);
        Assert.Contains("4 came", Check(rows).Says); // one of the photos shows two faces
        foreach (var (path, step) in new[] { (rows.SegmentPaths[0], 4099), (rows.IndexPath, 1) })
        {
            var sound = File.ReadAllBytes(path);
            for (var at = step == 1 ? 0 : 50; at < sound.Length; at += step)
            {
                var bytes = (byte[])sound.Clone();
                bytes[at] ^= 4;
                Replace(path, bytes);
                // Pages of a segment end with what belongs to nothing: only there may a flipped bit go unnoticed.
                if (Check(rows) is { Ok: true })
                    Assert.Equal((0, 4099), (sound[at], step));
            }
            Replace(path, sound);
        }
        File.Move(rows.IndexPath, new LocalIndexFile(rows.Directory, "another").Path);
        Assert.Contains(
            "no space of this collection",
            rows.Ask(reader => LocalIndex.Check(new LocalIndexFile(rows.Directory, "another"), reader, "another", default)).Says
        );
    }

    [Fact]
    public void Files_that_are_replaced_or_dropped_do_not_stay_mapped()
    {
        using var rows = new StoredRows(600);
        rows.Index.Renew(default);
        for (var round = 0; round < 4; round++)
        {
            rows.AssertRight(rows.Index, 5);
            Assert.Equal(1, Mapped(rows));
            rows.Remove(round);
            rows.AssertRight(rows.Index, 100); // the same file, with what changed since
            rows.Index.Renew(default);
            Assert.Equal(1, Mapped(rows));
        }
        rows.Ask(reader => rows.Index.Ask(reader, table =>
            {
                rows.Index.Drop();
                Assert.Equal(1, Mapped(rows));
                return table.Best([StoredRows.Row(200)], photos: 5).Length; // a search goes on with what it has
            }));
        Assert.Equal(0, Mapped(rows));
        rows.AssertRight(rows.Index, 5);
        rows.Index.Dispose();
        Assert.Equal(0, Mapped(rows));
    }

    [Fact]
    public void Files_that_are_rejected_or_damaged_do_not_stay_mapped()
    {
        using var rows = new StoredRows(600);
        using var stranger = new StoredRows(610);
        rows.Index.Renew(default);
        stranger.Index.Renew(default);
        rows.Index.Drop();
        var (list, sound) = (File.ReadAllBytes(rows.IndexPath), File.ReadAllBytes(rows.SegmentPaths[0]));
        var path = rows.SegmentPaths[0];
        Replace(rows.IndexPath, File.ReadAllBytes(stranger.IndexPath));
        rows.AssertRight(rows.Index, 5);
        Assert.Equal(0, Mapped(rows));
        sound.AsSpan(^4096..).Fill(7); // the last rows
        Replace(rows.IndexPath, list);
        Replace(path, sound);
        using var other = rows.NewIndex();
        rows.AssertRight(other, 599);
        Assert.Equal(0, Mapped(rows));
    }

    [Fact]
    public void A_file_that_another_process_deleted_is_let_go_of_after_the_next_search()
    {
        using var rows = new StoredRows(600);
        rows.Index.Renew(default);
        rows.AssertRight(rows.Index, 5);
        new IndexFolder(rows.Directory).DeleteAll(); // as one does that forgets
        rows.AssertRight(rows.Index, 5);
        rows.Index.RenewLater();
        rows.Index.Finish(default);
        Assert.True(File.Exists(rows.IndexPath));
        Assert.Equal(1, Mapped(rows));
        Assert.DoesNotContain("(deleted)", string.Concat(Maps(rows)));
    }

    [Fact]
    public void After_its_end_an_index_begins_nothing_new()
    {
        using var rows = new StoredRows(300);
        var index = rows.NewIndex();
        rows.AssertRight(index, 5);
        index.Dispose();
        index.Dispose();
        index.RenewLater();
        index.Finish(default);
        Assert.False(File.Exists(rows.IndexPath));
    }

    private static int Mapped(StoredRows rows) => Maps(rows).Length;

    /// <summary>The index files of a collection that this process has mapped, those that were deleted meanwhile among them.</summary>
    private static string[] Maps(StoredRows rows)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux says which files a process has mapped.");
        return
        [
            .. File.ReadLines("/proc/self/maps")
                .Where(line => line.Contains(Path.GetDirectoryName(rows.IndexPath)!, StringComparison.Ordinal)),
        ];
    }

    /// <summary>A file that somebody may have mapped is never written into.</summary>
    private static void Replace(string path, byte[] bytes)
    {
        File.WriteAllBytes(path + ".new", bytes);
        File.Move(path + ".new", path, overwrite: true);
    }
}
