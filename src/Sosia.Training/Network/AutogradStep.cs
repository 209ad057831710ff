using Sosia.Training.Kernels;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sosia.Training.Network;

/// <summary>
/// The network as one would write it down, with libtorch's automatic derivative: what runs on a graphics card,
/// and what the tiled step is tested against.
/// </summary>
internal sealed class AutogradStep(TrainingOptions options, Parameters parameters, Device device) : ITrainingStep
{
    public StepResult Run(byte[] pixels, int[] labels, AdamRate rate)
    {
        using var scope = NewDisposeScope();
        using var gradients = enable_grad();
        foreach (var parameter in parameters.All)
            parameter.Value.requires_grad = true;
        var (loss, result) = Forward(pixels, labels);
        loss.backward();

        using var done = no_grad();
        foreach (var parameter in parameters.All)
            Adam(parameter, rate);
        return result;
    }

    public StepResult Check(byte[] pixels, int[] labels)
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        return Forward(pixels, labels).Result;
    }

    public void Dispose() { }

    private (Tensor Loss, StepResult Result) Forward(byte[] pixels, int[] labels)
    {
        var maps = tensor(pixels, device: device)
            .reshape(labels.Length, options.Side, options.Side, 3)
            .permute(0, 3, 1, 2)
            .to(ScalarType.Float32);
        foreach (var (filters, biases) in parameters.Blocks)
            maps = functional.relu(functional.max_pool2d(functional.conv2d(maps, filters.Value.permute(0, 3, 1, 2), biases.Value), 2));
        var rows = maps.permute(0, 2, 3, 1).reshape(labels.Length, -1);
        var scores = functional.linear(rows, parameters.Dense.Value, parameters.DenseBiases.Value);
        var truth = tensor(labels, ScalarType.Int64, device);
        var loss = functional.cross_entropy(scores, truth);
        var right = (int)scores.argmax(1).eq(truth).sum().item<long>();
        return (loss, new StepResult(labels.Length, loss.item<float>() * (double)labels.Length, right));
    }

    private static void Adam(Parameter parameter, AdamRate rate)
    {
        var gradient = parameter.Value.grad!;
        parameter.Mean.lerp_(gradient, 1 - AdamRate.Decay1);
        parameter.Square.mul_(AdamRate.Decay2).addcmul_(gradient, gradient, 1 - AdamRate.Decay2);
        parameter.Value.requires_grad = false;
        parameter.Value.addcdiv_(parameter.Mean, parameter.Square.sqrt().add_(AdamRate.Epsilon), -rate.Step);
        parameter.Value.grad = null;
    }
}
