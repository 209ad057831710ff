using System.Globalization;
using System.Text;
using Sosia.Training.Network;
using Sosia.Vectors.Files;

namespace Sosia.Training.Run;

/// <summary>One step as it is remembered; loss and accuracy are the means over the epoch so far, as Keras reports them.</summary>
internal sealed record Moment(int Epoch, int Step, int Images, double Loss, double Accuracy, double Seconds);

/// <summary>How the network did after an epoch on images that it does not learn from; loss and accuracy are means.</summary>
internal sealed record EpochCheck(int Epoch, int Images, double Loss, double Accuracy);

/// <summary>What a run has done so far; the checkpoint carries it.</summary>
internal sealed class History
{
    /// <summary>Every step, in order.</summary>
    public List<Moment> Moments { get; init; } = [];

    /// <summary>After each epoch, where some images are kept aside.</summary>
    public List<EpochCheck> Checks { get; init; } = [];

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
        if (step == 0)
            (LossSum, Right, Images) = (0, 0, 0);
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

    /// <param name="epoch">From 0.</param>
    /// <param name="results">Of all its batches.</param>
    public EpochCheck AddCheck(int epoch, IReadOnlyCollection<StepResult> results)
    {
        var images = results.Sum(result => result.Images);
        var check = new EpochCheck(
            epoch + 1,
            images,
            results.Sum(result => result.Loss) / images,
            results.Sum(result => result.Right) / (double)images
        );
        Checks.Add(check);
        return check;
    }

    /// <summary>Writes a line a step; the last one of an epoch has what the images kept aside gave.</summary>
    public void WriteCsv(string path)
    {
        var text = new StringBuilder("epoch,step,images,loss,accuracy,imagesPerSecond,seconds,validationLoss,validationAccuracy\n");
        for (var i = 0; i < Moments.Count; i++)
        {
            var m = Moments[i];
            text.Append(
                CultureInfo.InvariantCulture,
                $"{m.Epoch},{m.Step},{m.Images},{m.Loss:R},{m.Accuracy:R},{m.Images / m.Seconds:F1},{m.Seconds:F3}"
            );
            var isLast = i + 1 == Moments.Count || Moments[i + 1].Epoch != m.Epoch;
            var check = isLast ? Checks.Find(c => c.Epoch == m.Epoch) : null;
            text.Append(CultureInfo.InvariantCulture, $",{check?.Loss:R},{check?.Accuracy:R}\n");
        }
        DerivedFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
