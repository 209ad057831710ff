using Sosia.Evaluation.Rows;

namespace Sosia.Cli.Output;

/// <summary>One line about a run over many images, where a person looks at it.</summary>
internal sealed class FeatureReport : IProgress<RowProgress>
{
    private readonly bool _shown = !Console.IsErrorRedirected;

    /// <summary>Images a second in this run; 0 when there was nothing left to do.</summary>
    public double PerSecond { get; private set; }

    public void Report(RowProgress value)
    {
        PerSecond = value.PerSecond;
        if (_shown)
            Console.Error.Write(
                $"\r{value.Rows:N0} of {value.Total:N0} images, {value.PerSecond:F1} a second, {value.Left:d\\.hh\\:mm\\:ss} left   "
            );
    }

    public void End()
    {
        if (_shown && PerSecond > 0)
            Console.Error.WriteLine();
    }
}
