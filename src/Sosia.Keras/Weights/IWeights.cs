using Sosia.Keras.Layers;

namespace Sosia.Keras.Weights;

/// <summary>Gives the arrays of layers.</summary>
internal interface IWeights
{
    /// <summary>Reads one array of a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="name">Keras's word for the array.</param>
    /// <returns>Its values, the last axis fastest; null where the layer has none of this name.</returns>
    float[]? Read(Layer layer, string name);
}
