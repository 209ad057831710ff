using Sosia.Models.Onnx;
using Sosia.Models.Onnx.Schema;

namespace Sosia.Evaluation.Experiments.Models;

/// <summary>
/// The student project's network before it learns anything: Glorot-uniform filters (Glorot and Bengio 2010), biases 0. Needs no libtorch.
/// </summary>
internal static class UntrainedBaseline
{
    private const int Side = 250;
    private static readonly int[] Filters = [32, 64, 128];

    public static ModelProto Make(int seed)
    {
        var random = new Random(seed);
        var channels = 3;
        var blocks = new List<BaselineBlock>();
        foreach (var filters in Filters)
        {
            var limit = Math.Sqrt(6.0 / (9 * channels + 9 * filters));
            blocks.Add(
                new BaselineBlock(
                    [.. Enumerable.Range(0, filters * channels * 9).Select(_ => (float)((2 * random.NextDouble() - 1) * limit))],
                    new float[filters]
                )
            );
            channels = filters;
        }
        return BaselineGraph.Make(Side, blocks, "sosia");
    }
}
