using Sosia.Faces;

namespace Sosia.Embeddings;

/// <summary>Turns aligned faces into unit rows of one space.</summary>
internal interface IFaceEmbedder
{
    /// <summary>Floats a row.</summary>
    int Dimensions { get; }

    /// <summary>
    /// Names what is made of an aligned face, by the model file, its preprocessing and <see cref="Template"/>: <see cref="EmbedderKey"/>.
    /// </summary>
    string Key { get; }

    /// <summary>The model's name in the manifest.</summary>
    string Model { get; }

    /// <summary>Columns and rows of the aligned faces that <see cref="Embed"/> takes.</summary>
    int FaceSize { get; }

    /// <summary>Where the five points of a face stand in an aligned face, in its pixels.</summary>
    Landmarks Template { get; }

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
