using Sosia.Models;

namespace Sosia.Keras.Tests;

/// <summary>The same picture, the same weights: what Keras gives is what ONNX Runtime gives.</summary>
[Slow]
public class InceptionResNetParityTests(InceptionWeights weights)
{
    [Fact]
    public void Features_are_those_of_Keras_for_bytes_as_they_are_and_scaled()
    {
        using var network = ParityNetwork.Load(KerasNetwork.InceptionResNetV2, weights.Path);
        var picture = Fixtures.Picture();
        network.AssertFeatures("inception-resnet-v2.raw.npy", Array.ConvertAll(picture, b => (float)b));
        network.AssertFeatures("inception-resnet-v2.scaled.npy", Array.ConvertAll(picture, b => b / 127.5f - 1));
    }
}

/// <inheritdoc cref="InceptionResNetParityTests"/>
[Slow]
public class EfficientNetParityTests(EfficientNetWeights weights)
{
    [Fact]
    public void Features_are_those_of_Keras()
    {
        using var network = ParityNetwork.Load(KerasNetwork.EfficientNetV2L, weights.Path);
        network.AssertFeatures("efficientnet-v2-l.raw.npy", Array.ConvertAll(Fixtures.Picture(), b => (float)b));
    }
}

internal sealed class ParityNetwork(OnnxSession session) : IDisposable
{
    public static ParityNetwork Load(KerasNetwork network, string h5) =>
        new(OnnxSession.Load(KerasImport.ToOnnx(network, h5), network.Entry(new string('0', 64), "a test")));

    /// <summary>
    /// Largest difference at most 10⁻⁵ of the largest absolute value. Two copies of the picture: batches are part of the promise.
    /// </summary>
    public void AssertFeatures(string file, float[] input)
    {
        var expected = Fixtures.Features(file);
        var got = new float[expected.Length * 2];
        session.Run([.. input, .. input], 2, got);
        var largest = expected.Max(Math.Abs);
        var difference = Enumerable.Range(0, got.Length).Max(i => Math.Abs(got[i] - expected[i % expected.Length])) / largest;
        TestContext.Current.TestOutputHelper?.WriteLine($"{file}: {difference:E2} of {largest}");
        Assert.InRange(difference, 0, 1e-5);
    }

    public void Dispose() => session.Dispose();
}
