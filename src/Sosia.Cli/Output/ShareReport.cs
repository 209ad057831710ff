namespace Sosia.Cli.Output;

/// <summary>The share that is done, on one line, where a person looks at it.</summary>
internal sealed class ShareReport : IProgress<double>
{
    public void Report(double value)
    {
        if (!Console.IsErrorRedirected)
            Console.Error.Write($"\r{value:P0} {(value >= 1 ? "\n" : "")}");
    }
}
