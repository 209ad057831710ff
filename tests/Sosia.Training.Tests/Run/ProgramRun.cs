using System.Diagnostics;

namespace Sosia.Training.Tests.Run;

/// <summary>The program in a process of its own.</summary>
internal static class ProgramRun
{
    public static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Sosia.Training.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    /// <summary>Runs it to the end.</summary>
    public static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        using var process = Start(arguments);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    /// <summary>It refused: this code, one sentence that says all of these, nothing on standard output.</summary>
    public static void Refuses(int code, string[] says, params string[] arguments)
    {
        var (actual, output, error) = Run(arguments);
        var sentence = error.Trim().Split('\n')[^1];
        Assert.True(actual == code, $"exit code {actual}: {error}");
        Assert.All(says, word => Assert.Contains(word, sentence, StringComparison.Ordinal));
        Assert.Empty(output);
    }
}
