using System.CommandLine;
using Sosia.Cli.Output;
using Sosia.Cli.Output.OnTerminal;
using Sosia.Hosting;
using Sosia.Reports;
using Sosia.Vectors.Files;

namespace Sosia.Cli.Commands.Everyday;

/// <summary><c>sosia demo</c></summary>
internal static class DemoCommand
{
    /// <summary>The one of the three in the first sample who is in another sample too.</summary>
    private const int Face = 3;

    private static readonly Option<PictureKind> Pictures = Shared.Pictures();

    public static Command Create(CancellationToken cancellation)
    {
        var command = new Command("demo", "Index the sample photos, search them for one of the people, and say how to go on") { Pictures };
        command.SetAction(parsed => Run(parsed, cancellation));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var samples = Path.Combine(AppContext.BaseDirectory, "samples");
        var directory = Path.Combine(UserDirectories.Default.Data, "demo");
        using var collection = Sosia.Collection.Open(new CollectionOptions { Directory = directory });

        Console.WriteLine($"$ sosia index {Quoted(samples)}");
        using (var progress = new IndexReport(json: false))
            progress.End(collection.Indexing.Run([samples], progress: progress, cancellation: cancellation));

        var query = Path.Combine(samples, "sample1.jpg");
        Console.WriteLine($"\n$ sosia search {Quoted(query)} --face {Face}");
        var result = collection.Searching.Search([Shared.ReadQuery(collection, query, Face, cancellation)], cancellation: cancellation);
        SearchReport.Print(result, parsed.GetValue(Pictures));

        var (place, page) = (Quoted(directory), Path.Combine(directory, "result.html"));
        SearchPage.Write(page, result, collection.Pictures, cancellation);
        PrivateFile.Close(page); // it lies in the user's directory, and shows who was found
        Console.WriteLine(
            $"""

            The page: `sosia serve --open --collection {place}` opens it in the browser; elsewhere open the address it prints.
            This result alone: open {page}.
            Your own photos: `sosia index DIR`, then `sosia search IMAGE`; `sosia` is {Quoted(Environment.ProcessPath ?? "sosia")}.
            """
        );
        return result.FoundSomebody ? ExitCode.Done : ExitCode.NothingMatched;
    }

    private static string Quoted(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path;
}
