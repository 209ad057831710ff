using Sosia.Cli.Output.OnTerminal;
using Sosia.Evaluation.Rows;

namespace Sosia.Cli.Output;

/// <summary>A bar about a run over many images, where a person looks at it.</summary>
internal sealed class FeatureReport : IProgress<RowProgress>, IDisposable
{
    private readonly Bar _bar = Bar.Of("images");

    /// <summary>Images a second in this run; 0 when there was nothing left to do.</summary>
    public double PerSecond { get; private set; }

    public void Report(RowProgress value)
    {
        PerSecond = value.PerSecond;
        _bar.Show(value.Rows, value.Total);
    }

    public void Dispose() => _bar.Dispose();
}
