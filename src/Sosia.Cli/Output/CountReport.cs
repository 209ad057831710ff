namespace Sosia.Cli.Output;

/// <summary>Says on a terminal how far a long work is.</summary>
/// <param name="what">What is counted, after the number.</param>
internal sealed class CountReport(string what) : IProgress<int>, IDisposable
{
    private const int Every = 500;

    private bool _said;

    /// <inheritdoc/>
    public void Report(int value)
    {
        if (value % Every != 0 || Console.IsErrorRedirected)
            return;
        Console.Error.Write($"\r{value:N0} {what} …");
        _said = true;
    }

    /// <summary>Ends the line.</summary>
    public void Dispose()
    {
        if (_said)
            Console.Error.WriteLine();
    }
}
