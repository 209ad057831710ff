using Sosia.Faces;
using Sosia.Photos;
using Sosia.Photos.Facts;

namespace Sosia.Catalogue.Sql;

/// <summary>All that a catalogue has of a photo.</summary>
/// <param name="Id">Its number there.</param>
/// <param name="Sha256">Its hash.</param>
/// <param name="Width">Columns of the upright original.</param>
/// <param name="Height">Rows of the upright original.</param>
internal sealed record StoredPhoto(long Id, string Sha256, int Width, int Height)
{
    /// <summary>Where it lies, by path.</summary>
    public List<StoredFile> Files { get; } = [];

    /// <summary>Its faces, in order of their numbers.</summary>
    public List<FaceRow> Faces { get; } = [];

    /// <summary>The spaces that it was analysed in, each with the way in which its faces were found.</summary>
    public Dictionary<int, Provenance?> Analysed { get; } = [];

    /// <summary>The rows of its faces, by space and face.</summary>
    public Dictionary<(int Space, long Face), float[]> Rows { get; } = [];

    /// <summary>The rows of the whole photo, by space.</summary>
    public Dictionary<int, float[]> Looks { get; } = [];

    /// <summary>What it says of itself, as this program reads it; null where that is to be read again.</summary>
    public PhotoFacts? Facts { get; set; }

    /// <summary>Whether the places were read too.</summary>
    public bool HasPlaces { get; set; }

    /// <summary>What its copies are found by, as this program makes it; null where that is to be made again.</summary>
    public byte[]? Descriptor { get; set; }
}

/// <summary>A file that a catalogue knows.</summary>
/// <param name="Stamp">Its stamp.</param>
/// <param name="IsWaiting">It is to be read again.</param>
/// <param name="Failure">Why it could not be read when it was last tried; null when it could.</param>
/// <param name="Sidecar">What lies beside it says.</param>
internal sealed record StoredFile(FileStamp Stamp, bool IsWaiting, Failure? Failure, PhotoFacts? Sidecar);
