using System.CommandLine;
using Sosia.Cli.Output;
using Sosia.Search;

namespace Sosia.Cli.Commands.Everyday;

/// <summary><c>sosia export IMAGE --out FILE</c>: what `sosia search --out FILE` was called before.</summary>
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
        DefaultValueFactory = _ => MatchFile.Most,
    };
    private static readonly Option<float?> Threshold = new("--threshold") { Description = "Least score of a match", HelpName = "SCORE" };

    public static Command Create(CancellationToken cancellation)
    {
        var command = new Command("export", "The former name of `sosia search --out FILE`") { Image, Out, By, Face, Limit, Threshold };
        command.Hidden = true;
        command.SetAction(parsed => Run(parsed, cancellation));
        return command.OfCollection().WithNetworks();
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        Console.Error.WriteLine("`sosia export` is called `sosia search --out FILE` now; the old word goes with the next version.");
        var file = MatchFile.Of(parsed.GetValue(Out)!);
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
        file.WriteAndSay(result, collection, cancellation);
        return result.FoundSomebody ? ExitCode.Done : ExitCode.NothingMatched;
    }
}
