using System.Text.Json;
using Sosia.Keras.Layers;

namespace Sosia.Keras.Tests;

/// <summary>The layers that are built are those that Keras lists, one by one.</summary>
public class LayerTests
{
    [Theory]
    [InlineData("inception-resnet-v2", 54_336_736)]
    [InlineData("efficientnet-v2-l", 117_746_848)]
    public void A_network_has_as_many_parameters_as_in_Keras(string name, long parameters) =>
        Assert.Equal(parameters, KerasOrder.Of(Network(name).Build()).Sum(layer => layer.Weights.Sum(w => (long)w.Count)));

    [Theory]
    [InlineData("inception-resnet-v2")]
    [InlineData("efficientnet-v2-l")]
    public void Layers_with_weights_stand_in_the_order_of_the_file_with_its_kinds_and_shapes(string name)
    {
        var expected = Fixtures.Layers(name).Where(l => l.GetProperty("weights").GetArrayLength() > 0).Select(Describe);
        var got = KerasOrder.Of(Network(name).Build()).Where(l => l.Weights.Count > 0).Select(Describe);
        Assert.Equal(expected, got);
    }

    [Theory]
    [InlineData("inception-resnet-v2")]
    [InlineData("efficientnet-v2-l")]
    public void Layers_of_a_given_name_are_called_as_in_Keras(string name)
    {
        var expected = Fixtures
            .Layers(name)
            .Where(l => l.GetProperty("weights").GetArrayLength() > 0)
            .Select(l => l.GetProperty("name").GetString());
        var got = KerasOrder.Of(Network(name).Build()).Where(l => l.Weights.Count > 0);
        Assert.All(
            got.Zip(expected),
            pair =>
                Assert.True(
                    pair.First.Name is { } given ? given == pair.Second : pair.Second!.StartsWith(pair.First.Kind, StringComparison.Ordinal)
                )
        );
    }

    [Theory]
    [InlineData("inception-resnet-v2", new[] { "Dropout" })]
    [InlineData("efficientnet-v2-l", new[] { "Dropout", "Reshape" })]
    public void Every_kind_of_layer_is_there_as_often_as_in_Keras(string name, string[] leftOut)
    {
        var expected = Fixtures
            .Layers(name)
            .Select(l => l.GetProperty("class").GetString()!)
            .Where(kind => !leftOut.Contains(kind))
            .Select(Short)
            .CountBy(k => k)
            .OrderBy(k => k.Key);
        // Squeeze-excitation's activations are settings of its convolutions in Keras: two a block of the last four stages.
        var got = KerasOrder
            .Of(Network(name).Build())
            .Where(l => l is not Activation || l.Inputs[0] is not Convolution)
            .Select(l => Short(l.Kind))
            .CountBy(k => k)
            .OrderBy(k => k.Key);
        Assert.Equal(expected, got);
    }

    private static KerasNetwork Network(string name) => KerasNetwork.All.Single(n => n.Name == name);

    private static string Short(string kind) =>
        kind.Replace("_", "", StringComparison.Ordinal)
            .Replace("Layer", "", StringComparison.Ordinal)
            .ToUpperInvariant()
            .Replace("LAYER", "", StringComparison.Ordinal);

    private static string Describe(JsonElement layer) =>
        $"{layer.GetProperty("output")}: {string.Join(", ", layer.GetProperty("weights").EnumerateArray().Select(w => $"{w[0].GetString()} {w[1]}"))}".Replace(
            " ",
            "",
            StringComparison.Ordinal
        );

    private static string Describe(Layer layer) =>
        $"[{layer.Output.Rows},{layer.Output.Columns},{layer.Output.Channels}]:{string.Join(",", layer.Weights.Select(w => $"{w.Name}[{string.Join(",", w.Shape)}]"))}";
}
