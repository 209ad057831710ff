using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Sosia.Cli.Commands.Research;

/// <summary><c>sosia train</c>: starts the program that trains, which is built apart, so that libtorch is no part of the command.</summary>
internal static class TrainCommand
{
    private const string Program = "sosia-train";

    private static readonly Argument<string[]> Arguments = new("ARGUMENTS")
    {
        Description = "Handed on: DIR --out DIR …; see `sosia-train baseline --help`",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public static Command Create()
    {
        var baseline = new Command("baseline", "The student project's network, on a folder with a folder for each person") { Arguments };
        baseline.TreatUnmatchedTokensAsErrors = false;
        baseline.SetAction(parsed => Run("baseline", [.. parsed.GetValue(Arguments) ?? [], .. parsed.UnmatchedTokens]));
        return new Command("train", "Train a network (by the program sosia-train)") { baseline };
    }

    private static int Run(string network, string[] arguments)
    {
        var start = new ProcessStartInfo(Find()) { UseShellExecute = false };
        start.ArgumentList.Add(network);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        // Ctrl-C reaches both; what asks this program alone to end is handed on, also when it comes while the other one starts. The trainer
        // writes its checkpoint and says so.
        var started = new TaskCompletionSource<Process>();
        using var ending = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => HandOn(context, started.Task));
        using var hangingUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => HandOn(context, started.Task));
        using var process = Process.Start(start)!;
        started.SetResult(process);
        process.WaitForExit();
        return process.ExitCode;
    }

    private static void HandOn(PosixSignalContext context, Task<Process> process)
    {
        const int terminate = 15;
        if (OperatingSystem.IsWindows())
            return; // what ends a console ends all its programs
        context.Cancel = true;
        _ = Kill(process.Result.Id, terminate);
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);

    /// <summary>Beside this program, where the repository's build puts it, or on the path.</summary>
    /// <exception cref="ArgumentException">In none of these places.</exception>
    public static string Find()
    {
        var name = OperatingSystem.IsWindows() ? Program + ".exe" : Program;
        var here = AppContext.BaseDirectory;
        string[] places =
        [
            here,
            Path.Combine(here, "..", "..", "Sosia.Training", Path.GetFileName(Path.TrimEndingDirectorySeparator(here))),
            .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        ];
        return places.Select(place => Path.GetFullPath(Path.Combine(place, name))).FirstOrDefault(File.Exists)
            ?? throw new ArgumentException(
                "Training is a program of its own, and it is not built yet; run `dotnet build src/Sosia.Training/Sosia.Training.slnx` "
                    + "once, and try again."
            );
    }
}
