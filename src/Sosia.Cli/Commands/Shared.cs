using System.CommandLine;
using Sosia.Cli.Output;
using Sosia.Cli.Output.OnTerminal;
using Sosia.Models;
using Sosia.Models.Store;
using Sosia.Search;

namespace Sosia.Cli.Commands;

/// <summary>Options that several commands have, and what they make.</summary>
internal static class Shared
{
    public static Option<string?> Collection { get; } =
        new("--collection")
        {
            Description =
                "Directory of the collection (default: $SOSIA_COLLECTION, else in your data directory); with --store, its name there "
                + "(default: sosia)",
            HelpName = "DIR",
            Recursive = true,
        };

    public static Option<string?> Model { get; } =
        new("--model")
        {
            Description = "Model to use (see `sosia models list`): of faces, or of images for a search by look",
            HelpName = "NAME",
            Recursive = true,
        };

    public static Option<string?> Detector { get; } =
        new("--detector")
        {
            Description = "Network that finds faces (see `sosia models list`; default: the one that the face model is used with)",
            HelpName = "NAME",
            Recursive = true,
        };

    /// <summary>Adds the options that name the collection, for a command and those under it.</summary>
    public static Command OfCollection(this Command command)
    {
        command.Add(Collection);
        command.Add(StoreOptions.Store);
        command.Add(StoreOptions.StoreFile);
        return command;
    }

    /// <summary>Adds the options that name the networks, for a command and those under it.</summary>
    public static Command WithNetworks(this Command command)
    {
        command.Add(Model);
        command.Add(Detector);
        return command;
    }

    /// <summary>A new --json option; options can't be shared between commands.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Machine-readable output" };

    /// <summary>A new -k option.</summary>
    public static Option<int> Limit() =>
        new("-k", "--limit")
        {
            Description = "Photos in the answer, at most",
            HelpName = "N",
            DefaultValueFactory = _ => SearchOptions.DefaultLimit,
        };

    /// <summary>A new --threshold option.</summary>
    public static Option<float?> Threshold() =>
        new("--threshold")
        {
            Description = "Least score of a match (default: about 1 false match in 10,000 comparisons)",
            HelpName = "SCORE",
        };

    /// <summary>A new --by option.</summary>
    public static Option<SearchBy> By() =>
        new("--by")
        {
            Description = "What is compared: the person's face, the look of the whole photo, both, or the picture itself for its copies",
            HelpName = "person|look|both|copy",
            DefaultValueFactory = _ => SearchBy.Person,
        };

    /// <summary>A new --also option: one photo each time, so that it takes no argument that follows it.</summary>
    public static Option<string[]> Also() =>
        new("--also") { Description = "One more photo of the same person; may be given several times", HelpName = "IMAGE" };

    /// <summary>A new --combine option.</summary>
    public static Option<Combine> Combine() =>
        new("--combine")
        {
            Description = "With --also: score by the mean of the faces, or by the best",
            HelpName = "mean|best",
            DefaultValueFactory = _ => Search.Combine.Mean,
        };

    /// <summary>A new --expand option.</summary>
    public static Option<bool> Expand() =>
        new("--expand") { Description = "Search with the query's and the candidates' nearest faces too: finds more, takes longer" };

    /// <summary>A new --sort option.</summary>
    public static Option<SortBy> Sort() =>
        new("--sort")
        {
            Description = "Order of the photos found: the best first, or by the time they were taken",
            HelpName = "score|newest|oldest",
            DefaultValueFactory = _ => SortBy.Score,
        };

    /// <summary>A new --pictures option.</summary>
    public static Option<PictureKind> Pictures() =>
        new("--pictures")
        {
            Description = "Small pictures in the table",
            HelpName = "auto|kitty|sixel|blocks|none",
            DefaultValueFactory = _ => PictureKind.Auto,
        };

    public static Collection Open(ParseResult parsed, Func<CollectionOptions, CollectionOptions>? change = null)
    {
        var store = StoreOptions.Find(parsed);
        var options = new CollectionOptions
        {
            Store = store,
            Directory =
                store is not null ? ""
                : parsed.GetValue(Collection) is { Length: > 0 } set ? Path.GetFullPath(set)
                : CollectionOptions.DefaultDirectory,
            Model = parsed.GetValue(Model),
            Detector = new() { Network = parsed.GetValue(Detector) },
        };
        return Sosia.Collection.Open(change?.Invoke(options) ?? options);
    }

    /// <summary>
    /// Opens the collection for a search: the model named is the image model where it is one, or where only looks are compared.
    /// </summary>
    public static Collection OpenToSearch(ParseResult parsed, SearchBy by)
    {
        if (parsed.GetValue(Model) is not { } name || by == SearchBy.Person)
            return Open(parsed);
        var ofImages = by == SearchBy.Look || ModelStore.Open().Find(name).Entry.Makes == ModelKind.ImageEmbedding;
        return Open(parsed, options => ofImages ? options with { Model = null, LookModel = name } : options);
    }

    /// <summary>The photos of a search: the first one, whose face may be named, and more of the same person.</summary>
    public static QueryPhoto[] ReadQueries(
        Collection collection,
        string image,
        int? face,
        IReadOnlyList<string>? also,
        SearchBy by,
        CancellationToken cancellation
    ) =>
        [
            ReadQuery(collection, image, face, cancellation, by),
            .. (also ?? []).Select(more => ReadQuery(collection, more, null, cancellation, by)),
        ];

    /// <summary>A photo to search with, and, when it shows several faces, a word about which one is meant.</summary>
    public static QueryPhoto ReadQuery(
        Collection collection,
        string path,
        int? face,
        CancellationToken cancellation,
        SearchBy by = SearchBy.Person,
        string option = "--face"
    )
    {
        if (by == SearchBy.Look && face is not null)
            throw new ArgumentException("By look the whole photo is compared: leave --face out, or search --by both.");
        if (by == SearchBy.Copy && face is not null)
            throw new ArgumentException("By copy the whole photo is compared: leave --face out.");
        var query = collection.Queries.Read(path, by, face, cancellation);
        if (face is null && query.Faces.Count > 1)
            Console.Error.WriteLine(
                $"{Text.Printable(path)}: {query.Faces.Count} faces found; using face {query.Face + 1}, the largest and most central; "
                    + $"choose another with {option} 1 to {query.Faces.Count}."
            );
        return query;
    }
}
