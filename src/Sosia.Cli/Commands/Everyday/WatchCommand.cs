using System.CommandLine;
using Sosia.Cli.Output;
using Sosia.Indexing;

namespace Sosia.Cli.Commands.Everyday;

/// <summary><c>sosia watch DIR…</c></summary>
internal static class WatchCommand
{
    private const double UsualMinutes = 10;

    private static readonly Argument<string[]> Folders = new("DIR")
    {
        Description = "Folders to index and to keep up to date",
        Arity = ArgumentArity.OneOrMore,
    };
    private static readonly Option<bool> Look = new("--look") { Description = "Index by look too, for `search --by look`" };
    private static readonly Option<string[]> Exclude = new("--exclude") { Description = "As for `sosia index`", HelpName = "GLOB" };
    private static readonly Option<double> Every = new("--every")
    {
        Description = "How often everything is looked at, for drives that tell of no change",
        HelpName = "MINUTES",
        DefaultValueFactory = _ => UsualMinutes,
    };
    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create(CancellationToken cancellation)
    {
        var command = new Command("watch", "Index folders, and what arrives in them from then on, until Ctrl-C")
        {
            Folders,
            Look,
            Exclude,
            Every,
            AsJson,
        };
        command.SetAction(parsed => Run(parsed, cancellation));
        return command.OfCollection().WithNetworks();
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var minutes = parsed.GetValue(Every);
        if (minutes is not (> 0 and <= 24 * 60))
            throw new ArgumentException($"--every takes minutes, more than 0 and at most a day of {24 * 60}, got {minutes}.");
        using var collection = Shared.Open(parsed);
        var json = parsed.GetValue(AsJson);
        var options = new IndexOptions { Look = parsed.GetValue(Look), Exclude = parsed.GetValue(Exclude) ?? [] };
        using var progress = new IndexReport(json);
        try
        {
            collection.Indexing.Watch(
                parsed.GetValue(Folders)!,
                options,
                TimeSpan.FromMinutes(minutes),
                progress,
                summary => Say(progress, summary, json),
                problem => Console.Error.WriteLine(Text.Printable(problem)),
                cancellation
            );
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Console.Error.WriteLine("No longer watching; what was found is indexed.");
        }
        return ExitCode.Done;
    }

    private static void Say(IndexReport progress, IndexSummary summary, bool json)
    {
        if (!json)
            Console.Write($"{TimeProvider.System.GetLocalNow():HH:mm:ss}  ");
        progress.End(summary);
    }
}
