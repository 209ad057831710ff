using System.CommandLine;
using Sosia.Cli.Output;
using Sosia.Vectors.Files;

namespace Sosia.Cli.Commands.People;

/// <summary><c>sosia people export|import</c>: people and cases as JSON.</summary>
internal static class ExchangeCommands
{
    private const long MostBytes = 1 << 28;

    private static readonly Argument<string?> To = new("FILE")
    {
        Description = "The file to write; without it standard output",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private static readonly Argument<string> From = new("FILE") { Description = "A file that `sosia people export` wrote" };

    public static void AddTo(Command people)
    {
        var export = new Command("export", "Write people and cases as JSON: names, and places in pictures") { To };
        export.SetAction(Export);
        var import = new Command("import", "Take over people and cases of such a file; one change, which can be undone") { From };
        import.SetAction(Import);
        people.Add(export);
        people.Add(import);
    }

    private static int Export(ParseResult parsed)
    {
        using var collection = Shared.Open(parsed);
        var json = collection.People.Export();
        if (parsed.GetValue(To) is not { } path)
        {
            Console.WriteLine(json);
            return ExitCode.Done;
        }
        DerivedFile.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true);
            writer.WriteLine(json);
        });
        return ExitCode.Done;
    }

    private static int Import(ParseResult parsed)
    {
        using var collection = Shared.Open(parsed);
        var path = parsed.GetValue(From)!;
        if (new FileInfo(path) is { Exists: true, Length: > MostBytes } large)
            throw new ArgumentException($"{path} has {large.Length:N0} bytes, and a file of people at most {MostBytes:N0}.");
        var taken = collection.People.Import(File.ReadAllText(path), path);
        Console.WriteLine(
            $"{Text.Count(taken.People, "person", "people")}, {Text.Count(taken.Cases, "case")}, "
                + $"{Text.Count(taken.Faces, "face")} taken over"
                + (taken.Kept > 0 ? $"; {Text.Count(taken.Kept, "face")} of somebody else here stay as they are." : ".")
                + " `sosia people undo` takes it back."
        );
        return ExitCode.Done;
    }
}
