using Sosia.Keras;

namespace Sosia.Cli.Output;

/// <summary>One line about a download, where a person looks at it.</summary>
internal sealed class DownloadReport : IProgress<DownloadProgress>, IDisposable
{
    private const long Step = 1 << 20;
    private readonly bool _shown = !Console.IsErrorRedirected;
    private long _said;

    public DownloadReport(Uri address) => Console.Error.WriteLine($"Fetching {Text.Printable(address.ToString())}");

    public void Report(DownloadProgress value)
    {
        if (!_shown || value.Bytes / Step == _said)
            return;
        _said = value.Bytes / Step;
        var of = value.Total is { } total ? $" of {Text.Bytes(total)} ({100 * value.Bytes / Math.Max(total, 1)}%)" : "";
        Console.Error.Write($"\r{Text.Bytes(value.Bytes)}{of}   ");
    }

    public void Dispose()
    {
        if (_shown && _said > 0)
            Console.Error.WriteLine();
    }
}
