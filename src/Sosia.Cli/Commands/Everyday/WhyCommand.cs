using System.CommandLine;
using System.Text.Json;
using Sosia.Cli.Output;
using Sosia.Search;

namespace Sosia.Cli.Commands.Everyday;

/// <summary><c>sosia why PHOTO --query IMAGE</c></summary>
internal static class WhyCommand
{
    private static readonly Argument<string> Photo = new("PHOTO") { Description = "A photo of the collection" };
    private static readonly Option<string> Query = new("--query")
    {
        Description = "The photo searched with",
        HelpName = "IMAGE",
        Required = true,
    };
    private static readonly Option<SearchBy> By = Shared.By();
    private static readonly Option<int?> Face = new("--face") { Description = "Which face of the query, counted from 1", HelpName = "N" };
    private static readonly Option<string[]> Also = Shared.Also();
    private static readonly Option<Combine> Rule = Shared.Combine();
    private static readonly Option<bool> Expand = Shared.Expand();
    private static readonly PhotoFilterOptions Filter = new();
    private static readonly Option<int> Limit = Shared.Limit();
    private static readonly Option<float?> Threshold = Shared.Threshold();
    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create(CancellationToken cancellation)
    {
        var command = new Command("why", "Say why a photo is, or is not, among the results of a search")
        {
            Photo,
            Query,
            By,
            Face,
            Also,
            Rule,
            Expand,
            Limit,
            Threshold,
            StoreOptions.Where,
            AsJson,
        };
        Filter.AddTo(command);
        command.SetAction(parsed => Run(parsed, cancellation));
        return command.OfCollection().WithNetworks();
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var options = new SearchOptions
        {
            By = parsed.GetValue(By),
            Limit = parsed.GetValue(Limit),
            Threshold = parsed.GetValue(Threshold),
            Combine = parsed.GetValue(Rule),
            Expand = parsed.GetValue(Expand),
            Photos = Filter.Read(parsed),
        };
        options.Check();
        using var collection = Shared.OpenToSearch(parsed, options.By);
        collection.Catalogue.Open().Dispose(); // an unknown collection is said before networks are loaded
        var (image, face, also) = (parsed.GetValue(Query)!, parsed.GetValue(Face), parsed.GetValue(Also));
        var queries = Shared.ReadQueries(collection, image, face, also, options.By, cancellation);
        var why = collection.Searching.Explain(parsed.GetValue(Photo)!, queries, options, cancellation);
        if (parsed.GetValue(AsJson))
            Json.Write(
                new WhyJson(JsonNamingPolicy.CamelCase.ConvertName(why.Kind.ToString()), why.Sentence, why.Rank, why.Score, why.Threshold)
            );
        else
            Console.WriteLine(Text.Printable(why.Sentence));
        return why.Kind == WhyKind.Found ? ExitCode.Done : ExitCode.NothingMatched;
    }
}
