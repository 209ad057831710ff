using System.CommandLine;
using Sosia.Cli.Output;

namespace Sosia.Cli.Commands.Upkeep;

/// <summary><c>sosia verify</c></summary>
internal static class VerifyCommand
{
    private static readonly Option<bool> Photos = new("--photos")
    {
        Description = "Also read every photo again and compare its hash (exit code 3: some differ or are gone)",
    };
    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create(CancellationToken cancellation)
    {
        var command = new Command(
            "verify",
            "Check the catalogue: structure, references, the checksum of every embedding; and the index files, which are derived from "
                + "it (exit code 3: one is damaged)"
        )
        {
            Photos,
            AsJson,
        };
        command.SetAction(parsed => Run(parsed, cancellation));
        return command.OfCollection();
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        using var collection = Shared.Open(parsed);
        using var reader = collection.Catalogue.Open();
        var problems = reader.Verify(cancellation);
        IReadOnlyList<string> files = parsed.GetValue(Photos) ? [.. collection.Maintenance.VerifyFiles(cancellation)] : [];
        var indexes = problems.Count > 0 ? [] : collection.Maintenance.VerifyIndexes(cancellation);
        var sound = indexes.All(index => index.Ok);
        if (parsed.GetValue(AsJson))
            Json.Write(
                new VerifyJson(problems.Count == 0 && files.Count == 0 && sound, problems, files, [.. indexes.Select(index => index.Says)])
            );
        else
        {
            Console.WriteLine(
                problems.Count == 0
                    ? "The catalogue is sound."
                    : $"The catalogue is damaged ({Text.Count(problems.Count, "problem")}); delete it and index again, or restore a copy."
            );
            foreach (var problem in problems.Concat(files).Concat(indexes.Select(index => index.Says)))
                Console.WriteLine(Text.Printable(problem));
            if (parsed.GetValue(Photos) && files.Count == 0)
                Console.WriteLine("Every photo has the bytes that were indexed.");
        }
        return problems.Count > 0 ? ExitCode.Damaged
            : files.Count > 0 || !sound ? ExitCode.DoneInPart
            : ExitCode.Done;
    }
}
