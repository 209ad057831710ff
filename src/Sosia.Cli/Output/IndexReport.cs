using Sosia.Catalogue;
using Sosia.Cli.Output.OnTerminal;
using Sosia.Indexing;
using Sosia.Photos;

namespace Sosia.Cli.Output;

/// <summary>Tells how indexing goes: a bar on a terminal, a JSON line a photo for programs, and a summary.</summary>
internal sealed class IndexReport(bool json) : IProgress<IndexProgress>, IDisposable
{
    private const int FailuresShown = 20;

    private readonly Bar _bar = Bar.Of("photos", isShown: !json);

    public void Report(IndexProgress value)
    {
        if (json)
            Json.Write(Line(value.Outcome));
        _bar.Show(value.Done, value.Total);
    }

    public void End(IndexSummary summary)
    {
        if (json)
        {
            Json.Write(
                new IndexJson(
                    summary.Photos,
                    summary.Faces,
                    summary.Looks > 0 ? summary.Looks : null,
                    summary.Skipped,
                    summary.Completed > 0 ? summary.Completed : null,
                    summary.Failures.Count,
                    summary.Removed,
                    summary.Kept,
                    summary.Elapsed.TotalSeconds
                )
            );
            return;
        }
        Dispose();
        Console.WriteLine(
            $"{Text.Count(summary.Photos, "photo")} indexed with "
                + $"{Text.Count(summary.Faces, "face")}{(summary.Looks > 0 ? $" and {Text.Count(summary.Looks, "row")} by look" : "")} "
                + $"in {summary.Elapsed.TotalSeconds:F1} s"
                + (summary.Elsewhere > 0 ? $"; {summary.Elsewhere:N0} read by other workers" : "")
                + (summary.Completed > 0 ? $"; {summary.Completed:N0} brought up to date" : "")
                + (summary.Skipped > 0 ? $"; {summary.Skipped:N0} unchanged" : "")
                + (summary.Removed > 0 ? $"; {summary.Removed:N0} removed" : "")
                + "."
        );
        if (summary.Kept is { } kept)
            Console.Error.WriteLine(Text.Printable(kept));
        Failures(summary.Failures);
    }

    /// <summary>Formats that this machine lacks a decoder for are one line each; what is broken is listed.</summary>
    private static void Failures(IReadOnlyList<FailedFile> failures)
    {
        foreach (var format in failures.Where(IsMissingDecoder).GroupBy(failed => failed.Failure.Message))
            Console.Error.WriteLine($"{Text.Count(format.Count(), "file")} skipped: {format.Key}");
        var broken = failures.Where(failed => !IsMissingDecoder(failed)).ToArray();
        if (broken.Length == 0)
            return;
        Console.Error.WriteLine($"{Text.Count(broken.Length, "file")} could not be read:");
        foreach (var failed in broken.Take(FailuresShown))
            Console.Error.WriteLine($"  {Text.Printable(failed.File.Path)}: {Text.Printable(failed.Failure.Message)}");
        if (broken.Length > FailuresShown)
            Console.Error.WriteLine($"  … and {broken.Length - FailuresShown:N0} more: see `sosia photos --failed`.");
    }

    private static bool IsMissingDecoder(FailedFile failed) => failed.Failure.Reason == UnreadableReason.NoDecoder;

    private static IndexedJson Line(FileOutcome outcome) =>
        outcome switch
        {
            PhotoRead read => new(outcome.File.Path, read.Photo.Faces.Count, HasRow(read.Look), null, null),
            DetailsRead read => new(outcome.File.Path, null, HasRow(read.Look), null, null),
            PhotoUnreadable unreadable => new(outcome.File.Path, null, null, unreadable.Failure.Message, $"{unreadable.Failure.Reason}"),
            _ => new(outcome.File.Path, null, null, null, null),
        };

    private static bool? HasRow(float[]? look) => look is null ? null : look.Length > 0;

    /// <summary>Takes the bar away.</summary>
    public void Dispose() => _bar.Dispose();
}
