using System.CommandLine;
using Sosia.Cli.Output;
using Sosia.Evaluation.Datasets;
using Sosia.Evaluation.Lfw;

namespace Sosia.Cli.Commands.Research;

/// <summary><c>sosia dataset lfw|arrays</c></summary>
internal static class DatasetCommand
{
    public static Command Create(CancellationToken cancellation) =>
        new("dataset", "Lay out a data set, or write it as NumPy arrays") { Lfw(cancellation), Arrays(cancellation) };

    private static Command Lfw(CancellationToken cancellation)
    {
        var source = new Argument<string>("ARCHIVE|DIR")
        {
            Description = "lfw.tgz, lfw-deepfunneled.tgz, a zip or tar of it, or the folder that it was unpacked to",
        };
        var output = new Option<string>("--out")
        {
            Description = "Folder to make: a folder for each person",
            HelpName = "DIR",
            Required = true,
        };
        var json = Shared.Json();
        var command = new Command("lfw", "Lay out a copy of Labeled Faces in the Wild and count it (exit code 3: images are missing)")
        {
            source,
            output,
            json,
        };
        command.SetAction(parsed =>
        {
            var directory = Path.GetFullPath(parsed.GetValue(output)!);
            try
            {
                return Report(LfwLayout.Write(parsed.GetValue(source)!, directory, cancellation), directory, parsed.GetValue(json));
            }
            catch (OperationCanceledException)
            {
                Console.Error.WriteLine("Cancelled; nothing is left behind.");
                return ExitCode.Cancelled;
            }
        });
        return command;
    }

    private static int Report(LfwContents lfw, string directory, bool json)
    {
        const int Named = 20;
        if (json)
            Json.Write(new LfwJson(directory, lfw.Images, lfw.People, lfw.PeopleWithTwoOrMore, lfw.Missing, lfw.Damaged, lfw.LeftOut));
        else
            Console.WriteLine(
                $"{Text.Count(lfw.Images, "image")} of {Text.Count(lfw.People, "person", "people")}, {lfw.PeopleWithTwoOrMore:N0} of "
                    + $"them with two or more, in {Text.Printable(directory)}"
            );
        if (lfw.LeftOut > 0)
            Console.Error.WriteLine(
                $"{Text.Count(lfw.LeftOut, "file")} in it {(lfw.LeftOut == 1 ? "is" : "are")} no image of LFW and left out."
            );
        if (lfw.Missing.Count == 0)
            return ExitCode.Done;
        Console.Error.WriteLine($"{Text.Count(lfw.Missing.Count, "image")} of 13,233 {(lfw.Missing.Count == 1 ? "is" : "are")} missing:");
        foreach (var place in lfw.Missing.Take(Named))
            Console.Error.WriteLine($"  {place}{(lfw.Damaged.Contains(place) ? " (there, but damaged)" : "")}");
        if (lfw.Missing.Count > Named)
            Console.Error.WriteLine($"  and {lfw.Missing.Count - Named:N0} more; --json names them all.");
        return ExitCode.DoneInPart;
    }

    private static Command Arrays(CancellationToken cancellation)
    {
        var folder = new Argument<string>("DIR") { Description = "A folder with a folder for each person" };
        var output = new Option<string>("--out")
        {
            Description = $"Folder for {DatasetArrays.Pictures}, {DatasetArrays.Names} and {DatasetArrays.Numbers}",
            HelpName = "OUT",
            Required = true,
        };
        var order = new Option<string?>("--order")
        {
            Description = "Names, one a row: the n-th row of a name takes that person's n-th image (default: by path)",
            HelpName = "FILE",
        };
        var labels = new Option<int?>("--labels") { Description = "Only the rows up to the N-th different name", HelpName = "N" };
        var json = Shared.Json();
        var command = new Command(
            "arrays",
            "Write the pictures of a folder of people, their names and their class numbers as NumPy arrays; run again to go on"
        )
        {
            folder,
            output,
            order,
            labels,
            json,
        };
        command.SetAction(parsed =>
        {
            var rows = RowOrder.Of(LabelledFolder.Read(parsed.GetValue(folder)!), parsed.GetValue(order), parsed.GetValue(labels));
            var directory = Path.GetFullPath(parsed.GetValue(output)!);
            int fitted;
            using (var report = new FeatureReport())
                fitted = DatasetArrays.Write(rows, directory, report, cancellation);
            if (fitted > 0)
                Console.Error.WriteLine(
                    $"{Text.Count(fitted, "image")} {(fitted == 1 ? "is" : "are")} not {DatasetArrays.Side}×{DatasetArrays.Side} and "
                        + $"{(fitted == 1 ? "was" : "were")} fitted: the middle square, scaled."
                );
            if (parsed.GetValue(json))
                Json.Write(new ArraysJson(directory, rows.Files.Count, rows.Classes.Count, fitted));
            else
                Console.WriteLine(
                    $"{Text.Count(rows.Files.Count, "row")} of {Text.Count(rows.Classes.Count, "person", "people")} in "
                        + $"{Text.Printable(directory)}"
                );
            return ExitCode.Done;
        });
        return command;
    }
}
