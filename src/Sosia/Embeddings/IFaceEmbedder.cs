using Sosia.Faces;

namespace Sosia.Embeddings;

/// <summary>Turns aligned faces into unit rows of one space.</summary>
public interface IFaceEmbedder
{
    /// <summary>Floats a row.</summary>
    int Dimensions { get; }

    /// <summary>SHA-256 of the model file and of the preprocessing, in hex: the space these rows belong to.</summary>
    string SpaceKey { get; }

    /// <summary>The model's name in the manifest.</summary>
    string Model { get; }

    /// <summary>Embeds faces.</summary>
    /// <param name="faces">Aligned crops of the size that the model takes.</param>
    /// <param name="into">faces × <see cref="Dimensions"/> floats; each row has unit length afterwards.</param>
    /// <param name="cancellation">Ends the network's run.</param>
    void Embed(ReadOnlySpan<AlignedFace> faces, Span<float> into, CancellationToken cancellation = default);

    /// <summary>
    /// How much a network makes of a face: the length of its row before normalisation. Of the same face, that is longest when it stands
    /// upright.
    /// </summary>
    float Strength(AlignedFace face, CancellationToken cancellation = default);
}
