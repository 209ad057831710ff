using System.CommandLine;
using Sosia.Cli.Output;
using Sosia.Cli.Output.OnTerminal;
using Sosia.People;
using Sosia.People.Groups;

namespace Sosia.Cli.Commands.People;

/// <summary><c>sosia people</c>: who there is.</summary>
internal static class PeopleCommand
{
    /// <summary>Groups of fewer faces are not listed unless asked for.</summary>
    private const int FewFaces = 2;

    private static readonly Argument<string> Who = PeopleArguments.Who();
    private static readonly Option<float> Threshold = new("--threshold")
    {
        Description = "Least mean cosine of two groups that become one: higher for fewer strangers in a group",
        HelpName = "SCORE",
        DefaultValueFactory = _ => GroupingOptions.DefaultThreshold,
    };
    private static readonly Option<bool> All = new("--all") { Description = "Also faces that are alone" };
    private static readonly Option<bool> GroupJson = Shared.Json(),
        ListJson = Shared.Json(),
        ShowJson = Shared.Json();

    public static Command Create(CancellationToken cancellation)
    {
        var group = new Command("group", "Group all faces again; without it faces that are new join the groups that there are")
        {
            Threshold,
            GroupJson,
        };
        group.SetAction(parsed => Group(parsed, cancellation));
        var list = new Command("list", "List the people that have names, and the groups that have none") { All, ListJson };
        list.SetAction(parsed => List(parsed, cancellation));
        var show = new Command("show", "Show a person's photos, and with whom they appear") { Who, ShowJson };
        show.SetAction(parsed => Show(parsed, cancellation));
        var people = new Command("people", "Say who is who, and find people by name; nothing that you said is lost, all can be undone")
        {
            group,
            list,
            show,
        };
        SayCommands.AddTo(people, cancellation);
        AskCommands.AddTo(people, cancellation);
        ExchangeCommands.AddTo(people, cancellation);
        return people.OfCollection().WithNetworks();
    }

    private static int Group(ParseResult parsed, CancellationToken cancellation)
    {
        using var collection = Shared.Open(parsed);
        var options = new GroupingOptions { Threshold = parsed.GetValue(Threshold) };
        GroupingResult result;
        using (var progress = new Bar<int>(Bar.Of("faces"), static done => (done, null)))
            result = collection.People.Group(options, progress, cancellation);
        if (parsed.GetValue(GroupJson))
            Json.Write(new GroupingJson(result.Faces, result.Groups, result.Elapsed.TotalMilliseconds));
        else
            Console.WriteLine(
                $"{Text.Count(result.Faces, "face")} in {Text.Count(result.Groups, "group")} ({result.Elapsed.TotalSeconds:F1} s). "
                    + "Look at them with `sosia people list`."
            );
        collection.Maintenance.FinishIndexes(cancellation);
        return ExitCode.Done;
    }

    private static int List(ParseResult parsed, CancellationToken cancellation)
    {
        using var collection = Shared.Open(parsed);
        var view = collection.People.Read(cancellation);
        var shown = view.All.Where(person => person.Person is not null || parsed.GetValue(All) || person.Suggested.Count >= FewFaces);
        var report = new PeopleReport(collection);
        if (!parsed.GetValue(ListJson))
            PeopleReport.Print(shown);
        else
            foreach (var person in shown)
                Json.Write(report.ToJson(person));
        var alone = view.Groups.Count(group => group.Suggested.Count < FewFaces);
        if (!parsed.GetValue(ListJson))
            Console.WriteLine(
                $"{Text.Count(view.People.Count, "person", "people")} with a name, "
                    + $"{Text.Count(view.Groups.Count - alone, "group")} without, {Text.Count(alone, "face")} alone. "
                    + "Name a group with `sosia people name g7 \"Ada Lovelace\"`."
            );
        return ExitCode.Done;
    }

    private static int Show(ParseResult parsed, CancellationToken cancellation)
    {
        using var collection = Shared.Open(parsed);
        var view = collection.People.Read(cancellation);
        var person = CollectionPeople.Find(view, parsed.GetValue(Who)!);
        var report = new PeopleReport(collection);
        if (parsed.GetValue(ShowJson))
            Json.Write(report.ToJson(person, view));
        else
            report.Print(person, view);
        return ExitCode.Done;
    }
}
