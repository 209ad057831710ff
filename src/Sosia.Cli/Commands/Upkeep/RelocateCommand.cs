using System.CommandLine;
using Sosia.Cli.Output;

namespace Sosia.Cli.Commands.Upkeep;

/// <summary><c>sosia relocate OLD NEW</c></summary>
internal static class RelocateCommand
{
    private static readonly Argument<string> Old = new("OLD") { Description = "A folder as it was indexed" };
    private static readonly Argument<string> New = new("NEW") { Description = "Where it is now" };
    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create(CancellationToken cancellation)
    {
        var command = new Command("relocate", "Say that a folder was moved, or its disk renamed: no photo is read again")
        {
            Old,
            New,
            AsJson,
        };
        command.SetAction(parsed => Run(parsed, cancellation));
        return command.OfCollection();
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        using var collection = Shared.Open(parsed);
        var moved = collection.Maintenance.Relocate(parsed.GetValue(Old)!, parsed.GetValue(New)!, cancellation);
        if (parsed.GetValue(AsJson))
            Json.Write(new RelocateJson(moved.Files, moved.Changed));
        else
            Console.WriteLine(
                $"{Text.Count(moved.Files, "file")} known at the new place"
                    + (
                        moved.Changed > 0
                            ? $"; {Text.Count(moved.Changed, "file")} not there as indexed: the next `sosia index` sees to them."
                            : "."
                    )
            );
        return ExitCode.Done;
    }
}
