using System.Diagnostics;
using System.Text.Json;
using ScottPlot;
using Sosia.Vectors.Exact;
using Sosia.Vectors.Metrics;
using Sosia.Vectors.Plain;

namespace Sosia.Bench.Vectors;

/// <summary>
/// How the time of a search grows with the rows, one thread, k = 20: a table as JSON, and a plot with the fitted exponents.
/// </summary>
internal static class GrowthBench
{
    private static readonly int[] Sizes = [10_000, 31_623, 100_000, 316_228, 1_000_000];
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static int Run(string image)
    {
        var table = Sizes.Select(Measure).ToArray();
        var (exact, plain) = (Fit(table, point => point.Exact), Fit(table, point => point.Plain));
        Draw(image, table, exact, plain);
        Console.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    ms = table.Select(point => new
                    {
                        rows = point.Rows,
                        exact = Math.Round(point.Exact, 3),
                        plain = Math.Round(point.Plain, 2),
                    }),
                    exactExponent = Math.Round(exact, 3),
                    plainExponent = Math.Round(plain, 3),
                },
                Indented
            )
        );
        return 0;
    }

    private readonly record struct Point(int Rows, double Exact, double Plain);

    private static Point Measure(int rows)
    {
        var (table, queries) = new FaceRows().Draw(rows, 200);
        var (index, plain) = (ExactIndex.Build<Cosine>(table, threads: 2), PlainIndex.Build<InnerProduct>(table, default, threads: 2));
        return new Point(rows, Median(i => index.Search(queries.Row(i), new())), Median(i => plain.Search(queries.Row(i), new())));
    }

    private static double Median(Action<int> search)
    {
        for (var warming = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(warming).TotalSeconds < 1.5; )
            search(0);
        var times = new double[31];
        for (var i = 0; i < times.Length; i++)
        {
            var started = Stopwatch.GetTimestamp();
            search(i + 1);
            times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }
        return times.Order().ElementAt(times.Length / 2);
    }

    /// <summary>The slope of the least-squares line through logarithms.</summary>
    private static double Fit(Point[] table, Func<Point, double> of)
    {
        var (x, y) = (table.Select(point => Math.Log(point.Rows)).ToArray(), table.Select(point => Math.Log(of(point))).ToArray());
        var (mx, my) = (x.Average(), y.Average());
        return x.Zip(y).Sum(pair => (pair.First - mx) * (pair.Second - my)) / x.Sum(value => (value - mx) * (value - mx));
    }

    private static void Draw(string image, Point[] table, double exact, double plain)
    {
        using var plot = new Plot();
        Line($"plain float32 scan: rows^{plain:F2}", "#888888", point => point.Plain);
        Line($"exact index: rows^{exact:F2}", "#1f5fbf", point => point.Exact);
        plot.XLabel("rows of 512 floats");
        plot.YLabel("milliseconds a query, one thread");
        plot.Axes.Bottom.TickGenerator = Decades(4, 6);
        plot.Axes.Left.TickGenerator = Decades(-2, 3);
        plot.ShowLegend(Alignment.UpperLeft);
        plot.SavePng(image, 720, 440);

        void Line(string name, string colour, Func<Point, double> of)
        {
            var line = plot.Add.Scatter(
                table.Select(point => Math.Log10(point.Rows)).ToArray(),
                table.Select(point => Math.Log10(of(point))).ToArray(),
                Color.FromHex(colour)
            );
            (line.LegendText, line.LineWidth, line.MarkerSize) = (name, 2, 8);
        }

        static ScottPlot.TickGenerators.NumericManual Decades(int from, int to)
        {
            var ticks = new ScottPlot.TickGenerators.NumericManual();
            for (var power = from; power <= to; power++)
                ticks.AddMajor(power, power < 0 ? $"{Math.Pow(10, power)}" : $"{Math.Pow(10, power):N0}");
            return ticks;
        }
    }
}
