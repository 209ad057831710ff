using Sosia.Keras.Layers;
using Sosia.Models;

namespace Sosia.Keras.Weights;

/// <summary>The weights of a file, given to the layers of a network in the file's order; kind, shape and given names must agree.</summary>
internal sealed class KerasWeights : IWeights, IDisposable
{
    private readonly HdfFile _file;
    private readonly Dictionary<Layer, string[]> _paths;

    private KerasWeights(HdfFile file, Dictionary<Layer, string[]> paths) => (_file, _paths) = (file, paths);

    /// <summary>Opens a file and finds every layer's arrays; none is read yet.</summary>
    /// <param name="path">An .h5 file as <c>save_weights</c> of Keras 2 wrote it.</param>
    /// <param name="output">The last layer of the network.</param>
    /// <exception cref="ModelException">Not such a file, or of another network.</exception>
    public static KerasWeights Open(string path, Layer output)
    {
        var file = HdfFile.Open(path);
        try
        {
            return new KerasWeights(file, Match(file, path, [.. KerasOrder.Of(output).Where(layer => layer.Weights.Count > 0)]));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads one array of a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="name">Keras's word for the array.</param>
    /// <returns>Its values, the last axis fastest; null where the layer has none of this name.</returns>
    /// <exception cref="ModelException">It has another shape or type, or is damaged.</exception>
    public float[]? Read(Layer layer, string name)
    {
        for (var i = 0; i < layer.Weights.Count; i++)
            if (layer.Weights[i].Name == name)
                return _file.Floats(_paths[layer][i], layer.Weights[i].Shape);
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static Dictionary<Layer, string[]> Match(HdfFile file, string path, List<Layer> layers)
    {
        var filed = Filed(file, path);
        if (filed.FirstOrDefault(f => f.Layer == "predictions") is { Layer: { } } top)
            throw Other($"{path} has the top layers of the network too ('{top.Layer}'); give the file whose name ends in _notop.h5");
        if (layers.TrueForAll(layer => layer.Name is not null))
            filed = InOrderOf(layers, filed);
        var paths = new Dictionary<Layer, string[]>();
        foreach (var (layer, (name, weights)) in layers.Zip(filed))
            paths.Add(layer, Pair(path, layer, name, weights));
        if (filed.Count != layers.Count)
            throw Other($"{path} is of another network: Expected {layers.Count} layers with weights, got {filed.Count}");
        return paths;
    }

    /// <summary>
    /// Where every layer has a name of its own, the file's order says nothing: programs that build a network otherwise write it in another
    /// one.
    /// </summary>
    private static List<(string Layer, IReadOnlyList<string> Weights)> InOrderOf(
        List<Layer> layers,
        List<(string Layer, IReadOnlyList<string> Weights)> filed
    )
    {
        var byName = filed.ToLookup(f => f.Layer, StringComparer.Ordinal);
        var known = layers.Select(layer => layer.Name!).ToHashSet(StringComparer.Ordinal);
        // One of a name that the network has not stands where one is missing: the two are probably the same.
        var strangers = new Queue<(string Layer, IReadOnlyList<string> Weights)>(filed.Where(f => !known.Contains(f.Layer)));
        var ordered = new List<(string Layer, IReadOnlyList<string> Weights)>();
        foreach (var name in layers.Select(layer => layer.Name!))
        {
            if (byName.Contains(name))
                ordered.AddRange(byName[name]);
            else if (strangers.TryDequeue(out var stranger))
                ordered.Add(stranger);
        }
        return [.. ordered, .. strangers];
    }

    /// <summary>Layers that have weights, in the file's order.</summary>
    private static List<(string Layer, IReadOnlyList<string> Weights)> Filed(HdfFile file, string path)
    {
        if (file.Names("", "layer_names") is not { } names)
            throw Other(
                file.Has("model_weights")
                    ? $"{path} holds a whole model, and only weights are read here; save them with "
                        + "model.save_weights('weights_notop.h5') of Keras 2"
                : file.Has("layers") || file.Has("_layer_checkpoint_dependencies")
                    ? $"{path} is a .weights.h5 file of Keras 3, and the older .h5 with weights is read here; give the published .h5 "
                        + "file of weights"
                : $"{path} is an HDF5 file, but no weights of Keras: it lists no layer_names"
            );
        return
        [
            .. from name in names
            let weights = file.Names(name, "weight_names") ?? throw Other($"{path}: the layer '{name}' lists no weight_names")
            where weights.Count > 0
            select (name, weights),
        ];
    }

    private static string[] Pair(string path, Layer layer, string name, IReadOnlyList<string> weights)
    {
        if (layer.Name is { } given ? name != given : !name.StartsWith(layer.Kind, StringComparison.Ordinal))
            throw Other(
                $"{path} is of another network: Expected {(layer.Name is null ? $"a layer {layer.Kind}" : $"the layer {layer.Name}")}, "
                    + $"got {name}"
            );
        var got = weights.Select(Plain).ToList();
        if (!got.SequenceEqual(layer.Weights.Select(w => w.Name)))
            throw Other(
                $"{path} is of another network: Expected {string.Join(", ", layer.Weights.Select(w => w.Name))} in the layer {name}, "
                    + $"got {string.Join(", ", got)}"
            );
        return [.. weights.Select(weight => $"{name}/{weight}")];
    }

    /// <summary><c>conv2d_1/kernel:0</c> → <c>kernel</c>.</summary>
    private static string Plain(string weight)
    {
        var name = weight[(weight.LastIndexOf('/') + 1)..].Split(':')[0];
        return name == "depthwise_kernel" ? "kernel" : name;
    }

    private static ModelException Other(string what) => new(ModelProblem.DoesNotFit, what + ".");
}
