using Sosia.Keras.Layers;
using Sosia.Keras.Weights;
using Sosia.Models.Onnx.Schema;

namespace Sosia.Keras;

/// <summary>Parts of networks as graphs without learned weights, to be drawn.</summary>
public static class KerasBlocks
{
    /// <summary>Inception-ResNet-A, the first of ten, as it stands in Inception-ResNet-v2 for pictures of 250 × 250.</summary>
    internal static ModelProto InceptionResNetA() =>
        OnnxWriter.Write(InceptionResNetV2.BlockA(new Picture(new Shape(28, 28, 320)), 1), new NoWeights(), default);

    /// <summary>Zeros, and variances of one.</summary>
    private sealed class NoWeights : IWeights
    {
        public float[]? Read(Layer layer, string name)
        {
            if (layer.Weights.FirstOrDefault(weight => weight.Name == name) is not { } shape)
                return null;
            var values = new float[shape.Count];
            if (name == "moving_variance")
                Array.Fill(values, 1);
            return values;
        }
    }
}
