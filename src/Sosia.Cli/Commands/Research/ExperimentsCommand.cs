using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sosia.Cli.Output;
using Sosia.Cli.Output.OnTerminal;
using Sosia.Evaluation.Experiments;
using Sosia.Evaluation.Lfw;
using Sosia.Evaluation.Reports;
using Sosia.Hosting;
using Sosia.Vectors.Files;

namespace Sosia.Cli.Commands.Research;

/// <summary><c>sosia eval experiments DIR --models …</c></summary>
internal static class ExperimentsCommand
{
    private static readonly Argument<string> Folder = new("DIR") { Description = "A folder with a folder for each person" };
    private static readonly Option<string> Models = new("--models")
    {
        Description =
            "Models to compare, with commas between: face, untrained, a registered model, FILE.onnx, or FILE.npy of `sosia embed`; "
            + "NAME=MODEL gives one a name",
        HelpName = "LIST",
        Required = true,
    };
    private static readonly Option<string?> People = new("--people")
    {
        Description =
            "Whose neighbours are shown: a JSON file with \"queryPeople\", or one name a line (default: the first ten with six images)",
        HelpName = "FILE",
    };
    private static readonly Option<string?> Html = new("--html")
    {
        Description = "Write a report with plots and pictures",
        HelpName = "FILE",
    };
    private static readonly Option<string?> Work = new("--work")
    {
        Description = "Where features and products are kept (default: a place of this folder's in the user's cache)",
        HelpName = "DIR",
    };
    private static readonly Option<string> Type = new("--dtype")
    {
        Description = "Features as 32-bit floats, or 16-bit for half the disk (default: float32)",
        HelpName = "float32|float16",
        DefaultValueFactory = _ => "float32",
    };
    private static readonly Option<int> Seed = new("--seed")
    {
        Description = "Of the untrained network's weights",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };
    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create(CancellationToken cancellation)
    {
        Type.AcceptOnlyFromAmong("float32", "float16");
        var command = new Command(
            "experiments",
            "Compare models on the same images: who is found, hubs, distances, and what each one matches on"
        )
        {
            Folder,
            Models,
            Shared.Model,
            People,
            Html,
            Work,
            Type,
            Seed,
            AsJson,
        };
        command.SetAction(parsed => Run(parsed, cancellation));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var images = LabelledFolder.Read(parsed.GetValue(Folder)!);
        var options = new ExperimentOptions
        {
            Models = parsed.GetValue(Models)!,
            Work = Path.GetFullPath(parsed.GetValue(Work) ?? DefaultWork(images.Root)),
            People = parsed.GetValue(People) is { } file ? ReadPeople(file) : [],
            HalfPrecision = parsed.GetValue(Type) == "float16",
            Seed = parsed.GetValue(Seed),
            FaceModel = parsed.GetValue(Shared.Model),
        };
        var kept = parsed.GetValue(Work) is null; // in the user's cache, and so its owner's alone
        if (kept)
            PrivateFile.CreateDirectory(options.Work);
        ExperimentsResult result;
        using (var faces = new IndexReport(json: false))
        {
            using var features = new FeatureReport();
            using var shares = new Bar<double>(new Bar(static share => $"{share:P0}"), static share => (share, 1));
            result = Experiment.Run(images, options, new ExperimentProgress(faces, features, shares, Say), cancellation);
        }
        if (kept)
            PrivateFile.CloseAll(options.Work);
        if (parsed.GetValue(AsJson))
            Json.Write(ExperimentsReport.ToJson(result));
        else
            ExperimentsReport.Print(result);
        if (parsed.GetValue(Html) is { } html)
            ExperimentsPage.Write(html, images.Root, result);
        return ExitCode.Done;
    }

    private static string DefaultWork(string folder) =>
        Path.Combine(
            UserDirectories.Default.EvaluationCache,
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..16] + "-experiments"
        );

    /// <exception cref="ArgumentException">No such file, or nobody in it.</exception>
    private static string[] ReadPeople(string path)
    {
        if (!File.Exists(path))
            throw new ArgumentException(
                $"There is no file {path} with the names of people; leave --people out to show the first ten with six images."
            );
        var text = File.ReadAllText(path);
        try
        {
            string[] names = text.TrimStart().StartsWith('{')
                ? [.. JsonDocument.Parse(text).RootElement.GetProperty("queryPeople").EnumerateArray().Select(name => name.GetString()!)]
                : text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return names.Length > 0 ? names : throw new ArgumentException($"{path} names nobody.");
        }
        catch (Exception bad) when (bad is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new ArgumentException($"{path} has no list \"queryPeople\" of names: {bad.Message}");
        }
    }

    private static void Say(string what)
    {
        if (!Console.IsErrorRedirected)
            Console.Error.WriteLine($"Now {what} …");
    }
}
