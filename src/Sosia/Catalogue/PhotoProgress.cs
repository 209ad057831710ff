using Sosia.Faces;

namespace Sosia.Catalogue;

/// <summary>The spaces that an indexing run fills.</summary>
/// <param name="Faces">The space of faces.</param>
/// <param name="Look">The space of photos; null when photos are not indexed by look.</param>
public sealed record IndexedSpaces(SpaceId Faces, SpaceId? Look = null)
{
    /// <summary>How faces must have been found: a photo whose faces were found in another way lacks them. Null to accept any.</summary>
    public Provenance? FoundBy { get; init; }

    /// <summary>Whether the places are wanted at which photos say that they were taken.</summary>
    public bool Places { get; init; }

    /// <summary>The version of descriptors that is wanted; a photo with a lower one lacks it.</summary>
    public int DescriptorVersion { get; init; }
}

/// <summary>What an indexing run still has to make of a photo.</summary>
[Flags]
public enum PhotoWork
{
    /// <summary>The photo is done.</summary>
    None = 0,

    /// <summary>Find and embed its faces.</summary>
    Faces = 1,

    /// <summary>Make the row of the whole photo.</summary>
    Look = 2,

    /// <summary>Read what it says of itself.</summary>
    Facts = 4,

    /// <summary>Make what its copies are found by.</summary>
    Descriptor = 8,
}

/// <summary>What a catalogue knows of the photo of some bytes; the default is a photo it has never seen.</summary>
/// <param name="IsForgotten">The photo was forgotten: it is not stored again.</param>
/// <param name="HasFaces">
/// The photo is stored and was analysed in the space of faces that was asked about; its faces were found as they were to be.
/// </param>
/// <param name="HasLook">The photo is stored and was analysed in the space of photos that was asked about.</param>
public readonly record struct PhotoProgress(bool IsForgotten, bool HasFaces, bool HasLook)
{
    /// <summary>What the photo says of itself was read as this program reads it, with its place where that is wanted.</summary>
    public bool HasFacts { get; init; }

    /// <summary>What its copies are found by was made as this program makes it.</summary>
    public bool HasDescriptor { get; init; }

    /// <summary>Somebody may have drawn faces in it: <see cref="IFileReader.DrawnIn"/> says where.</summary>
    public bool MayHaveDrawn { get; init; }

    /// <summary>
    /// What is left to make of the photo. Every place that must know whether a photo is done asks here: the plan of a run, its workers, and
    /// the commit.
    /// </summary>
    /// <param name="spaces">The spaces that the catalogue was asked about.</param>
    public PhotoWork WorkLeft(IndexedSpaces spaces)
    {
        ArgumentNullException.ThrowIfNull(spaces);
        if (IsForgotten)
            return PhotoWork.None;
        var faces = HasFaces ? PhotoWork.None : PhotoWork.Faces;
        var look = HasLook || spaces.Look is null ? PhotoWork.None : PhotoWork.Look;
        var facts = HasFacts ? PhotoWork.None : PhotoWork.Facts;
        var descriptor = HasDescriptor ? PhotoWork.None : PhotoWork.Descriptor;
        return faces | look | facts | descriptor;
    }
}
