using System.CommandLine;
using System.Diagnostics;
using Sosia.Cli.Output;
using Sosia.Evaluation.Features;
using Sosia.Evaluation.Reports;
using Sosia.Vectors;
using Sosia.Vectors.Files;

namespace Sosia.Cli.Commands.Research;

/// <summary><c>sosia knn X.npy</c></summary>
internal static class KnnCommand
{
    private static readonly string[] Algorithms = ["auto", "brute", "kd-tree", "ball-tree"];
    private static readonly string[] Metrics = ["minkowski", "cosine", "inner-product"];

    /// <summary>The words of scikit-learn, and what is meant by them here.</summary>
    private static readonly Dictionary<string, string> AlgorithmWords = new() { ["kd_tree"] = "kd-tree", ["ball_tree"] = "ball-tree" };
    private static readonly Dictionary<string, double> PowerWords = new()
    {
        ["manhattan"] = 1,
        ["l1"] = 1,
        ["euclidean"] = 2,
        ["l2"] = 2,
    };

    private static readonly Argument<string> File = new("X.npy") { Description = "Rows: a NumPy matrix" };
    private static readonly Option<string?> Queries = new("--queries")
    {
        Description = "Rows to search with: a NumPy matrix",
        HelpName = "Q.npy",
    };
    private static readonly Option<int?> Row = new("--row")
    {
        Description = "Search with this row of X.npy, counted from 0; it finds itself too",
        HelpName = "N",
    };
    private static readonly Option<int?> K = new("-k")
    {
        Description = "Rows in each answer, at most (default: 20, or all with --radius)",
        HelpName = "K",
    };
    private static readonly Option<float?> Radius = new("--radius") { Description = "Only rows within this distance", HelpName = "R" };
    private static readonly Option<string> By = new("--algorithm")
    {
        Description = "How to search; the answer is the same",
        HelpName = string.Join('|', Algorithms),
        DefaultValueFactory = _ => "auto",
    };
    private static readonly Option<string> Metric = new("--metric")
    {
        Description = "How far rows are from each other",
        HelpName = string.Join('|', Metrics),
        DefaultValueFactory = _ => "minkowski",
    };
    private static readonly Option<double> P = new("-p")
    {
        Description = "Minkowski's p: 1 is Manhattan, 2 Euclidean",
        HelpName = "P",
        DefaultValueFactory = _ => 2,
    };
    private static readonly Option<int> LeafSize = new("--leaf-size")
    {
        Description = "Rows a leaf of a tree",
        HelpName = "L",
        DefaultValueFactory = _ => new NeighborIndexOptions().LeafSize,
    };
    private static readonly Option<int> Threads = new("--threads")
    {
        Description = "Threads",
        HelpName = "T",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };
    private static readonly Option<int> Repeat = new("--repeat")
    {
        Description = "Measure the queries so many times",
        HelpName = "R",
        DefaultValueFactory = _ => 1,
    };
    private static readonly Option<string?> OutIndices = new("--out-indices")
    {
        Description = "Write the row numbers (int64; -1 where an answer has fewer)",
        HelpName = "I.npy",
    };
    private static readonly Option<string?> OutDistances = new("--out-distances")
    {
        Description = "Write the distances (float32; infinite where an answer has fewer)",
        HelpName = "D.npy",
    };
    private static readonly Option<string?> Html = new("--html")
    {
        Description = "Write a page with the pictures of the answer to --row",
        HelpName = "FILE",
    };
    private static readonly Option<string?> Images = new("--images")
    {
        Description = "Where the images of the rows are (default: what X.json beside the file says)",
        HelpName = "DIR",
    };
    private static readonly Option<string?> Order = new("--order")
    {
        Description = "Without X.json: names, one a row; the n-th row of a name is that person's n-th image (default: by path)",
        HelpName = "FILE",
    };
    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create(CancellationToken cancellation)
    {
        By.AcceptOnlyFromAmong([.. Algorithms, .. AlgorithmWords.Keys]);
        Metric.AcceptOnlyFromAmong([.. Metrics, .. PowerWords.Keys]);
        var command = new Command("knn", "Find the nearest rows of a NumPy file (exit code 1: none)")
        {
            File,
            Queries,
            Row,
            K,
            Radius,
            By,
            Metric,
            P,
            LeafSize,
            Threads,
            Repeat,
            OutIndices,
            OutDistances,
            Html,
            Images,
            Order,
            AsJson,
        };
        command.SetAction(parsed => Run(parsed, cancellation));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var (by, metric) = (parsed.GetValue(By)!, parsed.GetValue(Metric)!);
        var isPower = PowerWords.TryGetValue(metric, out var power);
        var options = new NeighborIndexOptions
        {
            Algorithm = (Algorithm)Array.IndexOf(Algorithms, AlgorithmWords.GetValueOrDefault(by, by)),
            Metric = isPower ? MetricKind.Minkowski : (MetricKind)Array.IndexOf(Metrics, metric),
            P = isPower ? power : parsed.GetValue(P),
            LeafSize = parsed.GetValue(LeafSize),
            Threads = parsed.GetValue(Threads),
        };
        var radius = parsed.GetValue(Radius);
        var request = new SearchRequest
        {
            K = parsed.GetValue(K) ?? (radius is null ? SearchRequest.DefaultK : int.MaxValue),
            Radius = radius,
            Threads = options.Threads,
        };
        var repeat = parsed.GetValue(Repeat);
        if (repeat < 1)
            throw new ArgumentException($"--repeat must be 1 or more, got {repeat}.");
        if ((parsed.GetValue(Queries) is null) == (parsed.GetValue(Row) is null))
            throw new ArgumentException("Give either --queries Q.npy or --row N.");

        var html = parsed.GetValue(Html);
        if (html is not null && parsed.GetValue(Row) is null)
            throw new ArgumentException("--html shows the answer to one row: give it with --row N.");

        using var rows = NpyRows.Open(parsed.GetValue(File)!);
        using var file = parsed.GetValue(Queries) is { } path ? NpyRows.Open(path) : null;
        var queries = file ?? (IRowReader)new OneRow(rows, parsed.GetValue(Row)!.Value);
        if (queries.Dimensions != rows.Dimensions)
            throw new ArgumentException(
                $"The queries have {queries.Dimensions:N0} dimensions, expected {rows.Dimensions:N0} as the rows have."
            );
        var images = html is null
            ? null
            : RowImages.Of(parsed.GetValue(File)!, rows.Count, parsed.GetValue(Images), parsed.GetValue(Order));
        var started = Stopwatch.GetTimestamp();
        var index = NeighborIndex.Build(rows, options, cancellation);
        var build = Stopwatch.GetElapsedTime(started);
        var timing = KnnTiming.Measure(index, queries, request, repeat, cancellation);

        if (parsed.GetValue(OutIndices) is { } indices)
            KnnReport.WriteIndices(indices, timing.Found);
        if (parsed.GetValue(OutDistances) is { } distances)
            KnnReport.WriteDistances(distances, timing.Found);
        if (html is not null)
            NeighboursPage.Write(html, parsed.GetValue(File)!, images!, parsed.GetValue(Row)!.Value, timing.Found[0]);
        var algorithm =
            options.Algorithm == Algorithm.Auto ? NeighborIndex.Choose(rows.Count, rows.Dimensions, options.Metric) : options.Algorithm;
        if (parsed.GetValue(AsJson))
            Json.Write(
                new KnnJson(
                    rows.Count,
                    rows.Dimensions,
                    Algorithms[(int)algorithm],
                    build.TotalSeconds,
                    new KnnMsJson(timing.Median, timing.P95),
                    timing.QueriesPerSecond,
                    index.IndexBytes
                )
            );
        else
            KnnReport.Print(timing.Found);
        return timing.Found.Any(found => found.Length > 0) ? ExitCode.Done : ExitCode.NothingMatched;
    }

    /// <summary>One row of a table, as a table of queries.</summary>
    private sealed class OneRow : IRowReader
    {
        private readonly float[] _values;

        public OneRow(IRowReader rows, int row)
        {
            if ((uint)row >= (uint)rows.Count)
                throw new ArgumentException($"There is no row {row}: {Text.Count(rows.Count, "row")}, counted from 0.");
            _values = rows.Row(row).ToArray();
        }

        public int Count => 1;

        public int Dimensions => _values.Length;

        public ReadOnlySpan<float> Row(int row) => _values;
    }
}
