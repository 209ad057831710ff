using System.CommandLine;
using System.Diagnostics;
using Sosia.Cli.Output;
using Sosia.Cli.Output.OnTerminal;
using Sosia.Evaluation.Experiments;
using Sosia.Evaluation.Reports;
using Sosia.Evaluation.Student;

namespace Sosia.Cli.Commands.Research;

/// <summary><c>sosia student DIR</c></summary>
internal static class StudentCommand
{
    private static readonly Argument<string> Source = new("DIR")
    {
        Description = "A copy of Labeled Faces in the Wild: its folder or archive",
    };
    private static readonly Option<string> Out = new("--out")
    {
        Description = "Folder for everything that is made; run again to go on",
        HelpName = "OUT",
        DefaultValueFactory = _ => "student",
    };
    private static readonly Option<int?> Images = new("--images") { Description = "Rows at most (default: all 13,233)", HelpName = "N" };
    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create(CancellationToken cancellation)
    {
        var command = new Command(
            "student",
            "The student project from end to end: arrays, training on its sample, features, neighbours, experiments, and one page with "
                + "all of it"
        )
        {
            Source,
            Out,
            Images,
            AsJson,
        };
        command.SetAction(parsed => Run(parsed, cancellation));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        var directory = Path.GetFullPath(parsed.GetValue(Out)!);
        StudentResult result;
        using (var faces = new IndexReport(json: false))
        {
            using var features = new FeatureReport();
            using var shares = new Bar<double>(new Bar(static share => $"{share:P0}"), static share => (share, 1));
            var options = new StudentOptions(Path.GetFullPath(parsed.GetValue(Source)!), directory, parsed.GetValue(Images), Train);
            result = StudentProject.Run(options, new ExperimentProgress(faces, features, shares, Say), features, cancellation);
        }
        var page = Path.Combine(directory, "student.html");
        StudentPage.Write(page, directory, result, [.. DrawCommand.Drawings().Select(drawing => (drawing.Title, drawing.Svg))]);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        if (result.NotTrained is { } why)
            Console.Error.WriteLine($"Nothing was trained: {Text.Printable(why)} All else is done.");
        if (parsed.GetValue(AsJson))
            Json.Write(
                new StudentJson(
                    page,
                    result.Rows,
                    result.NotTrained is null,
                    result.NotTrained,
                    result.Others?.Asked,
                    result.Others?.Right,
                    seconds,
                    ExperimentsReport.ToJson(result.Experiments)
                )
            );
        else
            Console.WriteLine($"{Text.Count(result.Rows, "image")} in {seconds:F0} s; everything is on {Text.Printable(page)}");
        return result.NotTrained is null ? ExitCode.Done : ExitCode.DoneInPart;
    }

    private static void Say(string what) => Console.Error.WriteLine($"Now {what} …");

    /// <summary>The training says on standard error how far it is; what it says last is why it could not.</summary>
    private static string? Train(IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        try
        {
            start.FileName = TrainCommand.Find();
        }
        catch (ArgumentException notBuilt)
        {
            return notBuilt.Message;
        }
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var last = "";
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not { Length: > 0 } said)
                return;
            Console.Error.WriteLine(Text.Printable(said));
            last = said;
        };
        process.OutputDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        process.WaitForExit();
        return process.ExitCode switch
        {
            ExitCode.Done => null,
            ExitCode.Cancelled => throw new OperationCanceledException(),
            _ => last.Length > 0 ? last : $"sosia-train ended with exit code {process.ExitCode}.",
        };
    }
}
