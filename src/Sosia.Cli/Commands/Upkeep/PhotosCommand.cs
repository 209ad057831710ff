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
    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create()
    {
        var command = new Command("photos", "List the photos of the collection") { Failed, AsJson };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        using var collection = Shared.Open(parsed);
        using var reader = collection.Catalogue.Open();
        foreach (var line in (parsed.GetValue(Failed) ? [] : Readable(reader)).Concat(Unreadable(reader)))
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

    /// <summary>Every place of every photo, except those that can't be read at the moment: they are listed with their reason.</summary>
    private static IEnumerable<PhotoJson> Readable(ICatalogueReader reader)
    {
        var failed = reader.Failures().Select(failed => failed.File.Path).ToHashSet(StringComparer.Ordinal);
        var after = new PhotoId(0);
        for (IReadOnlyList<PhotoRow> page; (page = reader.Photos(after, Page)).Count > 0; after = page[^1].Id)
            foreach (var photo in page)
            foreach (var path in photo.Paths.Where(path => !failed.Contains(path)))
                yield return new PhotoJson(photo.Id.Value, path, JsonNamingPolicy.CamelCase.ConvertName(photo.State.ToString()), null);
    }

    private static IEnumerable<PhotoJson> Unreadable(ICatalogueReader reader) =>
        reader.Failures().Select(failed => new PhotoJson(failed.Photo?.Value, failed.File.Path, "unreadable", failed.Failure.Message));
}
