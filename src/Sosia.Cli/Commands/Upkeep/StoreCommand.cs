using System.CommandLine;
using Sosia.Cli.Output;
using Sosia.Postgres;

namespace Sosia.Cli.Commands.Upkeep;

/// <summary><c>sosia store init</c></summary>
internal static class StoreCommand
{
    private static readonly Option<int?> Shards = new("--shards")
    {
        Description =
            "Where the server has the extension Citus: spread the tables that grow over so many shards, which are spread over machines",
        HelpName = "N",
    };

    public static Command Create()
    {
        var init = new Command("init", "Make a collection in a PostgreSQL database, or bring one to this program's version") { Shards };
        init.SetAction(Init);
        var index = new Command(
            "index",
            "Make the database's HNSW index, for `search --where approximate`; it takes long, see docs/scale.md"
        );
        index.SetAction(Index);
        return new Command("store", "A collection in a PostgreSQL database, which many machines share: see docs/scale.md")
        {
            init,
            index,
        }.OfCollection();
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
        var shards = parsed.GetValue(Shards);
        if (shards is < 1 or > PostgresStore.MostShards)
            throw new ArgumentException($"--shards takes 1 to {PostgresStore.MostShards:N0}.");
        store.Make(shards);
        var facts = store.Facts();
        Console.WriteLine(
            $"The collection {Text.Printable(store.Name)} is ready: PostgreSQL {facts.Version}, pgvector {facts.Pgvector}"
                + (shards is { } some ? $", {some} shards of Citus {facts.Citus}" : "")
                + ". Next: `sosia index DIR` with the same --store."
        );
        return ExitCode.Done;
    }
}
