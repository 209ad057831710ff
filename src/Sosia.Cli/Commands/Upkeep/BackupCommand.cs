using System.CommandLine;
using Sosia.Cli.Output;

namespace Sosia.Cli.Commands.Upkeep;

/// <summary><c>sosia backup FILE</c></summary>
internal static class BackupCommand
{
    private static readonly Argument<string> File = new("FILE") { Description = "The file to write" };
    private static readonly Option<bool> Replace = new("--replace") { Description = "Put the backup in the place of a file that is there" };
    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create()
    {
        const string Description = "Write the collection into one file that `sosia restore` brings back, also while others index";
        var command = new Command("backup", Description) { File, Replace, AsJson };
        command.SetAction(Run);
        return command.OfCollection();
    }

    private static int Run(ParseResult parsed)
    {
        using var collection = Shared.Open(parsed);
        var made = collection.Maintenance.Backup(parsed.GetValue(File)!, parsed.GetValue(Replace));
        if (parsed.GetValue(AsJson))
            Json.Write(new BackupJson(made.File, made.Bytes, made.Photos.Total, made.Faces));
        else
            Console.WriteLine(
                $"{Text.Count(made.Photos.Total, "photo")} with {Text.Count(made.Faces, "face")} in {Text.Printable(made.File)} "
                    + $"({Text.Bytes(made.Bytes)})."
            );
        return ExitCode.Done;
    }
}
