using System.CommandLine;
using Sosia.Cli.Output;
using Sosia.Cli.Output.OnTerminal;
using Sosia.Search;

namespace Sosia.Cli.Commands.Everyday;

/// <summary><c>sosia duplicates</c></summary>
internal static class DuplicatesCommand
{
    private static readonly PhotoFilterOptions Filter = new();
    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create(CancellationToken cancellation)
    {
        var command = new Command(
            "duplicates",
            "List the pictures that lie in several files, the best file first; deletes nothing (exit code 1: none)"
        )
        {
            AsJson,
        };
        Filter.AddTo(command);
        command.SetAction(parsed => Run(parsed, cancellation));
        return command.OfCollection();
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var photos = Filter.Read(parsed);
        using var collection = Shared.Open(parsed);
        SayWhatIsNotCompared(collection, cancellation);
        DuplicateGroup[] groups;
        using (var progress = new Bar<(int Done, int Total)>(Bar.Of("photos compared"), value => (value.Done, value.Total)))
            groups = [.. collection.Searching.FindDuplicates(photos, progress, cancellation)];
        foreach (var group in groups)
            if (parsed.GetValue(AsJson))
                Json.Write(ToJson(group));
            else
                Print(group);
        if (!parsed.GetValue(AsJson))
            Console.WriteLine(Summary(groups));
        return groups.Length > 0 ? ExitCode.Done : ExitCode.NothingMatched;
    }

    private static void Print(DuplicateGroup group)
    {
        foreach (var file in group.Files)
            Console.WriteLine(
                $"{(file == group.Best ? "best" : ""), -4}  {$"{file.Width}×{file.Height}", 11}  {file.Bytes, 13:N0}  "
                    + Text.Printable(file.Path)
            );
        Console.WriteLine();
    }

    private static string Summary(IReadOnlyList<DuplicateGroup> groups)
    {
        if (groups.Count == 0)
            return "No picture lies in several files.";
        var others = groups.Sum(group => group.Files.Count - 1);
        var bytes = groups.Sum(group => group.Files.Skip(1).Sum(file => file.Bytes));
        return $"{Text.Count(groups.Count, "picture")} in several files: {Text.Count(others, "file")} beside the best, {bytes:N0} bytes. "
            + "Look before you delete any.";
    }

    private static DuplicatesJson ToJson(DuplicateGroup group) =>
        new(group.Best.Path, [.. group.Files.Select(file => new PictureFileJson(file.Path, file.Bytes, file.Width, file.Height))]);

    /// <summary>Who indexed with an earlier version should know that copies among those photos are not seen yet.</summary>
    private static void SayWhatIsNotCompared(Collection collection, CancellationToken cancellation)
    {
        var lacking = collection.Searching.CountWithoutDescriptor(cancellation);
        if (lacking > 0)
            Console.Error.WriteLine(
                $"{Text.Count(lacking, "photo")} of an earlier version can't be compared yet: run `sosia index` again."
            );
    }
}
