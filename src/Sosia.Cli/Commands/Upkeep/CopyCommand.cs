using System.CommandLine;
using Sosia.Catalogue;
using Sosia.Cli.Output;

namespace Sosia.Cli.Commands.Upkeep;

/// <summary><c>sosia copy FROM TO</c></summary>
internal static class CopyCommand
{
    private static readonly Argument<string> From = new("FROM") { Description = "Directory of a collection; others may use it meanwhile" };
    private static readonly Argument<string> To = new("TO") { Description = "Directory of the copy, which holds no collection yet" };

    public static Command Create()
    {
        var command = new Command(
            "copy",
            "Copy a collection to another directory: photos, faces, people, cases, and the marks of what was forgotten"
        )
        {
            From,
            To,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var to = Path.GetFullPath(parsed.GetValue(To)!);
        using var source = Sosia.Collection.Open(new CollectionOptions { Directory = Path.GetFullPath(parsed.GetValue(From)!) });
        using var copy = Sosia.Collection.Open(new CollectionOptions { Directory = to });
        var state = $"{to.TrimEnd(Path.DirectorySeparatorChar)}.copying"; // one state of the source, whoever writes it meanwhile
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(state)!);
            var taken = source.Maintenance.Backup(state, replace: true);
            var made = copy.Maintenance.Restore(state);
            if ((made.Photos, made.Faces) != (taken.Photos, taken.Faces))
                throw new CatalogueException(
                    CatalogueProblem.Damaged,
                    $"The copy has {made.Photos.Total:N0} photos and {made.Faces:N0} faces, and the collection "
                        + $"{taken.Photos.Total:N0} and {taken.Faces:N0}: delete {to} and copy again."
                );
            Console.WriteLine(
                $"{Text.Count(made.Photos.Total, "photo")} with {Text.Count(made.Faces, "face")} copied to {Text.Printable(to)}, and "
                    + "checked. Indexes, small pictures and the server's keys are not copied: the first two are made again when needed."
            );
            return ExitCode.Done;
        }
        finally
        {
            File.Delete(state);
        }
    }
}
