using System.CommandLine;
using Sosia.Cli.Output;

namespace Sosia.Cli.Commands.Upkeep;

/// <summary><c>sosia store init</c></summary>
internal static class StoreCommand
{
    public static Command Create()
    {
        var init = new Command("init", "Make a collection in a PostgreSQL database, or bring one to this program's version");
        init.SetAction(Init);
        return new Command("store", "A collection in a PostgreSQL database, which many machines share: see docs/scale.md") { init };
    }

    private static int Init(ParseResult parsed)
    {
        using var store =
            StoreOptions.Find(parsed)
            ?? throw new ArgumentException("'sosia store init' makes a collection in a database: name it with --store or --store-file.");
        store.Make();
        var facts = store.Facts();
        Console.WriteLine(
            $"The collection {Text.Printable(store.Name)} is ready: PostgreSQL {facts.Version}, pgvector {facts.Pgvector}. Next: `sosia index "
                + "DIR` with the same --store."
        );
        return ExitCode.Done;
    }
}
