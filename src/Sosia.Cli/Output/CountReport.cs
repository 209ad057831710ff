namespace Sosia.Cli.Output;

/// <summary>Says on a terminal how far a long work is whose end nobody knows.</summary>
/// <param name="things">What is counted.</param>
internal sealed class CountReport(string things) : IProgress<int>, IDisposable
{
    private readonly Bar _bar = Bar.Of(things);

    /// <inheritdoc/>
    public void Report(int value) => _bar.Show(value, null);

    /// <summary>Takes the bar away.</summary>
    public void Dispose() => _bar.Dispose();
}
