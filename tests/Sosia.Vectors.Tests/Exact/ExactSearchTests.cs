using Sosia.Vectors.Exact;
using Sosia.Vectors.Files;
using Sosia.Vectors.Metrics;
using Sosia.Vectors.Plain;
using Sosia.Vectors.Stored;

namespace Sosia.Vectors.Tests.Exact;

/// <summary>Exact search gives what the float64 scan gives, whatever the rows.</summary>
public class ExactSearchTests
{
    public static TheoryData<string> Tables => [.. Kinds.Keys];

    private static readonly Dictionary<string, Func<float[][]>> Kinds = new()
    {
        ["isotropic"] = () => Some.Isotropic(1, 3000, 64),
        ["isotropic, odd dimensions"] = () => Some.Isotropic(2, 1003, 37),
        ["one dimension"] = () => Some.Isotropic(3, 500, 1),
        ["structured"] = () => Some.Structured(4, 5000, 256),
        ["far from the origin"] = () => [.. Some.Structured(5, 3000, 128).Select(row => row.Select(value => value + 100).ToArray())],
        ["all equal"] = () => [.. Enumerable.Repeat(Some.Isotropic(6, 1, 130)[0], 700)],
        ["duplicates"] = () =>
        {
            var rows = Some.Structured(7, 200, 140);
            return [.. Enumerable.Range(0, 2000).Select(i => rows[i * 7 % 200])];
        },
        ["near ties"] = () =>
        {
            var row = Some.Isotropic(8, 1, 150)[0];
            return [.. Some.Isotropic(9, 1500, 150).Select(noise => row.Zip(noise, (a, b) => a + b * 1e-6f).ToArray())];
        },
        ["one outlier dimension"] = () =>
            [
                .. Some.Isotropic(10, 2000, 160)
                    .Select(
                        (row, i) =>
                        {
                            row[77] *= 1000;
                            return row;
                        }
                    ),
            ],
        ["one outlier row"] = () =>
        {
            var rows = Some.Structured(11, 2000, 140);
            rows[555] = [.. rows[555].Select(value => value * 1e6f)];
            return rows;
        },
        ["tiny"] = () => [.. Some.Structured(12, 800, 140).Select(row => row.Select(value => value * 1e-20f).ToArray())],
        ["huge"] = () => [.. Some.Structured(13, 800, 140).Select(row => row.Select(value => value * 1e12f).ToArray())],
        // From here on long enough for second records.
        ["long"] = () => Some.Structured(15, 1200, 512),
        ["long, slowly falling"] = () => Some.Structured(16, 700, 400, fall: 0.01),
        ["long, far from the origin"] = () => [.. Some.Structured(17, 600, 384).Select(row => row.Select(value => value + 100).ToArray())],
        ["long, duplicates"] = () =>
        {
            var rows = Some.Structured(18, 150, 512);
            return [.. Enumerable.Range(0, 700).Select(i => rows[i * 7 % 150])];
        },
        ["long, one outlier row"] = () =>
        {
            var rows = Some.Structured(19, 700, 512);
            rows[555] = [.. rows[555].Select(value => value * 1e6f)];
            return rows;
        },
        ["long, tiny"] = () => [.. Some.Structured(20, 500, 512).Select(row => row.Select(value => value * 1e-20f).ToArray())],
        ["long, huge"] = () => [.. Some.Structured(21, 500, 512).Select(row => row.Select(value => value * 1e12f).ToArray())],
        ["few rows of low rank"] = () =>
            [.. Some.Isotropic(14, 900, 3).Select(row => Enumerable.Range(0, 200).Select(i => row[i % 3] * (1 + i % 5)).ToArray())],
    };

    [Fact]
    public void Long_rows_have_second_records_which_leave_few_to_compare()
    {
        var rows = Some.Table(Some.Structured(22, 3000, 512, fall: 0.02));
        var index = ExactIndex.Build<InnerProduct>(rows);
        Assert.True(index.Encoding.Rotation.HasSecond);
        Assert.Equal(RecordLayout.SecondCodes, index.Encoding.Rotation.Coordinates - index.Coordinates);
        for (var row = 0; row < 100; row++)
            _ = index.Search(rows.Row(row), new SearchRequest());
        Assert.InRange(index.ComparedShare, 20.0 / rows.Count, 40.0 / rows.Count);
    }

    [Theory, MemberData(nameof(Tables))]
    public void Cosine_gives_what_float64_gives(string kind) => Check<Cosine>(kind);

    [Theory, Slow, MemberData(nameof(Tables))]
    public void Inner_product_gives_what_float64_gives(string kind) => Check<InnerProduct>(kind);

    [Theory, Slow, MemberData(nameof(Tables))]
    public void Euclidean_gives_what_float64_gives(string kind) => Check<Euclidean>(kind);

    private static void Check<TMetric>(string kind)
        where TMetric : struct, IProductMetric
    {
        var rows = Kinds[kind]();
        var random = new Random(99);
        float[][] queries =
        [
            rows[rows.Length / 2],
            .. Enumerable
                .Range(0, 4)
                .Select(i => rows[random.Next(rows.Length)].Select(value => value * (1 + 0.3f * (float)Some.Normal(random))).ToArray()),
            .. Some.Isotropic(98, 1, rows[0].Length),
        ];
        var table = Some.Table(rows);
        Oracle.AssertAllAgree<TMetric>(table, queries, new SearchRequest());
        Oracle.AssertAllAgree<TMetric>(table, queries, new SearchRequest { K = 1 });
        var nearest = Oracle.Search<TMetric>(table, queries[1], new SearchRequest { K = 60 });
        Oracle.AssertAllAgree<TMetric>(table, queries, SearchRequest.Within(nearest[Math.Min(50, nearest.Length - 1)].Distance));
        Oracle.AssertAllAgree<TMetric>(table, queries, new SearchRequest { Allowed = RowSet.Where(rows.Length, row => row % 2 == 0) });
        Oracle.AssertAllAgree<TMetric>(table, queries, new SearchRequest { Allowed = RowSet.Where(rows.Length, row => row % 90 == 1) });
        Oracle.AssertAllAgree<TMetric>(table, queries, new SearchRequest { Where = row => row % 3 == 0, K = 7 });
    }

    [Fact, Slow]
    public void Structure_is_found_and_makes_most_rows_need_no_closer_look()
    {
        var index = ExactIndex.Build<Cosine>(Some.Table(Some.Structured(20, 20_000, 256)));
        foreach (var query in Some.Structured(21, 10, 256))
            index.Search(query, new SearchRequest());
        Assert.True(index.Coordinates < 128, $"{index.Coordinates} coordinates");
        Assert.True(index.ComparedShare < 0.02, $"{index.ComparedShare:P2} compared");
    }

    [Fact]
    public void More_rows_asked_for_than_there_are_gives_all()
    {
        var rows = Some.Isotropic(30, 10, 5);
        Oracle.AssertAllAgree<Cosine>(Some.Table(rows), [rows[3]], new SearchRequest { K = 1000 });
        Oracle.AssertAllAgree<Euclidean>(Some.Table(rows), [rows[3]], new SearchRequest { K = int.MaxValue });
    }

    [Fact]
    public void An_empty_table_and_a_filter_that_allows_nothing_give_nothing()
    {
        Assert.Empty(ExactIndex.Build<Cosine>(new RowTable(5).Snapshot()).Search([1, 2, 3, 4, 5], new SearchRequest { Threads = 2 }));
        Assert.Empty(PlainIndex.Build<Cosine>(new RowTable(5).Snapshot(), default).Search([1, 2, 3, 4, 5], new SearchRequest()));
        var table = Some.Table(Some.Isotropic(31, 100, 8));
        Oracle.AssertAllAgree<Cosine>(table, Some.Isotropic(32, 2, 8), new SearchRequest { Allowed = new RowSet(100) });
        Oracle.AssertAllAgree<Cosine>(table, Some.Isotropic(32, 2, 8), new SearchRequest { Where = _ => false });
        Oracle.AssertAllAgree<Cosine>(table, Some.Isotropic(32, 2, 8), SearchRequest.Within(-1));
    }

    [Fact]
    public void Bad_queries_and_rows_are_refused_with_both_sides()
    {
        var table = Some.Table(Some.Isotropic(33, 50, 4));
        foreach (INeighborIndex index in new INeighborIndex[] { ExactIndex.Build<Cosine>(table), PlainIndex.Build<Cosine>(table, default) })
        {
            Assert.Contains(
                "expected 4 dimensions, got 3.",
                Assert.Throws<ArgumentException>(() => index.Search([1, 2, 3], new())).Message
            );
            Assert.Throws<ArgumentException>(() => index.Search([1, float.NaN, 3, 4], new()));
            Assert.Throws<ArgumentException>(() => index.Search([1, float.NegativeInfinity, 3, 4], new()));
            Assert.Throws<ArgumentException>(() => index.Search([0, 0, 0, 0], new()));
            Assert.Throws<ArgumentException>(() => index.Search([1, 2, 3, 4], new() { K = 0 }));
            Assert.Throws<ArgumentException>(() => index.Search([1, 2, 3, 4], new() { Threads = 0 }));
            Assert.Throws<ArgumentException>(() => index.Search([1, 2, 3, 4], new() { Allowed = new RowSet(49) }));
            Assert.Throws<ArgumentException>(() => index.Search([1, 2, 3, 4], new() { Radius = float.NaN }));
            Assert.Contains(
                "Query 1",
                Assert.Throws<ArgumentException>(() => index.SearchAll(Some.Table([1, 2, 3, 4], [0, 0, 0, 0]), new())).Message
            );
        }
        Assert.Contains("Row 1", Assert.Throws<ArgumentException>(() => ExactIndex.Build<Cosine>(Some.Table([1, 2], [0, 0]))).Message);
        Assert.Throws<ArgumentException>(() => ExactIndex.Build<Euclidean>(Some.Table([1, 2], [float.NaN, 0])));
        Assert.Throws<ArgumentException>(() => ExactIndex.Build<InnerProduct>(Some.Table([1, 2], [float.PositiveInfinity, 0])));
        Assert.Throws<ArgumentException>(() => PlainIndex.Build<Euclidean>(Some.Table([1, 2], [float.NaN, 0]), default));
    }

    [Fact]
    public void A_search_can_be_given_up()
    {
        var index = ExactIndex.Build<Cosine>(Some.Table(Some.Isotropic(34, 100, 8)));
        Assert.Throws<OperationCanceledException>(() => index.Search(Some.Isotropic(35, 1, 8)[0], new(), new CancellationToken(true)));
    }

    [Fact]
    public void A_file_of_rows_cut_off_under_an_index_is_told_and_kills_nobody()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.File("x.npy");
        var rows = Some.Structured(36, 3000, 200);
        NpyFile.Write<float>(path, rows.SelectMany(row => row).ToArray(), 200);
        using var mapped = NpyRows.Open(path);
        var index = ExactIndex.Build<Cosine>(mapped);
        var joined = index.With(new JoinedRows(mapped, Some.Table(rows[1])), null);
        IndexFile.WriteBeside(directory.File("x.index"), index, new IndexStamp("x.npy", 0, 0));
        using var beside = IndexFile.Open<Cosine>(directory.File("x.index"), mapped);
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
            stream.SetLength(4096);

        var few = new SearchRequest { Allowed = RowSet.Where(3000, row => row % 100 == 0) };
        Assert.Throws<DamagedFileException>(() => index.Search(rows[7], new()));
        Assert.Throws<DamagedFileException>(() => index.Search(rows[7], few));
        Assert.Throws<DamagedFileException>(() => index.SearchAll(Some.Table(rows[7]), new()));
        Assert.Throws<DamagedFileException>(() => joined.Search(rows[7], new()));
        Assert.Throws<DamagedFileException>(() => beside.Index.Search(rows[7], new()));
        Assert.Throws<DamagedFileException>(() => index.With(mapped, null));
        Assert.Throws<DamagedFileException>(() => ExactIndex.Build<Cosine>(mapped));
        Assert.Throws<DamagedFileException>(() => ExactIndex.Build<Cosine>(Some.Table(rows)).SearchAll(mapped, new()));
        Assert.Throws<DamagedFileException>(() => NeighborIndex.Build(mapped, new NeighborIndexOptions { Metric = MetricKind.Cosine }));
    }
}
