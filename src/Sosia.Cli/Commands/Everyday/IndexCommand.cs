using System.CommandLine;
using Sosia.Cli.Output;
using Sosia.Faces;
using Sosia.Indexing;
using Sosia.Photos;

namespace Sosia.Cli.Commands.Everyday;

/// <summary><c>sosia index DIR…</c></summary>
internal static class IndexCommand
{
    private static readonly Argument<string[]> Folders = new("DIR")
    {
        Description = "Folders and files to index",
        Arity = ArgumentArity.OneOrMore,
    };
    private static readonly Option<bool> Look = new("--look") { Description = "Index by look too, for `search --by look`" };
    private static readonly Option<string?> LookModel = new("--look-model")
    {
        Description = "Index by look with this image model (see `sosia models list`)",
        HelpName = "NAME",
    };
    private static readonly Option<string[]> Exclude = new("--exclude")
    {
        Description = "Leave out files and folders of this name, as '*.png' or Screenshots, or of this path; may be given several times",
        HelpName = "GLOB",
    };
    private static readonly Option<bool> Force = new("--force")
    {
        Description = "Remove what is gone even if that is more than a fifth of the collection",
    };
    private static readonly Option<bool> RetryFailed = new("--retry-failed") { Description = "Read again the files that failed before" };
    private static readonly Option<bool> Again = new("--again")
    {
        Description = "Read again the photos whose faces were found by another detector or with other options",
    };
    private static readonly Option<bool> Thorough = new("--thorough")
    {
        Description = "Look for every face of 20 pixels and more, which takes several times as long; also in photos indexed before",
    };
    private static readonly Option<bool> Places = new("--places")
    {
        Description = "Keep where photos say that they were taken (GPS); left out unless asked for",
    };
    private static readonly Option<bool> FollowLinks = new("--follow-links")
    {
        Description = "Follow links to files out of the folders; links to folders are never followed",
    };
    private static readonly Option<int?> SmallestFace = new("--smallest-face")
    {
        Description = "Side of the smallest face looked for (default: a fiftieth of the longest side, and at least 20)",
        HelpName = "PIXELS",
    };
    private static readonly Option<long?> MaxBytes = new("--max-bytes")
    {
        Description = "Largest file read (default 256 MB)",
        HelpName = "BYTES",
    };
    private static readonly Option<long?> MaxPixels = new("--max-pixels")
    {
        Description = "Largest image decoded (default 250,000,000)",
        HelpName = "PIXELS",
    };
    private static readonly Option<int?> MaxSide = new("--max-side")
    {
        Description = "Longest side decoded (default 65,500)",
        HelpName = "PIXELS",
    };
    private static readonly Option<long?> MaxMemory = new("--max-memory")
    {
        Description = "Most memory for decoding one file (default 2 GB)",
        HelpName = "BYTES",
    };
    private static readonly Option<double?> Timeout = new("--timeout")
    {
        Description = "Time for decoding one file (default 60)",
        HelpName = "SECONDS",
    };
    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create(CancellationToken cancellation)
    {
        var command = new Command("index", "Index the photos in folders; run again to bring the collection up to date")
        {
            Folders,
            Look,
            LookModel,
            Exclude,
            Force,
            RetryFailed,
            Again,
            Thorough,
            Places,
            FollowLinks,
            SmallestFace,
            MaxBytes,
            MaxPixels,
            MaxSide,
            MaxMemory,
            Timeout,
            AsJson,
        };
        command.SetAction(parsed => Run(parsed, cancellation));
        return command.OfCollection().WithNetworks();
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        using var collection = Shared.Open(parsed, options =>
            options with
            {
                LookModel = parsed.GetValue(LookModel),
                Photos = Limits(parsed),
                Detector = Detector(parsed, options.Detector),
            }
        );
        var json = parsed.GetValue(AsJson);
        var byLook = parsed.GetValue(Look) || parsed.GetValue(LookModel) is not null;
        using var progress = new IndexReport(json);
        var summary = collection.Indexing.Run(
            parsed.GetValue(Folders)!,
            new IndexOptions
            {
                Look = byLook,
                Exclude = parsed.GetValue(Exclude) ?? [],
                Force = parsed.GetValue(Force),
                RetryFailed = parsed.GetValue(RetryFailed),
                Again = parsed.GetValue(Again) || parsed.GetValue(Thorough),
                Places = parsed.GetValue(Places),
                FollowLinks = parsed.GetValue(FollowLinks),
            },
            progress,
            cancellation
        );
        progress.End(summary);
        if (!byLook)
            SayWhatLacksALook(collection);
        return summary.Failures.Count > 0 || summary.Kept is not null ? ExitCode.DoneInPart : ExitCode.Done;
    }

    /// <summary>Who indexed by look once should know what a search by look does not see.</summary>
    private static void SayWhatLacksALook(Collection collection)
    {
        using var reader = collection.Catalogue.Open();
        var lacking = collection.Looks.CountPhotos(reader) is { } seen ? reader.Count().Read - seen : 0;
        if (lacking > 0)
            Console.Error.WriteLine($"{Text.Count(lacking, "photo")} can't be found by look yet: index with --look to change that.");
    }

    private static DetectorOptions Detector(ParseResult parsed, DetectorOptions usual)
    {
        var detector = parsed.GetValue(Thorough) ? DetectorOptions.Thorough with { Network = usual.Network } : usual;
        return detector with { SmallestFace = parsed.GetValue(SmallestFace) ?? detector.SmallestFace };
    }

    private static PhotoOptions Limits(ParseResult parsed)
    {
        var limits = new PhotoOptions();
        limits = limits with
        {
            MaxBytes = parsed.GetValue(MaxBytes) ?? limits.MaxBytes,
            MaxPixels = parsed.GetValue(MaxPixels) ?? limits.MaxPixels,
            MaxSide = parsed.GetValue(MaxSide) ?? limits.MaxSide,
            MaxMemory = parsed.GetValue(MaxMemory) ?? limits.MaxMemory,
            Timeout = parsed.GetValue(Timeout) is { } seconds ? TimeSpan.FromSeconds(seconds) : limits.Timeout,
        };
        return limits;
    }
}
