using ScottPlot;
using Sosia.Evaluation.Measures;

namespace Sosia.Evaluation.Reports;

/// <summary>The report's plots, as SVG.</summary>
internal static class Plots
{
    private const int Width = 560;
    private const int Height = 380;
    private const int HistogramBins = 200;

    private static readonly Color PlainColour = Color.FromHex("#1f5fbf");
    private static readonly Color ExpandedColour = Color.FromHex("#d1581b");

    /// <summary>True match rate over false match rate, the latter from one in a million on.</summary>
    public static string Roc(PairScores plain, PairScores expanded)
    {
        using var plot = New("false match rate", "true match rate");
        Curve(plot, "plain", PlainColour, plain);
        Curve(plot, "with expansion", ExpandedColour, expanded);
        plot.Axes.Bottom.TickGenerator = Decades();
        plot.Axes.SetLimits(-6, 0, 0, 1.005);
        plot.ShowLegend(Alignment.LowerRight);
        return Svg(plot);

        static void Curve(Plot plot, string name, Color colour, PairScores scores)
        {
            var points = scores.Roc().Where(point => point.FalseMatchRate > 0).ToArray();
            Line(
                plot,
                name,
                colour,
                [.. points.Select(point => Math.Log10(point.FalseMatchRate))],
                [.. points.Select(point => point.TrueMatchRate)]
            );
        }
    }

    /// <summary>Share of queries whose person is among the first r.</summary>
    public static string Cmc(Retrieval plain, Retrieval expanded)
    {
        using var plot = New("rank", "share of queries found");
        double[] ranks = [.. Enumerable.Range(1, plain.Cmc.Count).Select(rank => (double)rank)];
        Line(plot, "plain", PlainColour, ranks, [.. plain.Cmc]);
        Line(plot, "with expansion", ExpandedColour, ranks, [.. expanded.Cmc]);
        plot.Axes.SetLimits(1, plain.Cmc.Count, Math.Floor(Math.Min(plain.Cmc[0], expanded.Cmc[0]) * 50) / 50, 1.0005);
        plot.ShowLegend(Alignment.LowerRight);
        return Svg(plot);
    }

    /// <summary>How often each score comes, for pairs of one person and of two; each adds up to 1.</summary>
    public static string Histogram(PairScores scores)
    {
        using var plot = New("score", "share of pairs");
        Part(plot, "one person", PlainColour, scores.Same);
        Part(plot, "two people", ExpandedColour, scores.Different);
        plot.Axes.AutoScale();
        plot.Axes.SetLimitsX(-0.3, 1);
        plot.ShowLegend(Alignment.UpperRight);
        return Svg(plot);

        static void Part(Plot plot, string name, Color colour, long[] bins)
        {
            var each = bins.Length / HistogramBins;
            double all = Math.Max(1, bins.Sum());
            double[] middles = [.. Enumerable.Range(0, HistogramBins).Select(i => (i + 0.5) * 2 / HistogramBins - 1)];
            Line(
                plot,
                name,
                colour,
                middles,
                [.. Enumerable.Range(0, HistogramBins).Select(i => bins.AsSpan(i * each, each).ToArray().Sum() / all)]
            );
        }
    }

    /// <summary>The false match rate at each score, on a logarithmic axis: what a calibration states.</summary>
    public static string FalseMatches(PairScores plain, PairScores expanded)
    {
        using var plot = New("score", "false match rate");
        Curve(plot, "plain", PlainColour, plain);
        Curve(plot, "with expansion", ExpandedColour, expanded);
        plot.Axes.Left.TickGenerator = Decades();
        plot.Axes.SetLimits(-0.1, 1, -6, 0);
        plot.ShowLegend(Alignment.UpperRight);
        return Svg(plot);

        static void Curve(Plot plot, string name, Color colour, PairScores scores)
        {
            var points = scores.Roc().Where(point => point.FalseMatchRate > 0).ToArray();
            Line(
                plot,
                name,
                colour,
                [.. points.Select(point => point.Score)],
                [.. points.Select(point => Math.Log10(point.FalseMatchRate))]
            );
        }
    }

    internal static Plot New(string across, string up)
    {
        var plot = new Plot();
        plot.XLabel(across);
        plot.YLabel(up);
        return plot;
    }

    internal static void Line(Plot plot, string name, Color colour, double[] xs, double[] ys)
    {
        var line = plot.Add.ScatterLine(xs, ys, colour);
        line.LegendText = name;
        line.LineWidth = 2;
    }

    internal static ScottPlot.TickGenerators.NumericManual Decades() =>
        new(
            [.. Enumerable.Range(-6, 7).Select(power => (double)power)],
            [
                .. Enumerable
                    .Range(-6, 7)
                    .Select(power =>
                        power == 0 ? "1"
                        : power == -1 ? "0.1"
                        : $"1e{power}"
                    ),
            ]
        );

    internal static string Svg(Plot plot, int width = Width)
    {
        var svg = plot.GetSvgXml(width, Height);
        return svg[svg.IndexOf("<svg", StringComparison.Ordinal)..]; // inside a page there is no XML declaration
    }
}
