using Sosia.Evaluation.Experiments.Models;

namespace Sosia.Evaluation.Tests.Experiments;

public sealed class ModelSpecTests
{
    [Fact]
    public void Words_mean_models_and_give_them_names()
    {
        Assert.Equal(
            [
                new ModelSpec("face", ModelWord.Face, "face"),
                new ModelSpec("untrained", ModelWord.Untrained, "untrained"),
                new ModelSpec("resnet-18", ModelWord.Registered, "resnet-18"),
                new ModelSpec("baseline", ModelWord.Onnx, "run/baseline.onnx"),
                new ModelSpec("sample", ModelWord.Onnx, "sample/baseline.ONNX"),
                new ModelSpec("theirs", ModelWord.Features, "their/features.npy"),
            ],
            ModelSpec.ParseAll("face, untrained ,resnet-18,run/baseline.onnx,sample=sample/baseline.ONNX,,theirs=their/features.npy")
        );
    }

    [Theory]
    [InlineData("", "No models are named")]
    [InlineData(" , ", "No models are named")]
    [InlineData(
        "a/baseline.onnx,b/baseline.onnx",
        "Two models would both be called 'baseline'; give them names of their own, as in sample=a/baseline.onnx,full=b/baseline.onnx."
    )]
    [InlineData("face,Face=untrained", "Two models would both be called 'face'")]
    [InlineData("name=", "'name=' names no model")]
    public void Words_that_mean_nothing_are_refused_in_one_sentence(string words, string sentence) =>
        Assert.Contains(sentence, Assert.Throws<ArgumentException>(() => ModelSpec.ParseAll(words)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_untrained_network_is_the_students_with_weights_of_its_seed()
    {
        var network = UntrainedBaseline.Make(seed: 1);
        Assert.Equal(
            Google.Protobuf.MessageExtensions.ToByteArray(network),
            Google.Protobuf.MessageExtensions.ToByteArray(UntrainedBaseline.Make(1))
        );
        Assert.NotEqual(
            Google.Protobuf.MessageExtensions.ToByteArray(network),
            Google.Protobuf.MessageExtensions.ToByteArray(UntrainedBaseline.Make(2))
        );
        Assert.Equal(
            29 * 29 * 128,
            network.Graph.Output[0].Type.TensorType.Shape.Dim.Skip(1).Aggregate(1L, (product, side) => product * side.DimValue)
        );
    }
}
