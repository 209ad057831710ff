using Sosia.Cli.Output.OnTerminal;
using Sosia.Keras;

namespace Sosia.Cli.Output;

/// <summary>What is fetched, and a bar where a person looks at it.</summary>
internal sealed class DownloadReport : IProgress<DownloadProgress>, IDisposable
{
    private readonly Bar _bar = new(static bytes => Text.Bytes((long)bytes));

    public DownloadReport(Uri address) => Console.Error.WriteLine($"Fetching {Text.Printable(address.ToString())}");

    public void Report(DownloadProgress value) => _bar.Show(value.Bytes, value.Total);

    public void Dispose() => _bar.Dispose();
}
