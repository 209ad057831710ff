using System.Runtime.CompilerServices;
using Sosia.Vectors.Exact;
using Sosia.Vectors.Metrics;

namespace Sosia.Vectors.Tests.Exact;

/// <summary>Rows come and go; what a search finds stays right.</summary>
public class GrowingIndexTests
{
    [Fact, Slow]
    public void Rows_unlike_those_the_rotation_was_learnt_from_are_found_all_the_same()
    {
        var table = new RowTable(160);
        foreach (var row in Some.Structured(1, 5000, 160))
            table.Append(row);
        var cosine = ExactIndex.Build<Cosine>(table.Snapshot());
        var euclidean = ExactIndex.Build<Euclidean>(table.Snapshot());
        foreach (var row in Some.Isotropic(2, 1500, 160))
            table.Append([.. row.Select(value => value * 50)]);
        var snapshot = table.Snapshot();
        cosine = cosine.With(snapshot, null);
        euclidean = euclidean.With(snapshot, null, threads: 2);
        foreach (var query in Some.Isotropic(3, 10, 160).Concat(Some.Structured(4, 10, 160)))
        {
            Oracle.AssertSame(Oracle.Search<Cosine>(snapshot, query, new()), cosine.Search(query, new()));
            Oracle.AssertSame(Oracle.Search<Euclidean>(snapshot, query, new()), euclidean.Search(query, new()));
        }
    }

    [Fact]
    public void A_table_in_small_pieces_has_the_same_rows()
    {
        var rows = Some.Isotropic(6, 1000, 24);
        var table = new RowTable(24, mostRowsAPiece: 100);
        table.Append([.. rows.SelectMany(row => row)]);
        var snapshot = table.Snapshot();
        for (var i = 0; i < rows.Length; i++)
            Assert.Equal(rows[i], snapshot.Row(i));
        Assert.False(LieTogether(63)); // 64 rows a piece: the largest power of two that is not above
        Assert.True(LieTogether(62));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RowTable(24, 0));

        bool LieTogether(int row) =>
            Unsafe.AreSame(in Unsafe.Add(ref Unsafe.AsRef(in snapshot.Row(row)[0]), 24), in snapshot.Row(row + 1)[0]);
    }

    [Fact]
    public void A_reader_keeps_what_it_has_while_a_writer_goes_on()
    {
        var table = new RowTable(24);
        var rows = Some.Isotropic(5, 4000, 24);
        for (var i = 0; i < 1000; i++)
            table.Append(rows[i]);
        var before = table.Snapshot();
        var index = ExactIndex.Build<Cosine>(before);
        for (var i = 1000; i < 4000; i++)
            table.Append(rows[i]);
        Assert.True(table.Delete(3));
        Assert.False(table.Delete(3));
        var after = table.Snapshot();
        var grown = index.With(after, after.Deleted);

        Assert.Equal(1000, before.Count);
        Assert.Null(before.Deleted);
        Assert.Equal(3, index.Search(rows[3], new() { K = 1 })[0].Row);
        Assert.NotEqual(3, grown.Search(rows[3], new() { K = 1 })[0].Row);
        Assert.Equal(3999, grown.Search(rows[3999], new() { K = 1 })[0].Row);
        Oracle.AssertSame(Oracle.Search<Cosine>(after, rows[3], new(), after.Deleted), grown.Search(rows[3], new()));
        Oracle.AssertSame(
            Oracle.Search<Cosine>(after, rows[3], new() { K = 5000 }, after.Deleted),
            grown.Search(rows[3], new() { K = 5000, Threads = 2 })
        );
    }

    [Fact]
    public void Growing_row_by_row_gives_the_same_as_building_at_once()
    {
        var table = new RowTable(70);
        var index = ExactIndex.Build<Euclidean>(table.Snapshot());
        foreach (var row in Some.Structured(6, 300, 70))
        {
            table.Append(row);
            index = index.With(table.Snapshot(), null);
        }
        var query = Some.Structured(7, 1, 70)[0];
        Oracle.AssertSame(Oracle.Search<Euclidean>(table.Snapshot(), query, new()), index.Search(query, new()));
    }

    [Fact]
    public void A_deleted_row_may_be_unfit_and_one_that_is_not_may_not()
    {
        var table = new RowTable(3);
        table.Append([1, 2, 3, 0, 0, 0, 3, 2, 1]);
        Assert.Throws<ArgumentException>(() => ExactIndex.Build<Cosine>(table.Snapshot()));
        table.Delete(1);
        var snapshot = table.Snapshot();
        var index = ExactIndex.Build<Cosine>(snapshot, snapshot.Deleted);
        Assert.Equal([2, 0], index.Search([3, 2, 1], new()).Select(neighbor => neighbor.Row));
        Assert.Throws<ArgumentException>(() => index.With(Some.Table([1, 2, 3]), null));
        Assert.Throws<ArgumentException>(() => index.With(Some.Table([1f, 2], [1, 2], [1, 2]), null));
    }

    [Fact]
    public void A_table_says_what_it_expected()
    {
        var table = new RowTable(3);
        Assert.Contains("3 dimensions", Assert.Throws<ArgumentException>(() => table.Append([1, 2])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => table.Delete(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => table.Snapshot().Row(0).Length);
    }
}
