using Sosia.Evaluation.Classification;
using Sosia.Models.Onnx;
using Sosia.Training.Network;

namespace Sosia.Training.Files;

/// <summary>Writes the network with its last layer, so that it names people.</summary>
internal static class WholeNetwork
{
    private const int Piece = 16 << 20;

    /// <summary>Bytes on the disk: the dense layer, and little else.</summary>
    public static long Bytes(TrainingOptions options, int classes) => sizeof(float) * (long)options.Features * classes;

    /// <param name="options">The network's shape.</param>
    /// <param name="parameters">Its weights.</param>
    /// <param name="classes">Names, in the order of their class numbers.</param>
    /// <param name="directory">Where the files go.</param>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    public static void Write(TrainingOptions options, Parameters parameters, IReadOnlyList<string> classes, string directory)
    {
        using var biases = parameters.DenseBiases.Value.cpu();
        var graph = ClassifierGraph.Make(options.Side, BaselineOnnx.Blocks(parameters), biases.data<float>().ToArray(), "sosia-train");
        SavedNetwork.Write(directory, graph, classes, stream => WriteDense(parameters.Dense, stream));
    }

    /// <summary>Piece by piece from where the weights are: a copy would take as much memory again.</summary>
    private static unsafe void WriteDense(Parameter dense, Stream stream)
    {
        using var copy = dense.Value.device_type == TorchSharp.DeviceType.CPU ? null : dense.Value.cpu();
        var memory = (byte*)(copy ?? dense.Value).Floats();
        for (long at = 0, bytes = dense.Count * sizeof(float); at < bytes; at += Piece)
            stream.Write(new ReadOnlySpan<byte>(memory + at, (int)Math.Min(Piece, bytes - at)));
    }
}
