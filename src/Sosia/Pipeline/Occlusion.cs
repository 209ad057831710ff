using System.Numerics.Tensors;
using Sosia.Faces;
using Sosia.Photos;

namespace Sosia.Pipeline;

/// <summary>How much a score falls when parts of an aligned face are covered: which parts the network relies on.</summary>
/// <param name="Columns">Patches side by side.</param>
/// <param name="Rows">Patches one below the other.</param>
/// <param name="Drops">Score uncovered minus score covered, row by row, top first; positive where the patch speaks for the match.</param>
public sealed record HeatMap(int Columns, int Rows, float[] Drops);

/// <summary>Occlusion sensitivity (Zeiler and Fergus 2014): a grey patch walks over the face, and the score is taken each time.</summary>
internal static class Occlusion
{
    private const int Patches = 7;

    /// <param name="pipeline">Embeds.</param>
    /// <param name="face">The face that is covered.</param>
    /// <param name="other">The unit row it is compared with.</param>
    /// <param name="cancellation">Ends the network's run.</param>
    public static HeatMap Measure(FacePipeline pipeline, AlignedFace face, float[] other, CancellationToken cancellation)
    {
        var score = TensorPrimitives.Dot<float>(pipeline.Embed([face], cancellation)[0], other);
        var drops = new float[Patches * Patches];
        for (var row = 0; row < Patches; row++)
        {
            var rows = pipeline.Embed([.. Enumerable.Range(0, Patches).Select(column => Cover(face, column, row))], cancellation);
            for (var column = 0; column < Patches; column++)
                drops[row * Patches + column] = score - TensorPrimitives.Dot<float>(rows[column], other);
        }
        return new HeatMap(Patches, Patches, drops);
    }

    /// <summary>A patch a quarter of the face wide, in the face's mean colour; neighbours overlap by half.</summary>
    private static AlignedFace Cover(AlignedFace face, int column, int row)
    {
        var side = face.Size / 4;
        var (left, top) = (column * (face.Size - side) / (Patches - 1), row * (face.Size - side) / (Patches - 1));
        var pixels = (byte[])face.Pixels.Clone();
        for (var channel = 0; channel < Photo.Channels; channel++)
        {
            long sum = 0;
            for (var i = channel; i < pixels.Length; i += Photo.Channels)
                sum += face.Pixels[i];
            var mean = (byte)(sum / (face.Size * face.Size));
            for (var y = top; y < top + side; y++)
            for (var x = left; x < left + side; x++)
                pixels[(y * face.Size + x) * Photo.Channels + channel] = mean;
        }
        return new AlignedFace(face.Size, pixels);
    }
}
