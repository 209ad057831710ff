using System.CommandLine;
using Sosia.Cli.Output;
using Sosia.Search;

namespace Sosia.Cli.Commands.Everyday;

/// <summary><c>sosia compare A B</c></summary>
internal static class CompareCommand
{
    private static readonly Argument<string> First = new("A") { Description = "A photo" };
    private static readonly Argument<string> Second = new("B") { Description = "Another" };
    private static readonly Option<int?> FaceOfFirst = FaceOf("--face", "A"),
        FaceOfSecond = FaceOf("--face-b", "B");
    private static readonly Option<float?> Threshold = Shared.Threshold();
    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create(CancellationToken cancellation)
    {
        var command = new Command("compare", "Say whether two photos show the same person (exit code 0: yes, 1: no)")
        {
            First,
            Second,
            FaceOfFirst,
            FaceOfSecond,
            Threshold,
            AsJson,
        };
        command.SetAction(parsed => Run(parsed, cancellation));
        return command.OfCollection().WithNetworks();
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        new SearchOptions { Threshold = parsed.GetValue(Threshold) }.Check();
        using var collection = Shared.Open(parsed);
        var first = Shared.ReadQuery(collection, parsed.GetValue(First)!, parsed.GetValue(FaceOfFirst), cancellation);
        var (image, face) = (parsed.GetValue(Second)!, parsed.GetValue(FaceOfSecond));
        var second = Shared.ReadQuery(collection, image, face, cancellation, option: FaceOfSecond.Name);
        var comparison = collection.Searching.Compare(first, second, parsed.GetValue(Threshold));
        if (parsed.GetValue(AsJson))
            Json.Write(new CompareJson(comparison.Score, comparison.FalseMatchRate, comparison.Same, comparison.Threshold));
        else
            Console.WriteLine(
                $"{(comparison.Same ? "The same person" : "Not the same person")}: score {comparison.Score:F3}, threshold "
                    + $"{comparison.Threshold:F3}, {comparison.Meaning.Sentence}."
            );
        return comparison.Same ? ExitCode.Done : ExitCode.NothingMatched;
    }

    private static Option<int?> FaceOf(string name, string photo) =>
        new(name) { Description = $"Which face of {photo}, counted from 1 (default: the largest and most central)", HelpName = "N" };
}
