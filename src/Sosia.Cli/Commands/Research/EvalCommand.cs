using System.CommandLine;
using Sosia.Cli.Output;
using Sosia.Evaluation;
using Sosia.Evaluation.Lfw;
using Sosia.Evaluation.Measures;
using Sosia.Evaluation.Reports;
using Sosia.Models;
using Sosia.Models.Store;

namespace Sosia.Cli.Commands.Research;

/// <summary><c>sosia eval lfw|folder|experiments DIR</c></summary>
internal static class EvalCommand
{
    public static Command Create(CancellationToken cancellation) =>
        new("eval", "Measure how well people are found, on images whose people are known")
        {
            Protocol("lfw", "Labeled Faces in the Wild: verification, retrieval, open set, hubness, speed", isLfw: true, cancellation),
            Protocol("folder", "The same measures on any folder with a folder for each person", isLfw: false, cancellation),
            ExperimentsCommand.Create(cancellation),
        };

    private static Command Protocol(string name, string description, bool isLfw, CancellationToken cancellation)
    {
        var folder = new Argument<string>("DIR") { Description = "A folder with a folder for each person" };
        var pairs = new Option<string?>("--pairs")
        {
            Description = isLfw
                ? "The official pairs of view 2 (default: pairs.txt in DIR or beside it)"
                : "A list of pairs like that of LFW",
            HelpName = "FILE",
        };
        var html = new Option<string?>("--html") { Description = "Write a report with plots and the failed queries", HelpName = "FILE" };
        var calibrate = new Option<bool>("--calibrate")
        {
            Description = "Write what the model's scores mean, as measured here, beside the model",
        };
        var again = new Option<bool>("--again") { Description = "Embed all images again, though rows are kept from an earlier run" };
        var json = Shared.Json();
        var command = new Command(name, description) { folder, pairs, html, calibrate, again, json };
        command.SetAction(parsed =>
        {
            var images = LabelledFolder.Read(parsed.GetValue(folder)!);
            if (isLfw && !images.IsNamedLikeLfw)
                throw new ArgumentException(
                    $"{images.Root} is not Labeled Faces in the Wild, whose images are called Name/Name_0001.jpg: measure another folder "
                        + "with `sosia eval folder`, or fetch LFW with `sosia dataset lfw`."
                );
            var official = parsed.GetValue(pairs) ?? (isLfw ? LfwPairs.Beside(images.Root) : null);
            if (isLfw && official is null)
                Console.Error.WriteLine("No pairs.txt in the folder or beside it: verification is left out; name the file with --pairs.");
            return Run(
                parsed,
                images,
                official,
                parsed.GetValue(again),
                parsed.GetValue(calibrate),
                parsed.GetValue(html),
                parsed.GetValue(json),
                cancellation
            );
        });
        return command.WithNetworks();
    }

    private static int Run(
        ParseResult parsed,
        LabelledFolder images,
        string? pairs,
        bool again,
        bool calibrate,
        string? html,
        bool json,
        CancellationToken cancellation
    )
    {
        Retrieval.ThrowIfNothingToFind(images.Labels.Index().ToLookup(row => row.Item, row => row.Index)); // before anything is embedded
        EmbeddedFolder embedded;
        using (var progress = new IndexReport(json: false))
            embedded = new FolderEmbedding(images, parsed.GetValue(Shared.Model), detector: parsed.GetValue(Shared.Detector)).Run(
                again,
                progress,
                cancellation
            );
        var kept = embedded.Rows.Count - embedded.Embedded;
        if (kept > 0)
            Console.Error.WriteLine(
                $"{kept:N0} of {Text.Count(embedded.Rows.Count, "image")} were embedded by an earlier run, whose speed is reported; "
                    + "--again embeds them anew."
            );

        var result = Evaluator.Measure(embedded, pairs, Say, cancellation);
        if (json)
            Json.Write(EvalReport.ToJson(result));
        else
            EvalReport.Print(result);
        if (calibrate)
            Calibrate(result, parsed.GetValue(Shared.Model), parsed.GetValue(Shared.Detector));
        if (html is not null)
            EvaluationPage.Write(html, images.Root, result);
        return ExitCode.Done;
    }

    private static void Calibrate(EvaluationResult result, string? model, string? detector)
    {
        Say("the calibration");
        var rows = result.Folder.Rows;
        var measuredOn =
            $"{Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(rows.Files[0])))}: {rows.Count:N0} images of "
            + $"{result.People:N0} people, all pairs of different people";
        var calibration = new CalibrationBuilder(rows).Build(result.Folder.SpaceKey, measuredOn, result.Expanded);
        var store = ModelStore.Open();
        var with = detector is null ? null : store.Resolve(ModelKind.FaceBoxes, detector);
        var path = store.KeepCalibration(store.Resolve(ModelKind.FaceEmbedding, model), calibration.ToJson(), with);
        Console.Error.WriteLine($"Calibrated on {calibration.Comparisons:N0} comparisons of different people: {path}.");
    }

    private static void Say(string what)
    {
        if (!Console.IsErrorRedirected)
            Console.Error.WriteLine($"Measuring {what} …");
    }
}
