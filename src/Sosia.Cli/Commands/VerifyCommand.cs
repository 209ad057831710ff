using System.CommandLine;
using Sosia.Cli.Output;

namespace Sosia.Cli.Commands;

/// <summary><c>sosia verify</c></summary>
internal static class VerifyCommand
{
    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create(CancellationToken cancellation)
    {
        var command = new Command("verify", "Check the catalogue: structure, references, the checksum of every embedding") { AsJson };
        command.SetAction(parsed => Run(parsed, cancellation));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        using var collection = Shared.Open(parsed);
        using var reader = collection.OpenReader();
        var problems = reader.Verify(cancellation);
        if (parsed.GetValue(AsJson)) Json.Write(new VerifyJson(problems.Count == 0, problems));
        else if (problems.Count == 0) Console.WriteLine("The catalogue is sound.");
        else foreach (var problem in problems) Console.WriteLine(Text.Printable(problem));
        return problems.Count == 0 ? ExitCode.Done : ExitCode.Damaged;
    }
}
