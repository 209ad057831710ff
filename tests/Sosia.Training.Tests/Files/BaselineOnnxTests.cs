using Microsoft.ML.OnnxRuntime;
using Sosia.Training.Files;
using Sosia.Training.Network;
using static TorchSharp.torch;

namespace Sosia.Training.Tests.Files;

public class BaselineOnnxTests
{
    [Fact]
    public void Onnx_Runtime_and_libtorch_agree_on_20_images()
    {
        Needs.Libtorch();
        using var directory = new TemporaryDirectory();
        var options = new TrainingOptions(); // the students' own network
        using var parameters = new Parameters(options, 2, CPU);
        foreach (var (_, biases) in parameters.Blocks)
            biases.Value.uniform_(-1, 1);
        BaselineOnnx.Write(options, parameters, directory["baseline.onnx"]);
        Assert.InRange(new FileInfo(directory["baseline.onnx"]).Length, 370_000, 390_000);

        using var run = new Microsoft.ML.OnnxRuntime.RunOptions();
        using var session = new InferenceSession(directory["baseline.onnx"]);
        for (var seed = 0; seed < 20; seed++)
        {
            var pixels = Some.Pixels(options.Side * options.Side * 3, seed);
            var expected = ByLibtorch(options, parameters, pixels);
            using var input = OrtValue.CreateTensorValueFromMemory(
                pixels.Select(p => (float)p).ToArray(),
                [1, options.Side, options.Side, 3]
            );
            using var outputs = session.Run(run, [BaselineOnnx.Input], [input], [BaselineOnnx.Output]);
            Assert.True(Some.LargestDifference(expected, outputs[0].GetTensorDataAsSpan<float>()) <= 1e-5f * Some.Largest(expected));
        }
    }

    /// <summary>In Keras's order: row, column, channel.</summary>
    private static float[] ByLibtorch(TrainingOptions options, Parameters parameters, byte[] pixels)
    {
        using var scope = NewDisposeScope();
        var maps = tensor(pixels).reshape(1, options.Side, options.Side, 3).permute(0, 3, 1, 2).to(ScalarType.Float32);
        foreach (var (filters, biases) in parameters.Blocks)
            maps = nn.functional.max_pool2d(
                nn.functional.relu(nn.functional.conv2d(maps, filters.Value.permute(0, 3, 1, 2), biases.Value)),
                2
            );
        return maps.permute(0, 2, 3, 1).contiguous().data<float>().ToArray();
    }
}
