using System.CommandLine;
using Sosia.Catalogue;
using Sosia.Cli.Commands.Upkeep;
using Sosia.Cli.Output;
using Sosia.Photos.Facts;
using Sosia.Search;

namespace Sosia.Cli.Commands.People;

/// <summary><c>sosia case</c>: searches that are kept.</summary>
internal static class CaseCommand
{
    private static readonly Argument<string> NewName = Named(),
        AddTo = Named(),
        RejectIn = Named(),
        Shown = Named(),
        Described = Named(),
        Closed = Named(),
        Deleted = Named();
    private static readonly Option<string[]> Like = Photos("--like", "Photos of the person"),
        Not = Photos("--not", "Photos of others who look like the person"),
        AddLike = Photos("--like", "Photos of the person"),
        AddNot = Photos("--not", "Photos of others who look like the person");
    private static readonly Argument<string[]> Rejected = new("PHOTO")
    {
        Description = "Photos of the collection that do not show the person",
        Arity = ArgumentArity.OneOrMore,
    };
    private static readonly Option<string?> NewPurpose = Purpose(),
        OtherPurpose = Purpose(),
        NewExpires = Expires(),
        OtherExpires = Expires();
    private static readonly Option<bool> Open = new("--open") { Description = "Open a case again that was closed" };
    private static readonly Option<bool> ListJson = Shared.Json(),
        ShowJson = Shared.Json();

    public static Command Create(CancellationToken cancellation)
    {
        var make = new Command("new", "Make a case of photos of a person, and of others") { NewName, Like, Not, NewPurpose, NewExpires };
        make.SetAction(parsed => New(parsed, cancellation));
        var add = new Command("add", "Add photos of the person, or of others, to a case") { AddTo, AddLike, AddNot };
        add.SetAction(parsed => Add(parsed, cancellation));
        var reject = new Command("reject", "Say that photos found do not show the person: they are never shown again")
        {
            RejectIn,
            Rejected,
        };
        reject.SetAction(Reject);
        var list = new Command("list", "List the cases") { ListJson };
        list.SetAction(List);
        var show = new Command("show", "Show what a case has") { Shown, ShowJson };
        show.SetAction(Show);
        var describe = new Command("describe", "Change a case's purpose or end, or open it again")
        {
            Described,
            OtherPurpose,
            OtherExpires,
            Open,
        };
        describe.SetAction(Describe);
        var close = new Command("close", "Close a case: it keeps what it has, and is not searched") { Closed };
        close.SetAction(parsed => Change(parsed, Closed, of => of with { IsClosed = true }, "is closed"));
        var delete = new Command("delete", "Delete a case for good; photos and people stay") { Deleted };
        delete.SetAction(parsed => Delete(parsed, cancellation));
        return new Command("case", "Keep a search: references for and against, what was rejected, and what is new since")
        {
            make,
            add,
            reject,
            list,
            show,
            CaseMatchesCommand.Create(cancellation),
            CaseCertificateCommand.Create(cancellation),
            describe,
            close,
            delete,
        }
            .OfCollection()
            .WithNetworks();
    }

    private static int New(ParseResult parsed, CancellationToken cancellation)
    {
        using var collection = Shared.Open(parsed);
        var details = new CaseDetails(parsed.GetValue(NewName)!, parsed.GetValue(NewPurpose), Time(parsed.GetValue(NewExpires)));
        var made = collection.People.Cases.New(
            details,
            Read(collection, parsed.GetValue(Like), cancellation),
            Read(collection, parsed.GetValue(Not), cancellation)
        );
        Console.WriteLine($"{CaseReport.Line(made)}. See what it finds with `sosia case matches {made.Row.Id}`.");
        return ExitCode.Done;
    }

    private static int Add(ParseResult parsed, CancellationToken cancellation)
    {
        using var collection = Shared.Open(parsed);
        var of = collection.People.Cases.Find(parsed.GetValue(AddTo)!);
        var (like, not) = (
            Read(collection, parsed.GetValue(AddLike), cancellation),
            Read(collection, parsed.GetValue(AddNot), cancellation)
        );
        if (like.Length + not.Length == 0)
            throw new ArgumentException("Name photos of the person with --like, or of others with --not.");
        if (like.Length > 0)
            collection.People.Cases.Judge(of, like, CaseRole.For);
        if (not.Length > 0)
            collection.People.Cases.Judge(of, not, CaseRole.Against);
        Console.WriteLine(CaseReport.Line(collection.People.Cases.Find(of.Row.Id.ToString())));
        return ExitCode.Done;
    }

    private static int Reject(ParseResult parsed)
    {
        using var collection = Shared.Open(parsed);
        var of = collection.People.Cases.Find(parsed.GetValue(RejectIn)!);
        QueryPhoto[] photos =
        [
            .. parsed
                .GetValue(Rejected)!
                .Select(path =>
                    collection.Catalogue.Ask(reader => reader.FindPhotoAt(Path.GetFullPath(path)))
                    ?? throw new ArgumentException($"The collection has no photo {path}; nothing was noted.")
                )
                .Select(photo => collection.People.Cases.Nearest(of, photo.Id)),
        ];
        collection.People.Cases.Judge(of, photos, CaseRole.Rejected);
        Console.WriteLine($"{Text.Count(photos.Length, "photo")}: not the person of {Text.Printable(of.Row.Details.Name)}.");
        return ExitCode.Done;
    }

    private static int List(ParseResult parsed)
    {
        using var collection = Shared.Open(parsed);
        var cases = collection.People.Cases.List();
        foreach (var of in cases)
            if (parsed.GetValue(ListJson))
                Json.Write(CaseReport.ToJson(of));
            else
                Console.WriteLine(CaseReport.Line(of));
        if (cases.Count == 0 && !parsed.GetValue(ListJson))
            Console.WriteLine("There is no case: make one with `sosia case new NAME --like PHOTO`.");
        return ExitCode.Done;
    }

    private static int Show(ParseResult parsed)
    {
        using var collection = Shared.Open(parsed);
        var of = collection.People.Cases.Find(parsed.GetValue(Shown)!);
        if (parsed.GetValue(ShowJson))
            Json.Write(CaseReport.ToJson(of));
        else
            CaseReport.Print(of, collection);
        return ExitCode.Done;
    }

    private static int Describe(ParseResult parsed)
    {
        var (purpose, expires, open) = (parsed.GetValue(OtherPurpose), Time(parsed.GetValue(OtherExpires)), parsed.GetValue(Open));
        if (purpose is null && expires is null && !open)
            throw new ArgumentException("Say what changes: --purpose, --expires or --open.");
        return Change(
            parsed,
            Described,
            of => of with { Purpose = purpose ?? of.Purpose, Expires = expires ?? of.Expires, IsClosed = of.IsClosed && !open },
            "is described anew"
        );
    }

    private static int Change(ParseResult parsed, Argument<string> name, Func<CaseDetails, CaseDetails> change, string says)
    {
        using var collection = Shared.Open(parsed);
        var of = collection.People.Cases.Find(parsed.GetValue(name)!);
        collection.People.Cases.Describe(of, change(of.Row.Details));
        Console.WriteLine($"{Text.Printable(of.Row.Details.Name)} {says}.");
        return ExitCode.Done;
    }

    private static int Delete(ParseResult parsed, CancellationToken cancellation)
    {
        using var collection = Shared.Open(parsed);
        var of = collection.People.Cases.Find(parsed.GetValue(Deleted)!);
        collection.People.Cases.Delete(of);
        Console.WriteLine($"{Text.Printable(of.Row.Details.Name)} is deleted, with all that it had; photos and people stay.");
        var overwritten = ForgetCommand.Wait(collection.Maintenance.BeginToOverwrite(), collection, cancellation);
        return overwritten.Problem is null ? ExitCode.Done : ExitCode.DoneInPart;
    }

    private static QueryPhoto[] Read(Collection collection, string[]? paths, CancellationToken cancellation) =>
        [.. (paths ?? []).Select(path => Shared.ReadQuery(collection, path, null, cancellation))];

    private static DateTimeOffset? Time(string? text) => text is null ? null : new DateTimeOffset(TimeRange.End(text), TimeSpan.Zero);

    private static Argument<string> Named() => new("NAME") { Description = "The case's name or number" };

    private static Option<string[]> Photos(string name, string says) =>
        new(name)
        {
            Description = says,
            HelpName = "IMAGE",
            AllowMultipleArgumentsPerToken = true,
        };

    private static Option<string?> Purpose() => new("--purpose") { Description = "What the case is for", HelpName = "TEXT" };

    private static Option<string?> Expires() =>
        new("--expires") { Description = "The last day of the case, as 2027-06-01: then it is locked", HelpName = "DATE" };
}
