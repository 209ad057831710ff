using System.CommandLine;
using Sosia.Catalogue;
using Sosia.Cli.Output;
using Sosia.People;
using Sosia.People.Names;

namespace Sosia.Cli.Commands.People;

/// <summary><c>sosia people name|merge|split|reject|undo|journal</c>: what somebody says.</summary>
internal static class SayCommands
{
    private const int ShownChanges = 20;

    private static readonly Argument<string> Named = PeopleArguments.Who(),
        Into = PeopleArguments.Who("WHO"),
        Other = PeopleArguments.Who("OTHER"),
        SplitFrom = PeopleArguments.Who(),
        RejectFrom = PeopleArguments.Who();
    private static readonly Argument<string> Name = new("NAME") { Description = "The name" };
    private static readonly Argument<long?> Change = new("CHANGE")
    {
        Description = "A change by its number (see `sosia people journal`); without it the last one",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private static readonly Option<bool> Another = PeopleArguments.Another();
    private static readonly Option<string> NewName = new("--name")
    {
        Description = "The name of whom the faces show",
        HelpName = "NAME",
        Required = true,
    };
    private static readonly Option<long[]> NamedFaces = PeopleArguments.Faces(required: false),
        SplitFaces = PeopleArguments.Faces(required: true),
        RejectedFaces = PeopleArguments.Faces(required: true);
    private static readonly Option<bool> JournalJson = Shared.Json();

    public static void AddTo(Command people, CancellationToken cancellation)
    {
        var name = new Command("name", "Name a group, or some of its faces; give a person another name")
        {
            Named,
            Name,
            NamedFaces,
            Another,
        };
        name.SetAction(parsed => SayName(parsed, cancellation));
        var merge = new Command("merge", "Say that two are the same person") { Into, Other };
        merge.SetAction(parsed => Merge(parsed, cancellation));
        var split = new Command("split", "Say that some faces of a person are somebody else's") { SplitFrom, SplitFaces, NewName };
        split.SetAction(parsed => Split(parsed, cancellation));
        var reject = new Command("reject", "Say that faces are not a person's: they never come back") { RejectFrom, RejectedFaces };
        reject.SetAction(parsed => Reject(parsed, cancellation));
        var undo = new Command("undo", "Undo the last change, or the one of a number; undoing an undo makes the change again") { Change };
        undo.SetAction(Undo);
        var journal = new Command("journal", "List what was said, the last first") { JournalJson };
        journal.SetAction(Journal);
        foreach (var command in new[] { name, merge, split, reject, DrawnFaceCommand.Create(cancellation), undo, journal })
            people.Add(command);
    }

    private static int SayName(ParseResult parsed, CancellationToken cancellation)
    {
        using var collection = Shared.Open(parsed);
        var view = collection.People.Read(cancellation);
        var who = CollectionPeople.Find(view, parsed.GetValue(Named)!);
        var name = parsed.GetValue(Name)!;
        var faces = PeopleArguments.Read(parsed, NamedFaces);
        if (who.Person is { } person && faces.Length == 0)
        {
            collection.People.Rename(view, person, name);
            Console.WriteLine($"{Text.Printable(who.Name!)} is called {Text.Printable(name)} now.");
            return ExitCode.Done;
        }
        var theirs = faces.Length > 0 ? faces : [.. who.Faces];
        var named = collection.People.Name(view, theirs, name, parsed.GetValue(Another));
        Console.WriteLine($"{Text.Printable(name)} (person {named}): {Text.Count(theirs.Length, "face")}.");
        return ExitCode.Done;
    }

    private static int Merge(ParseResult parsed, CancellationToken cancellation)
    {
        using var collection = Shared.Open(parsed);
        var view = collection.People.Read(cancellation);
        var into = CollectionPeople.Find(view, parsed.GetValue(Into)!);
        var other = CollectionPeople.Find(view, parsed.GetValue(Other)!);
        if (into.Person is null)
            (into, other) = (other, into);
        if (into.Person is not { } person)
            throw new PeopleException("None of the two has a name yet: name one of them first, with `sosia people name`.");
        if (other.Person is { } second)
            collection.People.Merge(view, person, second);
        else
            collection.People.Confirm(view, person, [.. other.Faces]);
        Console.WriteLine($"{Text.Printable(into.Name!)} has the faces of both; `sosia people undo` takes it back.");
        return ExitCode.Done;
    }

    private static int Split(ParseResult parsed, CancellationToken cancellation)
    {
        using var collection = Shared.Open(parsed);
        var view = collection.People.Read(cancellation);
        var from = CollectionPeople.Find(view, parsed.GetValue(SplitFrom)!);
        var faces = PeopleArguments.Read(parsed, SplitFaces);
        var name = parsed.GetValue(NewName)!;
        var person = from.Person is { } known
            ? collection.People.Split(view, known, faces, name)
            : collection.People.Name(view, faces, name, isAnother: true);
        Console.WriteLine($"{Text.Printable(name)} (person {person}): {Text.Count(faces.Length, "face")} of {from.Name ?? from.Id}.");
        return ExitCode.Done;
    }

    private static int Reject(ParseResult parsed, CancellationToken cancellation)
    {
        using var collection = Shared.Open(parsed);
        var view = collection.People.Read(cancellation);
        var who = CollectionPeople.Find(view, parsed.GetValue(RejectFrom)!);
        var person = who.Person
            ?? throw new PeopleException(
                $"{who.Id} has no name yet, so nothing can be said of it: name it first, or name its other faces."
            );
        var faces = PeopleArguments.Read(parsed, RejectedFaces);
        collection.People.Reject(view, person, faces);
        Console.WriteLine($"{Text.Count(faces.Length, "face")}: not {Text.Printable(who.Name!)}.");
        return ExitCode.Done;
    }

    private static int Undo(ParseResult parsed)
    {
        using var collection = Shared.Open(parsed);
        var undone = collection.People.Undo(parsed.GetValue(Change));
        Console.WriteLine(
            $"Change {undone.Undoes} is undone ({Text.Count(undone.Statements, "statement")}); "
                + $"`sosia people undo {undone.Id}` makes it again."
        );
        return ExitCode.Done;
    }

    private static int Journal(ParseResult parsed)
    {
        using var collection = Shared.Open(parsed);
        var asJson = parsed.GetValue(JournalJson);
        foreach (var entry in collection.People.Journal(asJson ? int.MaxValue : ShownChanges))
            if (asJson)
                Json.Write(ToJson(entry));
            else
                Console.WriteLine(
                    $"{entry.Id, 5}  {entry.At.ToLocalTime():yyyy-MM-dd HH:mm}  {Lower(entry.Kind), -8}"
                        + $"{Text.Count(entry.Statements, "statement"), 16}{Note(entry)}"
                );
        return ExitCode.Done;
    }

    private static string Note(JournalEntry entry) =>
        entry switch
        {
            { UndoneBy: { } by } => $"  undone by {by}",
            { Undoes: { } undone } => $"  undid {undone}",
            { IsIncomplete: true } => "  in part forgotten",
            _ => "",
        };

    private static JournalJson ToJson(JournalEntry entry) =>
        new(entry.Id, entry.At, Lower(entry.Kind), entry.Statements, entry.Undoes, entry.UndoneBy, entry.IsIncomplete);

    private static string Lower(ChangeKind kind) => kind.ToString().ToLowerInvariant();
}
