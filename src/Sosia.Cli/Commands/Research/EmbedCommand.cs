using System.CommandLine;
using Sosia.Cli.Output;
using Sosia.Evaluation.Datasets;
using Sosia.Evaluation.Features;
using Sosia.Evaluation.Lfw;
using Sosia.Models.Store;

namespace Sosia.Cli.Commands.Research;

/// <summary><c>sosia embed DIR --model NAME --out features.npy</c></summary>
internal static class EmbedCommand
{
    private static readonly Argument<string> Folder = new("DIR") { Description = "Folder with images" };
    private static readonly Option<string> Out = new("--out")
    {
        Description = "NumPy file to write; its description goes beside it as .json",
        HelpName = "FILE",
        Required = true,
    };
    private static readonly Option<string> Pool = Choice(
        "--pool",
        "All positions, flattened as Keras does (row, column, channel), or the mean of each channel",
        "none",
        "average"
    );
    private static readonly Option<string> Type = Choice("--dtype", "32-bit floats, or 16-bit for half the disk", "float32", "float16");
    private static readonly Option<string> Input = Choice(
        "--input",
        "Pixels as the network expects them, or bytes 0-255 as they are",
        "as-trained",
        "raw"
    );
    private static readonly Option<string?> Order = new("--order")
    {
        Description = "Names, one a row: the n-th row of a name takes that person's n-th image (default: by path)",
        HelpName = "FILE",
    };
    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create(CancellationToken cancellation)
    {
        var command = new Command(
            "embed",
            "Write the features of all images in a folder as a NumPy file, by --model NAME or FILE.onnx; run again to go on"
        )
        {
            Folder,
            Out,
            Shared.Model,
            Pool,
            Type,
            Input,
            Order,
            AsJson,
        };
        command.SetAction(parsed => Run(parsed, cancellation));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var (folder, output) = (Path.GetFullPath(parsed.GetValue(Folder)!), Path.GetFullPath(parsed.GetValue(Out)!));
        if (!output.EndsWith(".npy", StringComparison.Ordinal))
            throw new ArgumentException($"Expected a file that ends in .npy, got {output}.");
        var files = parsed.GetValue(Order) is { } order ? RowOrder.Of(LabelledFolder.Read(folder), order).Files : RowOrder.ByPath(folder);
        var options = new FeatureOptions
        {
            Average = parsed.GetValue(Pool) == "average",
            HalfPrecision = parsed.GetValue(Type) == "float16",
            RawInput = parsed.GetValue(Input) == "raw",
        };
        using var extraction = new FeatureExtraction(ModelStore.Open(), parsed.GetValue(Shared.Model), options);
        var report = new FeatureReport();
        using (report)
            extraction.Run(folder, files, output, report, cancellation);
        if (parsed.GetValue(AsJson))
            Json.Write(new EmbedJson(output, files.Count, extraction.Dimensions, report.PerSecond));
        else
            Console.WriteLine($"{Text.Count(files.Count, "row")} × {extraction.Dimensions:N0} in {Text.Printable(output)}");
        return ExitCode.Done;
    }

    private static Option<string> Choice(string name, string description, params string[] values)
    {
        var option = new Option<string>(name)
        {
            Description = $"{description} (default: {values[0]})",
            HelpName = string.Join('|', values),
            DefaultValueFactory = _ => values[0],
        };
        option.AcceptOnlyFromAmong(values);
        return option;
    }
}
