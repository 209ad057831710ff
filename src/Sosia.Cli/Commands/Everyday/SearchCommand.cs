using System.CommandLine;
using Sosia.Cli.Output;
using Sosia.Cli.Output.OnTerminal;
using Sosia.People;
using Sosia.Reports;
using Sosia.Search;

namespace Sosia.Cli.Commands.Everyday;

/// <summary><c>sosia search IMAGE</c></summary>
internal static class SearchCommand
{
    private static readonly Argument<string?> Image = new("IMAGE")
    {
        Description = "A photo with the person, or any photo with --by look; not with --person or --with",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private static readonly Option<string?> Person = new("--person")
    {
        Description = "Instead of a photo: a person that was named (see `sosia people list`)",
        HelpName = "WHO",
    };
    private static readonly Option<string[]> With = new("--with")
    {
        Description = "Photos with all of these people; may be given several times",
        HelpName = "WHO",
    };
    private static readonly Option<string[]> Without = new("--without")
    {
        Description = "With --person or --with: but without these people",
        HelpName = "WHO",
    };
    private static readonly Option<SearchBy> By = Shared.By();
    private static readonly Option<string[]> Also = Shared.Also();
    private static readonly Option<int?> Face = new("--face")
    {
        Description = "Which face of IMAGE, counted from 1 (default: the largest and most central)",
        HelpName = "N",
    };
    private static readonly Option<int> Limit = Shared.Limit();
    private static readonly PhotoFilterOptions Filter = new();
    private static readonly Option<SortBy> Sort = Shared.Sort();
    private static readonly Option<Combine> Rule = Shared.Combine();
    private static readonly Option<float?> Threshold = Shared.Threshold();
    private static readonly Option<bool> All = new("--all") { Description = "Also photos below the threshold" };
    private static readonly Option<bool> Unfold = new("--unfold")
    {
        Description = "Every photo on a line of its own; else copies and bursts are folded into the best of them",
    };
    private static readonly Option<bool> Expand = Shared.Expand();
    private static readonly Option<PictureKind> Pictures = Shared.Pictures();
    private static readonly Option<string?> Html = new("--html")
    {
        Description = "Write a page with the query, the boxes and the matches",
        HelpName = "FILE",
    };
    private static readonly Option<string?> Out = new("--out")
    {
        Description = "Write every match into a file instead: a table (.csv), the originals (.zip), or a page (.html)",
        HelpName = "FILE",
    };
    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create(CancellationToken cancellation)
    {
        var command = new Command("search", "Find the photos in which a person appears, or those that look alike (exit code 1: none)")
        {
            Image,
            Person,
            With,
            Without,
            By,
            Also,
            Face,
            Limit,
            Sort,
            Rule,
            Threshold,
            All,
            Unfold,
            Expand,
            Pictures,
            Html,
            Out,
            StoreOptions.Where,
            AsJson,
        };
        Filter.AddTo(command);
        command.SetAction(parsed => Run(parsed, cancellation));
        return command.OfCollection().WithNetworks();
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var file = parsed.GetValue(Out) is { } named ? MatchFile.Of(named) : null;
        var options = new SearchOptions
        {
            By = parsed.GetValue(By),
            Limit = file is not null && parsed.GetResult(Limit) is not { Implicit: false } ? MatchFile.Most : parsed.GetValue(Limit),
            Photos = Filter.Read(parsed),
            Sort = parsed.GetValue(Sort),
            Combine = parsed.GetValue(Rule),
            Threshold = parsed.GetValue(Threshold),
            BelowThreshold = parsed.GetValue(All),
            Unfold = parsed.GetValue(Unfold) || file is not null, // every file is wanted
            Expand = parsed.GetValue(Expand),
        };
        options.Check();
        var isOfPeople = IsOfPeople(parsed);
        using var collection = Shared.OpenToSearch(parsed, options.By);
        collection.Catalogue.Open().Dispose(); // an unknown collection is said before networks are loaded
        var result = isOfPeople
            ? SearchPeople(parsed, collection, options, cancellation)
            : collection.Searching.Search(ReadQueries(parsed, collection, options, cancellation), options, cancellation);
        SayHowFar(collection, result);
        if (parsed.GetValue(AsJson))
            Json.Write(SearchReport.ToJson(result));
        else if (file is null)
            SearchReport.Print(result, parsed.GetValue(Pictures));
        if (parsed.GetValue(Html) is { } page)
            SearchPage.Write(page, result, collection.Pictures, cancellation);
        file?.WriteAndSay(result, collection, cancellation);
        collection.Maintenance.FinishIndexes(cancellation); // where there was none, the next search is to find one
        return result.FoundSomebody ? ExitCode.Done : ExitCode.NothingMatched;
    }

    /// <exception cref="ArgumentException">Neither a photo nor people, or both.</exception>
    private static bool IsOfPeople(ParseResult parsed)
    {
        var people = parsed.GetValue(Person) is not null || parsed.GetValue(With) is { Length: > 0 };
        var image = parsed.GetValue(Image) is not null;
        if (people == image)
            throw new ArgumentException(
                people
                    ? "Search with a photo or with people who have names, not with both: leave IMAGE out, or --person and --with."
                    : "Name a photo to search with, or a person with --person."
            );
        if (image && parsed.GetValue(Without) is { Length: > 0 })
            throw new ArgumentException("--without goes with --person or --with: search for people who have names.");
        if (people && (parsed.GetValue(By) != SearchBy.Person || parsed.GetValue(Also) is { Length: > 0 } || parsed.GetValue(All)))
            throw new ArgumentException(
                "People who have names are searched by person, with all their faces: leave --by, --also and --all out."
            );
        return people;
    }

    private static SearchResult SearchPeople(
        ParseResult parsed,
        Collection collection,
        SearchOptions options,
        CancellationToken cancellation
    )
    {
        var view = collection.People.Read(cancellation);
        string[] with = [.. parsed.GetValue(Person) is { } person ? [person] : Array.Empty<string>(), .. parsed.GetValue(With) ?? []];
        return collection.Searching.SearchPeople(Known(with), Known(parsed.GetValue(Without) ?? []), options, cancellation);

        KnownPerson[] Known(string[] who) => [.. who.Select(name => collection.People.Known(view, CollectionPeople.Find(view, name)))];
    }

    /// <summary>Reads the photos, while another thread opens the index that the search will need.</summary>
    private static QueryPhoto[] ReadQueries(
        ParseResult parsed,
        Collection collection,
        SearchOptions options,
        CancellationToken cancellation
    )
    {
        var prepared = options.By is SearchBy.Look or SearchBy.Copy
            ? Task.CompletedTask
            : Task.Run(() => collection.Searching.Prepare(options, cancellation), CancellationToken.None);
        try
        {
            var image = parsed.GetValue(Image)!;
            var queries = Shared.ReadQueries(collection, image, parsed.GetValue(Face), parsed.GetValue(Also), options.By, cancellation);
            prepared.GetAwaiter().GetResult();
            return queries;
        }
        finally
        {
            Task.WaitAny([prepared], CancellationToken.None); // it uses the collection until then
        }
    }

    /// <summary>Who searches while somebody indexes should know that there is more to come.</summary>
    private static void SayHowFar(Collection collection, SearchResult result)
    {
        using var reader = collection.Catalogue.Open();
        var photos = reader.Count();
        if (photos.Waiting > 0)
            Console.Error.WriteLine(
                $"{photos.Waiting:N0} of {Text.Count(photos.Total, "photo")} wait to be indexed; the answer is from the others."
            );
        var lacking = photos.Read - result.PhotosSearched;
        if (result.By == SearchBy.Copy && lacking > 0)
            Console.Error.WriteLine(
                $"{Text.Count(lacking, "photo")} of an earlier version can't be found as copies yet: run `sosia index` again."
            );
        else if (result.By != SearchBy.Person && lacking > 0)
            Console.Error.WriteLine(
                $"{Text.Count(lacking, "photo")} can't be found by look yet: run `sosia index` with --look on their folders."
            );
        if (result.OnlyByLook)
            Console.Error.WriteLine("The query has no face that can be recognised: the answer is by look alone.");
    }
}
