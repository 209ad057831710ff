using System.Buffers;
using Sosia.Hosting;
using Sosia.Models;

namespace Sosia.Faces.UltraLight;

/// <summary>A box that the network saw.</summary>
/// <param name="Box">In the pixels of the picture that was given to the network, and in the photo's afterwards.</param>
/// <param name="Confidence">Score in [0, 1].</param>
/// <param name="IsSure">Needs no second pass to confirm it.</param>
internal readonly record struct SeenBox(Box Box, float Confidence, bool IsSure = false);

/// <summary>The detection network (Ultra-Light-Fast-Generic-Face-Detector, RFB-320): one pass over a picture of any size.</summary>
internal sealed class BoxNetwork(OnnxSession session, ModelEntry model) : IDisposable
{
    private readonly Preprocessing _preprocessing = new(model.Input);

    /// <summary>Columns and rows of the pictures that the network was trained on.</summary>
    public (int Width, int Height) TrainedSize { get; } = (model.Input.Width, model.Input.Height);

    /// <summary>How faces are found by this network with some options.</summary>
    public Provenance ProvenanceWith(DetectorOptions options) => Provenance.Of(model, options);

    /// <summary>Every box above the score, before overlaps are sorted out.</summary>
    /// <param name="picture">Height × width × 3 bytes.</param>
    /// <param name="size">Columns and rows.</param>
    /// <param name="minConfidence">Least score.</param>
    /// <param name="cancellation">Cancels the pass.</param>
    /// <returns>Boxes in the picture's pixels.</returns>
    public List<SeenBox> Detect(
        ReadOnlySpan<byte> picture,
        (int Width, int Height) size,
        float minConfidence,
        CancellationToken cancellation
    )
    {
        using var _ = Telemetry.Measure("look");
        var (inputs, priors) = (picture.Length, PriorBoxes.Count(size.Width, size.Height));
        var rented = ArrayPool<float>.Shared.Rent(inputs + 6 * priors);
        try
        {
            var input = rented.AsSpan(0, inputs);
            var deltas = rented.AsSpan(inputs, 4 * priors);
            var scores = rented.AsSpan(inputs + 4 * priors, 2 * priors);
            _preprocessing.FillAnySize(picture, input);
            session.Run(input, (1, size.Height, size.Width), deltas, scores, cancellation);
            var seen = new List<SeenBox>();
            PriorBoxes.Decode(size, TrainedSize, deltas, scores, minConfidence, seen);
            return seen;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    public void Dispose() => session.Dispose();
}
