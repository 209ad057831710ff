using System.Globalization;

namespace Sosia.Training.Run;

/// <summary>Says on standard error how far the training is: a living line on a terminal, else a line an epoch and one a minute.</summary>
internal sealed class Progress(TrainingOptions options, int stepsAnEpoch, TimeProvider clock)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);
    private readonly bool _living = !Console.IsErrorRedirected;
    private long _last = clock.GetTimestamp();

    public void Step(History history)
    {
        var moment = history.Moments[^1];
        var end = moment.Step == stepsAnEpoch;
        if (!_living && !end && clock.GetElapsedTime(_last) < Quiet)
            return;
        _last = clock.GetTimestamp();
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {moment.Epoch}/{options.Epochs}, step {moment.Step}/{stepsAnEpoch}: loss {moment.Loss:F4}, accuracy "
                + $"{moment.Accuracy:P2}, {history.ImagesPerSecond():F1} images/s, {Left(history)} left"
        );
        if (_living)
            Console.Error.Write($"\r{line}\u001b[K{(end ? "\n" : "")}");
        else
            Console.Error.WriteLine(line);
    }

    public void Say(EpochCheck check) =>
        Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"epoch {check.Epoch}/{options.Epochs}: loss {check.Loss:F4}, accuracy {check.Accuracy:P2} on {check.Images:N0} other "
                    + $"photos of the same people"
            )
        );

    public void Say(string sentence)
    {
        if (_living)
            Console.Error.Write("\r\u001b[K");
        Console.Error.WriteLine(sentence);
    }

    private string Left(History history)
    {
        var steps = (double)options.Epochs * stepsAnEpoch - history.Steps;
        var last = history.Moments.TakeLast(20).ToArray();
        var left = TimeSpan.FromSeconds(steps * last.Average(m => m.Seconds));
        return left.TotalHours >= 1
            ? $"{(int)left.TotalHours} h {left.Minutes:D2} min"
            : $"{(int)left.TotalMinutes} min {left.Seconds:D2} s";
    }
}
