using System.Buffers;
using Sosia.Hosting;
using Sosia.Models;

namespace Sosia.Faces;

/// <summary>A box that the network saw.</summary>
/// <param name="Box">In parts of the window's sides as it comes from the network; in the photo's pixels afterwards.</param>
/// <param name="Confidence">Score in [0, 1].</param>
/// <param name="ByFirstPass">Seen in the whole photo, not in a tile.</param>
internal readonly record struct SeenBox(Box Box, float Confidence, bool ByFirstPass = false);

/// <summary>The detection network: one pass over a window of fixed size (Ultra-Light-Fast-Generic-Face-Detector, RFB-320).</summary>
internal sealed class BoxNetwork(OnnxSession session, ModelEntry model) : IDisposable
{
    private readonly Preprocessing _preprocessing = new(model.Input);

    /// <summary>Columns of a window.</summary>
    public int Width => model.Input.Width;

    /// <summary>Rows of a window.</summary>
    public int Height => model.Input.Height;

    /// <summary>How faces are found by this network with some options.</summary>
    public Provenance ProvenanceWith(DetectorOptions options) => Provenance.Of(model, options);

    /// <summary>Every box above the score, before overlaps are sorted out.</summary>
    public List<SeenBox> Detect(ReadOnlySpan<byte> window, float minConfidence, CancellationToken cancellation)
    {
        using var _ = Telemetry.Measure("look");
        var (inputs, corners, scores) = (_preprocessing.Floats, session.FloatsOf(0), session.FloatsOf(1));
        var rented = ArrayPool<float>.Shared.Rent(inputs + corners + scores);
        try
        {
            var input = rented.AsSpan(0, inputs);
            var corner = rented.AsSpan(inputs, corners);
            var score = rented.AsSpan(inputs + corners, scores); // pairs: background, face
            _preprocessing.Fill(window, input);
            session.Run(input, 1, corner, score, cancellation);

            var seen = new List<SeenBox>();
            for (var i = 0; 2 * i < scores; i++)
            {
                var confidence = score[2 * i + 1];
                if (confidence < minConfidence)
                    continue;
                var (left, top, right, bottom) = (corner[4 * i], corner[4 * i + 1], corner[4 * i + 2], corner[4 * i + 3]);
                seen.Add(new SeenBox(new Box(left, top, right - left, bottom - top), confidence));
            }
            return seen;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    public void Dispose() => session.Dispose();
}
