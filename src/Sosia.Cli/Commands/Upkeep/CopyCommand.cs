using System.CommandLine;
using Sosia.Catalogue;
using Sosia.Cli.Output;
using Sosia.Cli.Output.OnTerminal;

namespace Sosia.Cli.Commands.Upkeep;

/// <summary><c>sosia copy FROM TO</c></summary>
internal static class CopyCommand
{
    private const string Place = "a directory, the connection string of a database, or @FILE with one in it";

    private static readonly Argument<string> From = new("FROM") { Description = $"A collection, which others may use meanwhile: {Place}" };
    private static readonly Argument<string> To = new("TO") { Description = $"The copy, where no collection is yet: {Place}" };
    private static readonly Option<bool> Resume = new("--resume") { Description = "Go on with a copy that was interrupted" };
    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create(CancellationToken cancellation)
    {
        var command = new Command(
            "copy",
            "Copy a collection to another directory or database: photos, faces, people, cases, and the marks of what was forgotten"
        )
        {
            From,
            To,
            Resume,
            AsJson,
        };
        command.SetAction(parsed => Run(parsed, cancellation));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var (from, to) = (parsed.GetValue(From)!, parsed.GetValue(To)!);
        using var source = Open(from);
        using var copy = Open(to);
        var json = parsed.GetValue(AsJson);
        using var progress = new Bar<CopyProgress>(Bar.Of("photos", isShown: !json), value => (value.Photos, value.Total));
        var receipt =
            source.Store is null && copy.Store is null
                ? CopyFiles(source, copy, parsed.GetValue(Resume))
                : source.Maintenance.CopyTo(copy.Maintenance, parsed.GetValue(Resume), progress, cancellation);
        if (json)
            Json.Write(new CopyJson(PhotoCountsJson.Of(receipt.Photos), receipt.Faces));
        else
            Console.WriteLine(
                $"{Text.Count(receipt.Photos.Total, "photo")} with {Text.Count(receipt.Faces, "face")} copied to "
                    + $"{Text.Printable(copy.Store?.Name ?? copy.Directory)}, and compared. Indexes, small pictures, calibrations and the "
                    + "server's keys are not copied: the first two are made again when needed."
            );
        return ExitCode.Done;
    }

    /// <summary>Between directories: one state of the collection, whoever writes meanwhile; photos and faces keep their numbers.</summary>
    private static CopyReceipt CopyFiles(Collection source, Collection copy, bool replace)
    {
        var state = $"{copy.Directory.TrimEnd(Path.DirectorySeparatorChar)}.copying";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(state)!);
            var taken = source.Maintenance.Backup(state, replace: true);
            var made = copy.Maintenance.Restore(state, replace);
            return (made.Photos, made.Faces) == (taken.Photos, taken.Faces)
                ? new CopyReceipt(made.Photos, made.Faces)
                : throw new CatalogueException(
                    CatalogueProblem.Damaged,
                    $"The copy has {made.Photos.Total:N0} photos and {made.Faces:N0} faces, and the collection "
                        + $"{taken.Photos.Total:N0} and {taken.Faces:N0}: delete {copy.Directory} and copy again."
                );
        }
        finally
        {
            File.Delete(state);
        }
    }

    private static Collection Open(string place)
    {
        var store = StoreOptions.Find(place);
        return Sosia.Collection.Open(new CollectionOptions { Store = store, Directory = store is null ? Path.GetFullPath(place) : "" });
    }
}
