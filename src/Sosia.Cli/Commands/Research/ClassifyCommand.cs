using System.CommandLine;
using System.Globalization;
using Sosia.Cli.Output;
using Sosia.Evaluation.Classification;

namespace Sosia.Cli.Commands.Research;

/// <summary><c>sosia classify IMAGE --network DIR</c></summary>
internal static class ClassifyCommand
{
    private const int DefaultCount = 5;

    private static readonly Argument<string> Image = new("IMAGE") { Description = "An image" };
    private static readonly Option<string> Network = new("--network")
    {
        Description = "What `sosia train baseline --out DIR` wrote",
        HelpName = "DIR",
        Required = true,
    };
    private static readonly Option<int> Count = new("-k", "--limit")
    {
        Description = "People in the answer, at most",
        HelpName = "N",
        DefaultValueFactory = _ => DefaultCount,
    };
    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create()
    {
        var command = new Command(
            "classify",
            "Name the people that a trained network holds most likely; it knows only those it was trained on"
        )
        {
            Image,
            Network,
            Count,
            AsJson,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var (image, count) = (parsed.GetValue(Image)!, parsed.GetValue(Count));
        if (count < 1)
            throw new ArgumentException($"--limit is at least 1, got {count}.");
        if (!File.Exists(image))
            throw new ArgumentException($"There is no file {image}; check the name.");
        using var classifier = PersonClassifier.Load(parsed.GetValue(Network)!);
        var guesses = classifier.Classify(image, count);
        if (parsed.GetValue(AsJson))
            Json.Write(
                new ClassifyJson(image, classifier.Classes, [.. guesses.Select(guess => new GuessJson(guess.Person, guess.Probability))])
            );
        else
            Print(guesses, classifier.Classes);
        return ExitCode.Done;
    }

    private static void Print(IReadOnlyList<PersonGuess> guesses, int classes)
    {
        foreach (var guess in guesses)
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"{guess.Probability * 100, 7:F2}%  {Text.Printable(guess.Person)}")
            );
        Console.Error.WriteLine($"Of {classes:N0} people whom the network knows: it names one of them whoever is shown.");
    }
}
