namespace Sosia.Keras.Layers;

/// <summary>
/// The order of <c>model.layers</c>, which is the order of weights in a file: not the order in which layers were made, but the farthest
/// from the output first (counted along the longest way), and at equal distance as met on the way back from the output, inputs in their
/// order. Source: <c>keras/src/ops/function.py</c>, <c>map_graph</c>.
/// </summary>
public static class KerasOrder
{
    /// <summary>All layers that the output needs.</summary>
    public static IReadOnlyList<Layer> Of(Layer output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var met = new Dictionary<Layer, int>();
        var inputsFirst = new List<Layer>();
        Visit(output, met, inputsFirst);
        var distance = met.Keys.ToDictionary(layer => layer, _ => 0);
        foreach (var layer in Enumerable.Reverse(inputsFirst))
        foreach (var input in layer.Inputs)
            distance[input] = Math.Max(distance[input], distance[layer] + 1);
        return [.. met.Keys.OrderByDescending(layer => distance[layer]).ThenBy(layer => met[layer])];
    }

    private static void Visit(Layer layer, Dictionary<Layer, int> met, List<Layer> inputsFirst)
    {
        if (!met.TryAdd(layer, met.Count))
            return;
        foreach (var input in layer.Inputs)
            Visit(input, met, inputsFirst);
        inputsFirst.Add(layer);
    }
}
