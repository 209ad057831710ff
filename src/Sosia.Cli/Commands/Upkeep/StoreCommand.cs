using System.CommandLine;
using Sosia.Cli.Output;
using Sosia.Postgres;

namespace Sosia.Cli.Commands.Upkeep;

/// <summary><c>sosia store init</c></summary>
internal static class StoreCommand
{
    public static Command Create()
    {
        var init = new Command("init", "Make a collection in a PostgreSQL database, or bring one to this program's version");
        init.SetAction(Init);
        var index = new Command(
            "index",
            "Make the database's HNSW index, for `search --where approximate`; it takes long, see docs/scale.md"
        );
        index.SetAction(Index);
        return new Command("store", "A collection in a PostgreSQL database, which many machines share: see docs/scale.md") { init, index };
    }

    private static PostgresStore StoreOf(ParseResult parsed) =>
        StoreOptions.Find(parsed)
        ?? throw new ArgumentException("'sosia store' is about a collection in a database: name it with --store or --store-file.");

    private static int Index(ParseResult parsed)
    {
        using var store = StoreOf(parsed);
        Console.WriteLine($"An HNSW index is there for the rows of {string.Join(", ", store.MakeIndexes())}.");
        return ExitCode.Done;
    }

    private static int Init(ParseResult parsed)
    {
        using var store = StoreOf(parsed);
        store.Make();
        var facts = store.Facts();
        Console.WriteLine(
            $"The collection {Text.Printable(store.Name)} is ready: PostgreSQL {facts.Version}, pgvector {facts.Pgvector}. Next: "
                + "`sosia index DIR` with the same --store."
        );
        return ExitCode.Done;
    }
}
