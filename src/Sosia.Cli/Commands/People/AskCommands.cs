using System.CommandLine;
using Sosia.Cli.Output;
using Sosia.People;
using Sosia.People.Names;
using Sosia.Search;

namespace Sosia.Cli.Commands.People;

/// <summary><c>sosia people suggest|check</c>: what follows from what was said.</summary>
internal static class AskCommands
{
    private static readonly Argument<string> SuggestedFor = PeopleArguments.Who();
    private static readonly Argument<string?> Checked = new("WHO")
    {
        Description = "A person's name or number; without it everybody",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private static readonly Option<int> Limit = new("-k", "--limit")
    {
        Description = "Faces in the answer, at most",
        HelpName = "N",
        DefaultValueFactory = _ => SearchOptions.DefaultLimit,
    };
    private static readonly Option<bool> SuggestJson = Shared.Json(),
        CheckJson = Shared.Json();

    public static void AddTo(Command people, CancellationToken cancellation)
    {
        var suggest = new Command("suggest", "List faces that may be a person's, the most certain first (exit code 1: none)")
        {
            SuggestedFor,
            Limit,
            SuggestJson,
        };
        suggest.SetAction(parsed => Suggest(parsed, cancellation));
        var check = new Command("check", "Say which of a person's confirmed faces a search with the others would miss")
        {
            Checked,
            CheckJson,
        };
        check.SetAction(parsed => Check(parsed, cancellation));
        people.Add(suggest);
        people.Add(check);
    }

    private static int Suggest(ParseResult parsed, CancellationToken cancellation)
    {
        using var collection = Shared.Open(parsed);
        var view = collection.People.Read(cancellation);
        var who = CollectionPeople.Find(view, parsed.GetValue(SuggestedFor)!);
        if (who.Person is null)
            throw new PeopleException($"{who.Id} has no name yet: name it first, with `sosia people name {who.Id} NAME`.");
        var suggestions = collection.People.Suggest(view, who, parsed.GetValue(Limit), cancellation);
        var report = new PeopleReport(collection);
        if (parsed.GetValue(SuggestJson))
            foreach (var suggestion in report.ToJson(suggestions))
                Json.Write(suggestion);
        else
        {
            report.Print(suggestions);
            Console.WriteLine(
                suggestions.Count == 0
                    ? $"No other face looks like {Text.Printable(who.Name!)}."
                    : $"Say yes with `sosia people name {who.Id} \"{Text.Printable(who.Name!)}\" --face ID`, "
                        + $"no with `sosia people reject {who.Id} --face ID`."
            );
        }
        return suggestions.Count == 0 ? ExitCode.NothingMatched : ExitCode.Done;
    }

    private static int Check(ParseResult parsed, CancellationToken cancellation)
    {
        using var collection = Shared.Open(parsed);
        var view = collection.People.Read(cancellation);
        var people = parsed.GetValue(Checked) is { } who ? [CollectionPeople.Find(view, who)] : view.People;
        var report = new PeopleReport(collection);
        foreach (var person in people)
        {
            cancellation.ThrowIfCancellationRequested();
            var check = collection.People.Check(person);
            if (parsed.GetValue(CheckJson))
                Json.Write(new PersonCheckJson(person.Id, person.Name, check.Faces, [.. report.ToJson(check.Missed)]));
            else
                report.Print(check);
        }
        return ExitCode.Done;
    }
}
