using System.CommandLine;
using System.Text.Json;
using Sosia.Catalogue;
using Sosia.Cli.Output;

namespace Sosia.Cli.Commands.Upkeep;

/// <summary><c>sosia photos [--failed]</c></summary>
internal static class PhotosCommand
{
    private const int Page = 1000;

    private static readonly Option<bool> Failed = new("--failed")
    {
        Description = "Only the files that could not be read, with their reasons",
    };
    private static readonly Option<PhotoState?> State = new("--state")
    {
        Description = "Only photos in this state",
        HelpName = "searchable|toopoor|noface|unreadable|waiting",
    };
    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create()
    {
        var command = new Command("photos", "List the photos of the collection") { Failed, State, AsJson };
        command.SetAction(Run);
        return command.OfCollection();
    }

    private static int Run(ParseResult parsed)
    {
        using var collection = Shared.Open(parsed);
        using var reader = collection.Catalogue.Open();
        if (parsed.GetValue(Failed) && parsed.GetValue(State) is not null)
            throw new ArgumentException("--failed is --state unreadable: give one of the two.");
        var wanted = parsed.GetValue(Failed) ? PhotoState.Unreadable : parsed.GetValue(State);
        foreach (var line in Lines(reader, wanted))
            if (parsed.GetValue(AsJson))
                Json.Write(line);
            else
                Console.WriteLine(
                    line.Error is null
                        ? $"{line.State, -10}  {Text.Printable(line.Path)}"
                        : $"{line.State, -10}  {Text.Printable(line.Path)}: {Text.Printable(line.Error)}"
                );
        return ExitCode.Done;
    }

    private static IEnumerable<PhotoJson> Lines(ICatalogueReader reader, PhotoState? wanted) =>
        wanted switch
        {
            null => Readable(reader, null).Concat(Unreadable(reader)),
            PhotoState.Unreadable => Unreadable(reader),
            PhotoState.Waiting => Waiting(reader),
            _ => Readable(reader, wanted),
        };

    /// <summary>Every place of every photo, except those that can't be read at the moment: they are listed with their reason.</summary>
    private static IEnumerable<PhotoJson> Readable(ICatalogueReader reader, PhotoState? wanted)
    {
        var failed = reader.Failures().Select(failed => failed.File.Path).ToHashSet(StringComparer.Ordinal);
        var after = new PhotoId(0);
        for (IReadOnlyList<PhotoRow> page; (page = reader.Photos(after, Page)).Count > 0; after = page[^1].Id)
            foreach (var photo in page.Where(photo => wanted is null || photo.State == wanted))
            foreach (var path in photo.Paths.Where(path => !failed.Contains(path)))
                yield return new PhotoJson(photo.Id.Value, path, JsonNamingPolicy.CamelCase.ConvertName(photo.State.ToString()), null);
    }

    private static IEnumerable<PhotoJson> Waiting(ICatalogueReader reader)
    {
        var waiting = new List<PhotoJson>();
        reader.ReadFilesUnder("", null, file =>
        {
            if (file.State == FileState.Waiting)
                waiting.Add(new PhotoJson(null, file.File.Path, "waiting", null));
        });
        return waiting;
    }

    private static IEnumerable<PhotoJson> Unreadable(ICatalogueReader reader) =>
        reader.Failures().Select(failed => new PhotoJson(failed.Photo?.Value, failed.File.Path, "unreadable", failed.Failure.Message));
}
