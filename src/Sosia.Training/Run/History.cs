using System.Globalization;
using System.Text;
using Sosia.Training.Network;
using Sosia.Vectors.Files;

namespace Sosia.Training.Run;

/// <summary>One step as it is remembered; loss and accuracy are the means over the epoch so far, as Keras reports them.</summary>
internal sealed record Moment(int Epoch, int Step, int Images, double Loss, double Accuracy, double Seconds);

/// <summary>What a run has done so far; the checkpoint carries it.</summary>
internal sealed class History
{
    /// <summary>Every step, in order.</summary>
    public List<Moment> Moments { get; init; } = [];

    /// <summary>Steps done in all.</summary>
    public int Steps => Moments.Count;

    /// <summary>Sums over the current epoch.</summary>
    public double LossSum { get; set; }

    /// <summary>Images of the current epoch whose class was given most before they were learnt.</summary>
    public int Right { get; set; }

    /// <summary>Images of the current epoch.</summary>
    public int Images { get; set; }

    /// <param name="epoch">From 0.</param>
    /// <param name="step">From 0.</param>
    /// <param name="result">How it went.</param>
    /// <param name="seconds">What it took.</param>
    public Moment Add(int epoch, int step, StepResult result, double seconds)
    {
        if (step == 0) (LossSum, Right, Images) = (0, 0, 0);
        LossSum += result.Loss;
        Right += result.Right;
        Images += result.Images;
        var moment = new Moment(epoch + 1, step + 1, result.Images, LossSum / Images, (double)Right / Images, seconds);
        Moments.Add(moment);
        return moment;
    }

    /// <summary>Images a second over the last steps.</summary>
    public double ImagesPerSecond(int steps = 20)
    {
        var last = Moments.TakeLast(steps).ToArray();
        return last.Length == 0 ? 0 : last.Sum(m => m.Images) / last.Sum(m => m.Seconds);
    }

    /// <summary>Writes a line a step.</summary>
    public void WriteCsv(string path)
    {
        var text = new StringBuilder("epoch,step,images,loss,accuracy,imagesPerSecond,seconds\n");
        foreach (var m in Moments)
            text.Append(CultureInfo.InvariantCulture, $"{m.Epoch},{m.Step},{m.Images},{m.Loss:R},{m.Accuracy:R},{m.Images / m.Seconds:F1},{m.Seconds:F3}\n");
        DerivedFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
