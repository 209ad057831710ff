using System.CommandLine;
using System.Globalization;
using Sosia.Cli.Output;

namespace Sosia.Cli.Commands.Upkeep;

/// <summary><c>sosia calibrate</c></summary>
internal static class CalibrateCommand
{
    private static readonly Option<bool> Remove = new("--remove") { Description = "Go back to the model's own calibration" };
    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create(CancellationToken cancellation)
    {
        var command = new Command(
            "calibrate",
            "Measure what scores mean on your own photos: two faces in one photo are two people, who show how high strangers score"
        )
        {
            Remove,
            AsJson,
        };
        command.SetAction(parsed => Run(parsed, cancellation));
        return command.OfCollection().WithNetworks();
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        using var collection = Shared.Open(parsed);
        if (parsed.GetValue(Remove))
        {
            Console.WriteLine(
                collection.People.Calibrating.Remove()
                    ? "Scores mean again what the model's calibration says."
                    : "The collection has no calibration of its own."
            );
            return ExitCode.Done;
        }
        var made = collection.People.Calibrating.Make(cancellation);
        if (parsed.GetValue(AsJson))
        {
            Json.Write(
                new CalibrateJson(
                    made.Photos,
                    made.LeftOut,
                    made.Comparisons,
                    [
                        .. made.Rates.Select(rate => new CalibratedRateJson(
                            rate.Rate,
                            rate.ModelScore,
                            rate.Score,
                            rate.Meaning.Low,
                            rate.Meaning.High
                        )),
                    ]
                )
            );
            return ExitCode.Done;
        }
        Console.WriteLine(
            $"{Text.Count(made.Photos, "photo")} of several people, {Text.Count(made.LeftOut, "photo")} left out that show somebody twice; "
                + $"{Text.Count(made.Comparisons, "comparison")} of different people."
        );
        Console.WriteLine("False matches    score before    score now    between (95%)");
        foreach (var rate in made.Rates)
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"1 in {1 / rate.Rate, -12:N0}{rate.ModelScore, 11:F3}{rate.Score, 13:F3}     1 in "
                        + $"{1 / rate.Meaning.High:N0} and {1 / rate.Meaning.Low:N0}"
                )
            );
        Console.WriteLine(
            "From now on scores mean this in the collection; `sosia calibrate --remove` goes back to the model's calibration."
        );
        return ExitCode.Done;
    }
}
