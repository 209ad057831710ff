namespace Sosia.Cli.Output;

/// <summary>The share that is done, as a bar where a person looks at it.</summary>
internal sealed class ShareReport : IProgress<double>, IDisposable
{
    private readonly Bar _bar = new(share => $"{share:P0}");

    public void Report(double value) => _bar.Show(value, 1);

    public void Dispose() => _bar.Dispose();
}
