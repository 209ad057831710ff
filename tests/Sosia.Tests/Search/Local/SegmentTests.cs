using Sosia.Search.Local;
using Sosia.Search.Local.Segments;

namespace Sosia.Tests.Search.Local;

/// <summary>An index in many segments: a change writes those that it concerns, and any of them can be made again alone.</summary>
public sealed class SegmentTests
{
    private static readonly int[] Queries = [0, 7, 250, 1203, 2000];

    [Fact]
    public void A_change_writes_the_segments_that_it_concerns_and_no_other()
    {
        using var rows = new StoredRows(2000) { RowsASegment = 200 };
        rows.Index.Renew(default);
        var before = rows.SegmentPaths;
        Assert.Equal(12, before.Length); // 2,400 rows
        Assert.All(before, path => Assert.True(File.Exists(path)));

        rows.Remove(250); // of one segment
        rows.Index.Renew(default);
        var after = rows.SegmentPaths;
        Assert.Equal(11, before.Intersect(after).Count());
        Assert.Single(before.Except(after), path => !File.Exists(path));
        rows.AssertRight(rows.Index, Queries);

        rows.Add(300); // behind the last one
        rows.Index.Renew(default);
        Assert.Empty(after.Take(11).Except(rows.SegmentPaths));
        rows.AssertRight(rows.Index, Queries);
        rows.AssertRight(rows.NewIndex(), Queries);
        Assert.True(Check(rows).Ok, Check(rows).Says);
        Assert.Equal(Directory.GetFiles(Path.GetDirectoryName(rows.IndexPath)!, "*.rows").Order(), rows.SegmentPaths.Order());
    }

    /// <summary>The first segment is new then, and the others are open already.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(950)]
    public void After_any_segment_was_written_anew_all_are_of_use(int removed)
    {
        using var rows = new StoredRows(1000) { RowsASegment = 200 };
        rows.Index.Renew(default);
        rows.AssertRight(rows.Index, Queries[..3]);
        var before = rows.SegmentPaths;
        rows.Remove(removed);
        rows.Index.Renew(default);
        Assert.Single(before.Except(rows.SegmentPaths));
        Assert.True(rows.Ask(reader => rows.Index.Load(reader)) is { IsIndexed: true, Segments.AreWhole: true });
        rows.AssertRight(rows.Index, Queries[..3]);
        rows.Index.Renew(default);
        Assert.Single(before.Except(rows.SegmentPaths));
    }

    /// <summary>More rows would have to be read for the segments that are missing than may lie in memory.</summary>
    [Fact]
    public void Where_most_segments_are_missing_they_are_written_before_the_answer()
    {
        using var rows = new StoredRows(1000) { RowsASegment = 200 };
        rows.Index.Renew(default);
        var before = rows.SegmentPaths;
        foreach (var path in before[1..])
            File.Delete(path);
        using var index = rows.NewIndex(mostInMemory: 300);
        rows.AssertRight(index, Queries[..3]);
        Assert.True(rows.Ask(reader => index.Load(reader)) is { IsIndexed: true, Segments.AreWhole: true });
        Assert.Equal(before[0], rows.SegmentPaths[0]);
    }

    [Fact, Slow]
    public void What_is_added_little_by_little_ends_in_few_segments_and_each_row_is_written_a_few_times()
    {
        using var rows = new StoredRows(400) { RowsASegment = 4000 };
        rows.Index.Renew(default);
        long written = 0;
        var known = rows.SegmentPaths.ToHashSet();
        for (var round = 0; round < 20; round++)
        {
            rows.Add(260);
            rows.Index.Renew(default);
            written += rows.SegmentPaths.Where(known.Add).Sum(path => new FileInfo(path).Length);
        }
        var bytes = rows.SegmentPaths.Sum(path => new FileInfo(path).Length);
        Assert.InRange(rows.SegmentPaths.Length, 2, 8);
        Assert.InRange(written, bytes, 8 * bytes);
        rows.AssertRight(rows.Index, [.. Queries, 4000, 5500]);
        Assert.True(Check(rows).Ok, Check(rows).Says);
    }

    [Fact, Slow]
    public void Random_changes_leave_the_index_as_the_catalogue_is()
    {
        using var rows = new StoredRows(1200) { RowsASegment = 150 };
        rows.Index.Renew(default);
        using var other = rows.NewIndex(); // as in another process, which follows
        var random = new Random(4);
        var photos = 1200;
        for (var round = 0; round < 25; round++)
        {
            switch (random.Next(4))
            {
                case 0:
                    var more = random.Next(1, 400);
                    rows.Add(more);
                    photos += more;
                    break;
                case 1:
                    rows.Remove([.. Enumerable.Range(0, random.Next(1, 300)).Select(_ => random.Next(photos))]);
                    break;
                case 2:
                    rows.Replace(
                        $"round {round}",
                        [.. Enumerable.Range(0, 40).Select(i => (random.Next(photos), 9000 + 100 * round + i)).DistinctBy(row => row.Item1)]
                    );
                    break;
                default:
                    File.Delete(rows.SegmentPaths[random.Next(rows.SegmentPaths.Length)]);
                    break;
            }
            if (random.Next(2) == 0)
                rows.Index.Renew(default);
            rows.AssertRight(rows.Index, 0, 700, photos - 1);
            rows.AssertRight(other, 0, 700, photos - 1);
            using var fresh = rows.NewIndex();
            rows.AssertRight(fresh, 0, 700, photos - 1);
        }
        rows.Index.Renew(default);
        Assert.True(Check(rows).Ok, Check(rows).Says);
        Assert.Empty(new IndexFolder(rows.Directory).Leftovers());
        Assert.Equal(Directory.GetFiles(Path.GetDirectoryName(rows.IndexPath)!, "*.rows").Order(), rows.SegmentPaths.Order());
    }

    [Fact, Slow]
    public void A_segment_that_is_missing_or_damaged_is_read_from_the_catalogue_and_written_again_alone()
    {
        using var rows = new StoredRows(1000) { RowsASegment = 200 };
        rows.Index.Renew(default);
        rows.AssertRight(rows.Index, Queries[..3]);
        var before = rows.SegmentPaths;
        File.Delete(before[2]);
        File.WriteAllBytes(before[4] + ".new", [.. File.ReadAllBytes(before[4])[..^8192], .. new byte[8192]]);
        File.Move(before[4] + ".new", before[4], overwrite: true);

        using var index = rows.NewIndex();
        rows.AssertRight(index, [.. Enumerable.Range(0, 200).Select(i => 5 * i)]);
        Assert.True(rows.Ask(reader => index.Load(reader)) is { IsIndexed: true, Segments.AreWhole: false });
        index.RenewLater();
        index.Finish(default);
        rows.AssertRight(index, Queries[..3]);
        Assert.True(rows.Ask(reader => index.Load(reader)) is { IsIndexed: true, Segments.AreWhole: true });
        Assert.Equal([0, 1, 3, 5], Enumerable.Range(0, before.Length).Where(i => rows.SegmentPaths.Contains(before[i])));
        Assert.True(Check(rows).Ok, Check(rows).Says);
    }

    [Fact]
    public void Many_rows_are_indexed_before_they_are_searched_and_never_read_at_once()
    {
        using var rows = new StoredRows(900) { RowsASegment = 200 };
        using var index = rows.NewIndex(mostInMemory: 300);
        rows.AssertRight(index, 0, 7, 250); // more than may lie in memory: the index is made first
        Assert.True(rows.Ask(reader => index.Load(reader)) is { Segments.AreWhole: true });
        var before = rows.SegmentPaths;
        rows.Add(400); // more than may be added in memory
        rows.AssertRight(index, 0, 7, 250, 1299);
        Assert.NotEqual(before, rows.SegmentPaths);
        Assert.Equal(0, rows.Ask(reader => index.Load(reader)).Added);
    }

    /// <summary>Both want the lock of the files and the gate of the table.</summary>
    [Fact, Slow]
    public async Task A_search_that_must_make_the_index_and_a_renewal_do_not_wait_for_each_other()
    {
        using var rows = new StoredRows(600) { RowsASegment = 100 };
        using var index = rows.NewIndex(mostInMemory: 50);
        rows.AssertRight(index, 7);
        for (var round = 0; round < 6; round++)
        {
            rows.Add(70); // too many to be added in memory
            var renewing = Task.Run(() => index.Renew(default), TestContext.Current.CancellationToken);
            var searching = Task.Run(() => rows.AssertRight(index, 7, 600 + 70 * round), TestContext.Current.CancellationToken);
            await Task.WhenAll(renewing, searching).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        }
    }

    [Fact, Slow]
    public void Every_flipped_bit_of_the_list_is_noticed()
    {
        using var rows = new StoredRows(300) { RowsASegment = 100 };
        rows.Index.Renew(default);
        rows.Index.Drop();
        var sound = File.ReadAllBytes(rows.IndexPath);
        var identity = rows.Ask(reader => reader.Identity);
        for (var bit = 0; bit < 8 * sound.Length; bit++)
        {
            var bytes = (byte[])sound.Clone();
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
            File.WriteAllBytes(rows.IndexPath, bytes);
            Assert.Null(rows.File.TryReadList(identity, StoredRows.Dimensions, out var problem));
            Assert.NotNull(problem);
        }
        foreach (var length in Enumerable.Range(0, sound.Length))
        {
            File.WriteAllBytes(rows.IndexPath, sound[..length]);
            Assert.Null(rows.File.TryReadList(identity, StoredRows.Dimensions, out _));
        }
    }

    private static (string Says, bool Ok) Check(StoredRows rows) =>
        rows.Ask(reader => LocalIndex.Check(rows.File, reader, Some.Space().Key, default));
}
