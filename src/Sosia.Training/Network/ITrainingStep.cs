using Sosia.Training.Kernels;

namespace Sosia.Training.Network;

/// <summary>Learns from one batch.</summary>
internal interface ITrainingStep : IDisposable
{
    /// <param name="pixels">Labels' count × side × side × 3 bytes, red, green, blue; fed as they are.</param>
    /// <param name="labels">The class of each image.</param>
    /// <param name="rate">Adam's step size at this step.</param>
    StepResult Run(byte[] pixels, int[] labels, AdamRate rate);

    /// <summary>How the network does on a batch that it does not learn from.</summary>
    /// <inheritdoc cref="Run" path="/param"/>
    StepResult Check(byte[] pixels, int[] labels);
}

/// <summary>How the network did on a batch before it learnt from it.</summary>
/// <param name="Images">In the batch.</param>
/// <param name="Loss">Sum over the images of the negative logarithm of what the right class was given.</param>
/// <param name="Right">Images whose right class was given most.</param>
internal readonly record struct StepResult(int Images, double Loss, int Right);
