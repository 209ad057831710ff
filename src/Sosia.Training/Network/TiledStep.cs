using Sosia.Training.Kernels;
using static TorchSharp.torch;

namespace Sosia.Training.Network;

/// <summary>
/// A step on the processor. Convolutions go in micro-batches through libtorch, in its channels-last order; the dense layer once over the
/// whole batch. The way back is written out, for it needs little: of each pool which of four it took, and the gradient is never made where
/// it is known to be 0.
/// </summary>
internal sealed unsafe class TiledStep : ITrainingStep
{
    private const int Behind = 16; // floats that the filter gradient may read behind the images
    private readonly TrainingOptions _options;
    private readonly Parameters _parameters;
    private readonly IReadOnlyList<BlockShape> _blocks;
    private readonly int _threads;
    private readonly Tensor[] _inputs; // of each block for the whole batch; the last one is what goes into the dense layer
    private readonly Tensor[] _which;

    public TiledStep(TrainingOptions options, Parameters parameters, int threads)
    {
        (_options, _parameters, _threads, _blocks) = (options, parameters, threads, options.Blocks());
        long batch = options.BatchSize;
        _inputs =
        [
            empty(batch * options.Side * options.Side * 3 + Behind),
            .. _blocks.Select(block => empty(batch * block.PooledFloats + Behind)),
        ];
        _which = [.. _blocks.Select(block => empty(batch * block.PooledFloats, ScalarType.Byte))];
    }

    public StepResult Run(byte[] pixels, int[] labels, AdamRate rate)
    {
        using var scope = NewDisposeScope();
        var count = labels.Length;
        var rows = Rows(pixels, count);
        var scores = Scores(rows);
        var (result, deltas) = Loss(scores, labels);
        var back = Learn(rows, deltas, rate);

        var sums = _blocks
            .Select(block => (Filters: new float[block.Filters * 9 * block.Channels], Biases: new float[block.Filters]))
            .ToArray();
        for (var first = 0; first < count; first += _options.MicroBatch)
            Backward(first, Math.Min(_options.MicroBatch, count - first), back, sums);
        for (var i = 0; i < sums.Length; i++)
        {
            Adam(_parameters.Blocks[i].Filters, sums[i].Filters, rate);
            Adam(_parameters.Blocks[i].Biases, sums[i].Biases, rate);
        }
        return result;
    }

    public StepResult Check(byte[] pixels, int[] labels)
    {
        using var scope = NewDisposeScope();
        return Loss(Scores(Rows(pixels, labels.Length)), labels).Result;
    }

    public void Dispose()
    {
        foreach (var tensor in _inputs.Concat(_which))
            tensor.Dispose();
    }

    /// <summary>What goes into the dense layer, a row an image.</summary>
    private Tensor Rows(byte[] pixels, int count)
    {
        ToFloats(pixels, count);
        for (var first = 0; first < count; first += _options.MicroBatch)
            Forward(first, Math.Min(_options.MicroBatch, count - first));
        return _inputs[^1].narrow(0, 0, (long)count * _options.Features).reshape(count, _options.Features);
    }

    private void ToFloats(byte[] pixels, int count)
    {
        var floats = new Span<float>(_inputs[0].Floats(), count * _options.Side * _options.Side * 3);
        for (var i = 0; i < floats.Length; i++)
            floats[i] = pixels[i];
    }

    private void Forward(int first, int count)
    {
        for (var i = 0; i < _blocks.Count; i++)
        {
            var (block, (filters, biases)) = (_blocks[i], _parameters.Blocks[i]);
            using var scope = NewDisposeScope();
            var maps = nn.functional.conv2d(
                Images(_inputs[i], first, count, block.Side, block.Channels),
                filters.Value.permute(0, 3, 1, 2),
                biases.Value
            );
            var lines = maps.permute(0, 2, 3, 1);
            if (!lines.is_contiguous())
                lines = lines.contiguous();
            PoolRelu.Forward(
                lines.Floats(),
                block,
                (count, _threads),
                At(_inputs[i + 1], first, block),
                _which[i].Bytes() + (long)first * block.PooledFloats
            );
        }
    }

    /// <summary>Softmax and the cross entropy to the right classes; the gradient is of its mean over the batch.</summary>
    private static (StepResult Result, Tensor Deltas) Loss(Tensor scores, int[] labels)
    {
        var truth = tensor(labels, ScalarType.Int64).unsqueeze(1);
        var logarithms = scores.log_softmax(1);
        var loss = -logarithms.gather(1, truth).sum(ScalarType.Float64).item<double>();
        var right = (int)scores.argmax(1, keepdim: true).eq(truth).sum().item<long>();
        var deltas = logarithms.exp_().scatter_add_(1, truth, full(truth.shape, -1f)).div_(labels.Length);
        return (new StepResult(labels.Length, loss, right), deltas);
    }

    private Tensor Scores(Tensor rows)
    {
        var (count, dense) = ((int)rows.shape[0], _parameters.Dense);
        var scores = empty(count, dense.Shape[0]);
        DenseForward.Run(
            dense.Value.Floats(),
            ((int)dense.Shape[0], (int)dense.Shape[1]),
            rows.Floats(),
            scores.Floats(),
            (count, _threads)
        );
        return scores.add_(_parameters.DenseBiases.Value);
    }

    /// <summary>Updates the dense layer, and gives the gradient at its input.</summary>
    private Tensor Learn(Tensor rows, Tensor deltas, AdamRate rate)
    {
        var (dense, back) = (_parameters.Dense, empty_like(rows));
        var weights = new DenseBackward.Weights(
            dense.Value.Floats(),
            dense.Mean.Floats(),
            dense.Square.Floats(),
            ((int)dense.Shape[0], (int)dense.Shape[1])
        );
        DenseBackward.Run(weights, rows.Floats(), deltas.Floats(), back.Floats(), ((int)rows.shape[0], rate, _threads));
        Adam(_parameters.DenseBiases, deltas.sum(dim: 0).data<float>().ToArray(), rate);
        return back;
    }

    private void Backward(int first, int count, Tensor gradients, (float[] Filters, float[] Biases)[] sums)
    {
        using var scope = NewDisposeScope();
        var gradient = gradients.narrow(0, first, count);
        for (var i = _blocks.Count - 1; i >= 0; i--)
        {
            var block = _blocks[i];
            var which = _which[i].Bytes() + (long)first * block.PooledFloats;
            FilterGradient.Add(
                _inputs[i].Floats() + (long)first * block.Side * block.Side * block.Channels,
                gradient.Floats(),
                which,
                (block, count, _threads),
                sums[i]
            );
            if (i == 0)
                return;
            var maps = empty(count, block.ConvolvedSide, block.ConvolvedSide, block.Filters);
            PoolRelu.Backward(gradient.Floats(), which, block, (count, _threads), maps.Floats());
            gradient = nn
                .functional.conv_transpose2d(maps.permute(0, 3, 1, 2), _parameters.Blocks[i].Filters.Value.permute(0, 3, 1, 2))
                .permute(0, 2, 3, 1);
            if (!gradient.is_contiguous())
                gradient = gradient.contiguous();
        }
    }

    private static void Adam(Parameter parameter, float[] gradients, AdamRate rate)
    {
        var count = checked((int)parameter.Count);
        rate.Update(
            new Span<float>(parameter.Value.Floats(), count),
            new Span<float>(parameter.Mean.Floats(), count),
            new Span<float>(parameter.Square.Floats(), count),
            gradients
        );
    }

    /// <summary>Some images of a block's input, as libtorch wants them: channels counted second, lying last.</summary>
    private static Tensor Images(Tensor all, int first, int count, int side, int channels) =>
        all.narrow(0, (long)first * side * side * channels, (long)count * side * side * channels)
            .reshape(count, side, side, channels)
            .permute(0, 3, 1, 2);

    private static float* At(Tensor all, int first, BlockShape block) => all.Floats() + (long)first * block.PooledFloats;
}
