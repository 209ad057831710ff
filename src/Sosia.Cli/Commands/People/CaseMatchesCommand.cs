using System.CommandLine;
using Sosia.Cli.Output;
using Sosia.Search;

namespace Sosia.Cli.Commands.People;

/// <summary><c>sosia case matches NAME</c></summary>
internal static class CaseMatchesCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "The case's name or number" };
    private static readonly Option<int> Limit = Shared.Limit();
    private static readonly Option<float?> Threshold = Shared.Threshold();
    private static readonly PhotoFilterOptions Filter = new();
    private static readonly Option<bool> New = new("--new") { Description = "Only photos that the case has not shown before" };
    private static readonly Option<bool> Peek = new("--peek") { Description = "What is shown now does not count as shown" };
    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create(CancellationToken cancellation)
    {
        var command = new Command("matches", "Search with all references of a case (exit code 1: none)")
        {
            Name,
            New,
            Peek,
            Limit,
            Threshold,
            AsJson,
        };
        Filter.AddTo(command);
        command.SetAction(parsed => Run(parsed, cancellation));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        using var collection = Shared.Open(parsed);
        var options = new SearchOptions
        {
            Limit = parsed.GetValue(Limit),
            Threshold = parsed.GetValue(Threshold),
            Photos = Filter.Read(parsed),
        };
        options.Check();
        var of = collection.People.Cases.Find(parsed.GetValue(Name)!);
        var found = collection.People.Cases.Matches(of, options, parsed.GetValue(New), parsed.GetValue(Peek), cancellation);
        if (parsed.GetValue(AsJson))
            Json.Write(CaseReport.ToJson(found));
        else
            CaseReport.Print(found, parsed.GetValue(New));
        collection.Maintenance.FinishIndexes(cancellation);
        return found.Matches.Count > 0 ? ExitCode.Done : ExitCode.NothingMatched;
    }
}
