using Sosia.Vectors.Files;

namespace Sosia.Cli.Tests;

public sealed class KnnTests : IDisposable
{
    private readonly SosiaProgram _sosia = new();
    private readonly string _rows;

    /// <summary>60 points on a line: the nearest to number i are its neighbours, the lower number first.</summary>
    public KnnTests()
    {
        _rows = _sosia["rows.npy"];
        NpyFile.Write<float>(_rows, [.. Enumerable.Range(0, 60).SelectMany(i => new float[] { i, 1 })], columns: 2);
    }

    public void Dispose() => _sosia.Dispose();

    [Theory]
    [InlineData("auto")]
    [InlineData("brute")]
    [InlineData("kd-tree")]
    [InlineData("ball-tree")]
    [InlineData("kd_tree")]
    [InlineData("ball_tree")]
    public void Every_algorithm_prints_the_same_matrices(string algorithm)
    {
        var ran = _sosia.Ask("knn", _rows, "--row", "30", "-k", "4", "--algorithm", algorithm, "--leaf-size", "3", "--threads", "2");
        Assert.Equal((0, "", "indices\n[[30 29 31 28]]\ndistances\n[[0 1 1 2]]\n"), (ran.Code, ran.Error, ran.Out));
    }

    [Theory]
    [InlineData("manhattan", "1"), InlineData("euclidean", "2")]
    public void The_metrics_of_scikit_learn_are_known_by_their_names(string metric, string p)
    {
        string Found(params string[] how) => _sosia.Ask(["knn", _rows, "--row", "7", "-k", "5", .. how]).Out;
        Assert.Equal(Found("-p", p), Found("--metric", metric));
    }

    [Fact]
    public void Queries_from_a_file_are_answered_into_files()
    {
        NpyFile.Write<double>(_sosia["queries.npy"], [0.2, 1, 58.9, 1, 10.4, 1], columns: 2);
        var ran = _sosia.Run(
            "knn",
            _rows,
            "--queries",
            _sosia["queries.npy"],
            "-k",
            "2",
            "-p",
            "1",
            "--repeat",
            "2",
            "--out-indices",
            _sosia["out/i.npy"],
            "--out-distances",
            _sosia["out/d.npy"],
            "--json"
        );
        Assert.Equal((0, ""), (ran.Code, ran.Error));
        Assert.Equal([0, 1, 59, 58, 10, 11], NpyFile.Read<long>(_sosia["out/i.npy"], out var header));
        Assert.Equal([3L, 2L], header.Shape);
        Assert.All(
            NpyFile.Read<float>(_sosia["out/d.npy"], out _).Zip([0.2f, 0.8f, 0.1f, 0.9f, 0.4f, 0.6f]),
            pair => Assert.Equal(pair.Second, pair.First, 1e-5f)
        );
        var json = ran.Json;
        Assert.Equal(
            (60, 2, "brute"),
            (json.GetProperty("rows").GetInt32(), json.GetProperty("dimensions").GetInt32(), json.GetProperty("algorithm").GetString())
        );
        Assert.InRange(
            json.GetProperty("queryMs").GetProperty("p95").GetDouble(),
            json.GetProperty("queryMs").GetProperty("median").GetDouble(),
            1e6
        );
        Assert.True(
            json.GetProperty("queriesPerSecond").GetDouble() > 0
                && json.GetProperty("buildSeconds").GetDouble() > 0
                && json.GetProperty("indexBytes").GetInt64() == 0
        );
    }

    [Fact]
    public void A_radius_gives_all_rows_within_it_and_short_answers_are_filled_up()
    {
        var ran = _sosia.Ask(
            "knn",
            _rows,
            "--queries",
            _rows,
            "--radius",
            "1",
            "--out-indices",
            _sosia["i.npy"],
            "--out-distances",
            _sosia["d.npy"]
        );
        Assert.Equal(0, ran.Code);
        Assert.Equal([0, 1, -1, 1, 0, 2], NpyFile.Read<long>(_sosia["i.npy"], out var header)[..6]);
        Assert.Equal([60L, 3L], header.Shape);
        Assert.Equal([0, 1, float.PositiveInfinity], NpyFile.Read<float>(_sosia["d.npy"], out _)[..3]);
    }

    [Fact]
    public void Maps_of_features_are_rows_as_they_are()
    {
        // rows × columns × channels of each picture, as Keras predicts them
        using (var maps = NpyWriter.Create<float>(_sosia["maps.npy"], 1, 2, 3))
        {
            maps.Append([.. Enumerable.Range(0, 5).SelectMany(i => Enumerable.Repeat((float)i, 6))]);
            maps.Complete();
        }
        var ran = _sosia.Ask("knn", "maps.npy", "--row", "0", "-k", "3");
        Assert.Equal((0, "", "indices\n[[0 1 2]]\ndistances\n[[0 2.44948983 4.89897966]]\n"), (ran.Code, ran.Error, ran.Out));
        Assert.Equal(
            "--html shows the answer to one row: give it with --row N.",
            _sosia.Ask("knn", "maps.npy", "--queries", "maps.npy", "--html", "found.html").Sentence
        );
    }

    [Fact]
    public void Nothing_within_the_radius_is_1()
    {
        NpyFile.Write<float>(_sosia["far.npy"], [1000, 1000], columns: 2);
        Assert.Equal(1, _sosia.Ask("knn", _rows, "--queries", _sosia["far.npy"], "--radius", "2").Code);
    }

    [Theory]
    [InlineData("Give either --queries Q.npy or --row N.")]
    [InlineData("There is no row 60: 60 rows, counted from 0.", "--row", "60")]
    [InlineData("There is no row -1: 60 rows, counted from 0.", "--row", "-1")]
    [InlineData("K must be 1 or more, got 0.", "--row", "1", "-k", "0")]
    [InlineData("Threads must be 1 or more, got 0.", "--row", "1", "--threads", "0")]
    [InlineData("--repeat must be 1 or more, got 0.", "--row", "1", "--repeat", "0")]
    [InlineData(
        "A tree needs a Minkowski metric, got Cosine: choose brute or auto.",
        "--row",
        "1",
        "--metric",
        "cosine",
        "--algorithm",
        "kd-tree"
    )]
    [InlineData("Leaf size must be 1 or more, got 0.", "--row", "1", "--leaf-size", "0")]
    public void What_can_not_be_asked_is_said_in_one_sentence(string says, params string[] arguments)
    {
        var ran = _sosia.Ask(["knn", _rows, .. arguments]);
        Assert.Equal((2, "", says), (ran.Code, ran.Out, ran.Sentence));
    }

    [Fact]
    public void A_p_below_1_is_refused() =>
        Assert.StartsWith(
            "P must be from 1 to 1,000, got 0.5.",
            _sosia.Ask("knn", _rows, "--row", "1", "-p", "0.5").Sentence,
            StringComparison.Ordinal
        );

    [Fact]
    public void Files_that_are_not_rows_are_refused_by_name()
    {
        NpyFile.Write<float>(_sosia["three.npy"], [1, 2, 3], columns: 3);
        NpyFile.WriteTexts(_sosia["texts.npy"], ["a", "b"]);
        NpyFile.Write<float>(_sosia["nan.npy"], [1, 2, float.NaN, 4], columns: 2);
        File.WriteAllBytes(_sosia["cut.npy"], File.ReadAllBytes(_rows)[..^1]);
        Check("The queries have 3 dimensions, expected 2 as the rows have.", "knn", _rows, "--queries", _sosia["three.npy"]);
        Check($"{_sosia["texts.npy"]}: it holds text; expected rows of numbers.", "knn", _sosia["texts.npy"], "--row", "0");
        Check("Row 1 does not fit the metric euclidean: value 0 is not a number.", "knn", _sosia["nan.npy"], "--row", "0");
        Check(
            $"{_sosia["cut.npy"]}: expected 608 bytes for 60 × 2 values, got 607; it was cut off, or is still being written.",
            "knn",
            _sosia["cut.npy"],
            "--row",
            "0"
        );
    }

    private void Check(string says, params string[] arguments)
    {
        var ran = _sosia.Ask(arguments);
        Assert.Equal((2, "", says), (ran.Code, ran.Out, ran.Sentence));
    }
}
