using System.CommandLine;
using Sosia.Cli.Output;
using Sosia.Cli.Output.OnTerminal;
using Sosia.People;
using Sosia.Vectors.Files;

namespace Sosia.Cli.Commands.People;

/// <summary><c>sosia people export|import</c>: people and cases as JSON, people as face regions in XMP.</summary>
internal static class ExchangeCommands
{
    private const long MostBytes = 1 << 28;

    private static readonly Argument<string?> To = new("FILE")
    {
        Description = "The file to write; without it standard output",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private static readonly Argument<string?> From = new("FILE")
    {
        Description = "A file that `sosia people export` wrote",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private static readonly Option<bool> ToXmp = new("--xmp")
    {
        Description = "Instead of JSON: face regions in sidecars (photo.jpg.xmp), for digiKam, Lightroom, Windows; photos stay as they are",
    };
    private static readonly Option<bool> FromXmp = new("--xmp")
    {
        Description = "Instead of a file: the names that other programs gave to faces, in sidecars and inside JPEGs",
    };

    public static void AddTo(Command people, CancellationToken cancellation)
    {
        var export = new Command("export", "Write people and cases as JSON: names, and places in pictures") { To, ToXmp };
        export.SetAction(parsed => Export(parsed, cancellation));
        var import = new Command("import", "Take over people and cases of such a file; one change, which can be undone") { From, FromXmp };
        import.SetAction(parsed => Import(parsed, cancellation));
        people.Add(export);
        people.Add(import);
    }

    private static int Export(ParseResult parsed, CancellationToken cancellation)
    {
        if (parsed.GetValue(ToXmp) && parsed.GetValue(To) is not null)
            throw new ArgumentException("--xmp writes sidecars beside the photos: leave the file out.");
        using var collection = Shared.Open(parsed);
        if (parsed.GetValue(ToXmp))
            return ExportXmp(collection, cancellation);
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

    private static int ExportXmp(Collection collection, CancellationToken cancellation)
    {
        XmpExport result;
        using (var progress = new Bar<int>(Bar.Of("photos"), static done => (done, null)))
            result = collection.People.Xmp.Export(progress, cancellation);
        Console.WriteLine(
            $"{Text.Count(result.Written, "sidecar")} written, {Text.Count(result.Same, "file")} with nothing to add. The names in them "
                + "are yours to remove: `sosia forget` does not reach them."
        );
        return Tell(result.Problems);
    }

    private static int Tell(IReadOnlyList<string> problems)
    {
        foreach (var problem in problems)
            Console.Error.WriteLine(Text.Printable(problem));
        return problems.Count > 0 ? ExitCode.DoneInPart : ExitCode.Done;
    }

    private static int ImportXmp(Collection collection, CancellationToken cancellation)
    {
        XmpImport taken;
        using (var progress = new Bar<int>(Bar.Of("files looked at"), static done => (done, null)))
            taken = collection.People.Xmp.Import(progress, cancellation);
        Console.WriteLine(
            $"{Text.Count(taken.Files, "file")} looked at: {Text.Count(taken.Faces, "face")} of "
                + $"{Text.Count(taken.People, "person", "people")} taken over, {taken.Drawn} of them not found before; {taken.Known} known"
                + (taken.Kept > 0 ? $"; {Text.Count(taken.Kept, "face")} of which you said something else stay as they are." : ".")
                + (taken.Faces > 0 ? " `sosia people undo` takes it back." : "")
        );
        return Tell(taken.Problems);
    }

    private static int Import(ParseResult parsed, CancellationToken cancellation)
    {
        if (parsed.GetValue(FromXmp) == (parsed.GetValue(From) is not null))
            throw new ArgumentException(
                "Name a file that `sosia people export` wrote, or give --xmp to read the photos' own face regions."
            );
        using var collection = Shared.Open(parsed);
        if (parsed.GetValue(FromXmp))
            return ImportXmp(collection, cancellation);
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
