using FsCheck;
using FsCheck.Fluent;
using Sosia.Vectors.Files;
using Sosia.Vectors.Metrics;
using Sosia.Vectors.Plain;
using Sosia.Vectors.Trees;

namespace Sosia.Vectors.Tests.Plain;

/// <summary>What holds for the scan and for both trees alike.</summary>
public class EveryPlainAndTreeIndexTests
{
    private static readonly double[] Powers = [1, 1.5, 2, 3, 4.5];

    public static TheoryData<string> All => ["plain", "kd-tree", "ball-tree"];

    [Theory]
    [MemberData(nameof(All))]
    public void The_answer_is_that_of_a_scan_in_float64(string kind) =>
        Prop.ForAll(
                Arb.From(Gen.Choose(0, int.MaxValue)),
                seed =>
                {
                    var (rows, queries, random) = Table.Draw(seed);
                    var p = Powers[random.Next(Powers.Length)];
                    var index = Build(kind, rows, p, random.Next(3) == 0 ? 1 : random.Next(2, 50));
                    var request = Draw(random, rows, p);
                    var batch = index.SearchAll(queries, request);
                    for (var i = 0; i < queries.Count; i++)
                    {
                        var query = queries.Row(i).ToArray();
                        Oracle.Same(
                            Oracle.Search(p, query, rows, request),
                            index.Search(query, request),
                            row => Oracle.Minkowski(p, query, rows.Row(row))
                        );
                        Assert.Equal(index.Search(query, request with { Threads = 2 }), batch[i]);
                    }
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    [Theory]
    [MemberData(nameof(All))]
    public void Scikit_learn_finds_the_same(string kind)
    {
        using var rows = NpyRows.Open(Oracle.Fixture("rows.npy"));
        using var queries = NpyRows.Open(Oracle.Fixture("queries.npy"));
        foreach (var p in (double[])[1, 1.5, 2, 3])
        {
            var (_, distances) = Oracle.Reference($"minkowski-p{p}");
            var (numbers, _) = Oracle.Reference($"minkowski-p{p}");
            var found = Build(kind, rows, p, leafSize: 7).SearchAll(queries, new SearchRequest());
            for (var query = 0; query < queries.Count; query++)
            {
                var theirs = Enumerable.Range(query * 20, 20).Select(i => (Row: (int)numbers[i], Distance: distances[i])).ToArray();
                Assert.All(theirs.Zip(found[query]), pair => Assert.Equal(pair.First.Distance, pair.Second.Distance, 1e-5));
                // Ties stand in any order there, and the last one may be another of those at its distance.
                var sure = theirs
                    .Where(neighbor => neighbor.Distance < theirs[^1].Distance - 1e-5)
                    .Select(neighbor => neighbor.Row)
                    .ToArray();
                Assert.Equal(sure.Order(), found[query].Select(neighbor => neighbor.Row).Take(sure.Length).Order());
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Scikit_learn_finds_as_many_within_a_radius(string kind)
    {
        using var rows = NpyRows.Open(Oracle.Fixture("rows.npy"));
        using var queries = NpyRows.Open(Oracle.Fixture("queries.npy"));
        using var reference = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Oracle.Fixture("radius-5.json")));
        var found = Build(kind, rows, 2, leafSize: 7).SearchAll(queries, SearchRequest.Within(5));
        Assert.Equal(
            reference.RootElement.GetProperty("counts").EnumerateArray().Select(count => count.GetInt32()),
            found.Select(all => all.Length)
        );
        foreach (var (theirs, ours) in reference.RootElement.GetProperty("distances").EnumerateArray().Zip(found))
            Assert.All(theirs.EnumerateArray().Zip(ours), pair => Assert.Equal(pair.First.GetDouble(), pair.Second.Distance, 1e-5));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Rows_at_equal_distance_go_by_their_number(string kind)
    {
        var rows = new Table([.. Enumerable.Range(0, 200).Select(i => new[] { i % 2 == 0 ? 1f : -1f, 0 })], 2);
        var found = Build(kind, rows, 2, leafSize: 1).Search([0, 0], new SearchRequest { K = 50 });
        Assert.Equal(Enumerable.Range(0, 50), found.Select(neighbor => neighbor.Row));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_row_at_the_radius_itself_is_within_it(string kind)
    {
        var index = Build(
            kind,
            new Table(
                [
                    [3, 4],
                    [3, 4.001f],
                    [0, 0],
                    [-5, 0],
                ],
                2
            ),
            2,
            1
        );
        Assert.Equal([2, 0, 3], index.Search([0, 0], SearchRequest.Within(5)).Select(found => found.Row));
        Assert.Equal([2], index.Search([0, 0], SearchRequest.Within(0)).Select(found => found.Row));
        Assert.Empty(index.Search([0, 0], SearchRequest.Within(-1)));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void An_empty_table_has_no_neighbours(string kind) =>
        Assert.Empty(Build(kind, new Table([], 3), 2, 30).Search([1, 2, 3], new SearchRequest()));

    [Theory]
    [MemberData(nameof(All))]
    public void More_neighbours_than_rows_gives_all_rows(string kind) =>
        Assert.Equal(
            [1, 0],
            Build(
                    kind,
                    new Table(
                        [
                            [5],
                            [3],
                        ],
                        1
                    ),
                    2,
                    30
                )
                .Search([1], new SearchRequest { K = 20 })
                .Select(found => found.Row)
        );

    [Theory]
    [MemberData(nameof(All))]
    public void A_filter_that_allows_nothing_finds_nothing(string kind)
    {
        var index = Build(
            kind,
            new Table(
                [
                    [5],
                    [3],
                ],
                1
            ),
            2,
            30
        );
        Assert.Empty(index.Search([1], new SearchRequest { Allowed = new RowSet(2) }));
        Assert.Empty(index.Search([1], new SearchRequest { Where = _ => false }));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_row_that_can_not_be_compared_is_named(string kind)
    {
        var rows = Enumerable.Range(0, 500).Select(i => new float[] { i, 0, 1 }).ToArray();
        rows[333][1] = float.NaN;
        rows[444][2] = float.PositiveInfinity;
        Assert.Equal(
            "Row 333 does not fit the metric euclidean: value 1 is not a number.",
            Assert.Throws<ArgumentException>(() => Build(kind, new Table(rows, 3), 2, 30)).Message
        );
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_query_that_can_not_be_compared_is_refused(string kind)
    {
        var index = Build(
            kind,
            new Table(
                [
                    [5, 1],
                    [3, 1],
                ],
                2
            ),
            1,
            30
        );
        Assert.Equal(
            "The query has the wrong length: expected 2 dimensions, got 3.",
            Assert.Throws<ArgumentException>(() => index.Search([1, 2, 3], new SearchRequest())).Message
        );
        Assert.Equal(
            "The query does not fit the metric manhattan: value 1 is infinite.",
            Assert.Throws<ArgumentException>(() => index.Search([1, float.NegativeInfinity], new SearchRequest())).Message
        );
        Assert.StartsWith(
            "Query 1 does not fit",
            Assert
                .Throws<ArgumentException>(() =>
                    index.SearchAll(
                        new Table(
                            [
                                [1, 2],
                                [float.NaN, 1],
                            ],
                            2
                        ),
                        new SearchRequest()
                    )
                )
                .Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_request_that_makes_no_sense_is_refused(string kind)
    {
        var index = Build(
            kind,
            new Table(
                [
                    [5],
                    [3],
                ],
                1
            ),
            2,
            30
        );
        foreach (
            var request in (SearchRequest[])
                [new() { K = 0 }, new() { Threads = 0 }, new() { Radius = float.NaN }, new() { Allowed = new RowSet(3) }]
        )
        {
            Assert.Throws<ArgumentException>(() => index.Search([1], request));
            Assert.Throws<ArgumentException>(() =>
                index.SearchAll(
                    new Table(
                        [
                            [1],
                        ],
                        1
                    ),
                    request
                )
            );
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Who_does_not_want_to_wait_is_heard(string kind)
    {
        var index = Build(
            kind,
            new Table(
                [
                    [5],
                    [3],
                ],
                1
            ),
            2,
            30
        );
        Assert.Throws<OperationCanceledException>(() => index.Search([1], new SearchRequest(), new CancellationToken(true)));
        Assert.Throws<OperationCanceledException>(() =>
            index.SearchAll(
                new Table(
                    [
                        [1],
                        [2],
                    ],
                    1
                ),
                new SearchRequest { Threads = 2 },
                new CancellationToken(true)
            )
        );
    }

    [Fact]
    public void Options_that_make_no_tree_are_refused()
    {
        var rows = new Table(
            [
                [1],
            ],
            1
        );
        Assert.Contains(
            "Leaf size must be 1 or more, got 0.",
            Assert.Throws<ArgumentException>(() => KdTree.Build(rows, new TreeOptions { LeafSize = 0 })).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "P must be from 1",
            Assert.Throws<ArgumentException>(() => BallTree.Build(rows, new TreeOptions { P = 0.9 })).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_file_cut_off_under_an_index_is_told_and_kills_nobody()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.File("x.npy");
        NpyFile.Write<float>(path, new float[1 << 20], 1 << 10);
        using var rows = NpyRows.Open(path);
        var index = PlainIndex.Build(rows, new Minkowski(2));
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
            stream.SetLength(4096);
        Assert.Throws<DamagedFileException>(() => index.Search(new float[1 << 10], new SearchRequest()));
        Assert.Throws<DamagedFileException>(() => KdTree.Build(rows, new TreeOptions()));
    }

    private static INeighborIndex Build(string kind, IRowReader rows, double p, int leafSize) =>
        kind switch
        {
            "plain" => p == 1 ? PlainIndex.Build(rows, new Manhattan()) : PlainIndex.Build(rows, new Minkowski(p)),
            "kd-tree" => KdTree.Build(rows, new TreeOptions { P = p, LeafSize = leafSize }),
            _ => BallTree.Build(rows, new TreeOptions { P = p, LeafSize = leafSize }),
        };

    private static SearchRequest Draw(Random random, IRowReader rows, double p)
    {
        // Not a distance itself: one in the middle between two floats is told as either, by how it was added up.
        var radius =
            rows.Count > 1 && random.Next(3) == 0
                ? 1.00001f * (float)Oracle.Minkowski(p, rows.Row(random.Next(rows.Count)).ToArray(), rows.Row(random.Next(rows.Count)))
                : (float?)null;
        var modulus = random.Next(2, 10);
        return new SearchRequest
        {
            K = random.Next(4) == 0 ? int.MaxValue : random.Next(1, 30),
            Radius = radius,
            Allowed = random.Next(4) == 0 ? RowSet.Where(rows.Count, _ => random.Next(10) == 0) : null,
            Where = random.Next(4) == 0 ? row => row % modulus == 0 : null,
            Threads = 1,
        };
    }
}
