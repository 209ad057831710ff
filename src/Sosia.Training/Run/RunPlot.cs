using ScottPlot;
using Sosia.Vectors.Files;

namespace Sosia.Training.Run;

/// <summary>The picture of a run: accuracy and loss at the end of each epoch.</summary>
internal static class RunPlot
{
    /// <param name="history">At least one step.</param>
    /// <param name="path">A PNG file.</param>
    public static void Write(History history, string path)
    {
        var ends = history.Moments.GroupBy(m => m.Epoch).Select(epoch => epoch.Last()).ToArray();
        using var plot = new Plot();
        var epochs = ends.Select(m => (double)m.Epoch).ToArray();
        var accuracy = plot.Add.Scatter(epochs, ends.Select(m => m.Accuracy * 100).ToArray());
        (accuracy.LegendText, accuracy.LineWidth) = ("training accuracy, %", 2);
        if (history.Checks.Count > 0)
        {
            var other = plot.Add.Scatter(
                history.Checks.Select(c => (double)c.Epoch).ToArray(),
                history.Checks.Select(c => c.Accuracy * 100).ToArray()
            );
            (other.LegendText, other.LineWidth) = ("accuracy on the same people's other photos, %", 2);
        }
        var loss = plot.Add.Scatter(epochs, ends.Select(m => m.Loss).ToArray());
        (loss.LegendText, loss.LineWidth, loss.Axes.YAxis) = ("loss", 2, plot.Axes.Right);
        plot.Axes.SetLimitsY(0, 102);
        plot.Axes.SetLimitsY(0, ends.Max(m => double.IsFinite(m.Loss) ? m.Loss : 0) * 1.05 + 1e-9, plot.Axes.Right);
        plot.XLabel("epoch");
        plot.Axes.Left.Label.Text = history.Checks.Count > 0 ? "accuracy, %" : "training accuracy, %";
        plot.Axes.Right.Label.Text = "loss";
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericFixedInterval(Math.Max(1, ends.Length / 10));
        plot.ShowLegend(Alignment.MiddleRight);
        var image = plot.GetImageBytes(900, 500, ImageFormat.Png);
        DerivedFile.Write(path, stream => stream.Write(image));
    }
}
