using System.Numerics.Tensors;
using Sosia.Faces;
using Sosia.Search;

namespace Sosia;

/// <summary>A face seen closely.</summary>
/// <param name="Aligned">What the network saw.</param>
/// <param name="Quality">How good it is.</param>
/// <param name="Embedding">Its unit row.</param>
public sealed record CloseFace(AlignedFace Aligned, FaceQuality Quality, float[] Embedding);

/// <summary>Two faces compared closely.</summary>
/// <param name="Score">Their cosine.</param>
/// <param name="Meaning">How often two different people score as high.</param>
/// <param name="First">How the score falls where the first is covered.</param>
/// <param name="Second">How the score falls where the second is covered.</param>
public sealed record ClosePair(float Score, ScoreMeaning Meaning, HeatMap First, HeatMap Second);

public sealed partial class Collection
{
    /// <summary>Compares two faces and finds the regions that speak for their likeness: about a hundred inferences.</summary>
    public ClosePair CompareClosely(CloseFace first, CloseFace second, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var score = TensorPrimitives.Dot<float>(first.Embedding, second.Embedding);
        HeatMap? of = null,
            with = null;
        Parallel.Invoke(
            () => of = Occlusion.Measure(Pipeline, first.Aligned, second.Embedding, cancellation),
            () => with = Occlusion.Measure(Pipeline, second.Aligned, first.Embedding, cancellation)
        );
        return new ClosePair(score, Meaning(ScoringRule.Plain, 1, score), of!, with!);
    }
}
