using System.CommandLine;
using Sosia.Cli.Output;
using Sosia.Indexing;
using Sosia.Postgres;

namespace Sosia.Cli.Commands.Everyday;

/// <summary><c>sosia work --store …</c></summary>
internal static class WorkCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private static readonly Option<string[]> Map = new("--map")
    {
        Description = "Where the originals lie on this machine: a beginning of the stored paths, and what stands for it here",
        HelpName = "PREFIX=PATH",
    };
    private static readonly Option<int?> Workers = new("--workers")
    {
        Description = "Photos worked on at once (default: one more than there are cores)",
        HelpName = "N",
    };
    private static readonly Option<bool> Once = new("--once") { Description = "End when nothing waits, in place of waiting for more" };
    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create(CancellationToken cancellation)
    {
        var command = new Command("work", "Read the files that `sosia index` on any machine has put into the queue of a store")
        {
            Map,
            Workers,
            Once,
            AsJson,
        };
        command.SetAction(parsed => Run(parsed, cancellation));
        return command.OfCollection();
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        using var store = StoreOptions.Find(parsed)
            ?? throw new ArgumentException("'sosia work' reads the files that wait in a store: name it with --store or --store-file.");
        var map = new PathMap([.. (parsed.GetValue(Map) ?? []).Select(ReadPair)]);
        store.Make(); // workers may be there before the first index
        var failed = false;
        while (true)
        {
            foreach (var order in store.Catalogue.Queue.Orders())
                failed |= Work(parsed, store, WorkOrder.Read(order), map, cancellation);
            if (parsed.GetValue(Once) && store.Catalogue.Queue.Orders().Count == 0)
                return failed ? ExitCode.DoneInPart : ExitCode.Done;
            cancellation.WaitHandle.WaitOne(Pause);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <returns>Whether a file could not be read.</returns>
    private static bool Work(ParseResult parsed, PostgresStore store, WorkOrder order, PathMap map, CancellationToken cancellation)
    {
        using var collection = Sosia.Collection.Open(
            new CollectionOptions
            {
                Store = store,
                Model = order.Model,
                LookModel = order.LookModel,
                Detector = order.Detector,
                Quality = order.Quality,
                Photos = order.Photos,
            }
        );
        using var progress = new IndexReport(parsed.GetValue(AsJson));
        var workers = parsed.GetValue(Workers) ?? new IndexOptions().Workers;
        var summary = collection.Indexing.Work(order, map, workers, progress, cancellation);
        progress.End(summary);
        return summary.Failures.Count > 0;
    }

    private static (string Stored, string Here) ReadPair(string pair) =>
        pair.Split('=', 2) is [{ Length: > 0 } stored, { Length: > 0 } here]
            ? (Path.TrimEndingDirectorySeparator(stored), Path.TrimEndingDirectorySeparator(Path.GetFullPath(here)))
            : throw new ArgumentException($"Expected --map PREFIX=PATH, as /photos=/mnt/photos, got '{pair}'.");
}
