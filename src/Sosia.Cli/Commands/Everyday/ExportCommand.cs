using System.CommandLine;
using System.Text;
using Sosia.Cli.Output;
using Sosia.Reports;
using Sosia.Search;
using Sosia.Vectors.Files;

namespace Sosia.Cli.Commands.Everyday;

/// <summary>What an export is written as.</summary>
internal enum ExportFormat
{
    Csv,
    Zip,
    Html,
}

/// <summary><c>sosia export IMAGE --out FILE</c></summary>
internal static class ExportCommand
{
    private static readonly Argument<string> Image = new("IMAGE") { Description = "A photo with the person" };
    private static readonly Option<string> Out = new("--out")
    {
        Description = "The file; its ending (.csv, .zip, .html) says the format",
        HelpName = "FILE",
        Required = true,
    };
    private static readonly Option<SearchBy> By = Shared.By();
    private static readonly Option<int?> Face = new("--face") { Description = "Which face of IMAGE, counted from 1", HelpName = "N" };
    private static readonly Option<int> Limit = new("-k", "--limit")
    {
        Description = "Photos, at most",
        HelpName = "N",
        DefaultValueFactory = _ => 10_000,
    };
    private static readonly Option<float?> Threshold = new("--threshold") { Description = "Least score of a match", HelpName = "SCORE" };

    public static Command Create(CancellationToken cancellation)
    {
        var command = new Command("export", "Write the matches of a search as a table, a ZIP of the originals, or a page")
        {
            Image,
            Out,
            By,
            Face,
            Limit,
            Threshold,
        };
        command.SetAction(parsed => Run(parsed, cancellation));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var path = Path.GetFullPath(parsed.GetValue(Out)!);
        var format = Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".CSV" => ExportFormat.Csv,
            ".ZIP" => ExportFormat.Zip,
            ".HTML" => ExportFormat.Html,
            _ => throw new ArgumentException($"Expected a file that ends in .csv, .zip or .html, got {path}."),
        };
        using var collection = Shared.OpenToSearch(parsed, parsed.GetValue(By));
        var query = Shared.ReadQuery(collection, parsed.GetValue(Image)!, parsed.GetValue(Face), cancellation, parsed.GetValue(By));
        var result = collection.Searching.Search(
            [query],
            new SearchOptions
            {
                By = parsed.GetValue(By),
                Limit = parsed.GetValue(Limit),
                Unfold = true, // every file is wanted
                Threshold = parsed.GetValue(Threshold),
            },
            cancellation
        );
        if (format == ExportFormat.Html)
            SearchPage.Write(path, result, collection.Pictures, cancellation);
        else
            DerivedFile.Write(
                path,
                stream =>
                {
                    if (format == ExportFormat.Csv)
                        stream.Write(Encoding.UTF8.GetBytes(MatchExport.ToCsv(result.Matches)));
                    else
                        MatchExport.WriteZip(result.Matches, collection.Pictures, stream, cancellation);
                }
            );
        Console.Error.WriteLine($"{Text.Count(result.Matches.Count, "match", "matches")} written to {Text.Printable(path)}.");
        return result.FoundSomebody ? ExitCode.Done : ExitCode.NothingMatched;
    }
}
