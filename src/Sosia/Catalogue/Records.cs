using Sosia.Faces;
using Sosia.Photos;
using Sosia.Photos.Facts;
using Sosia.Vectors;

namespace Sosia.Catalogue;

/// <summary>What a row of a space stands for.</summary>
public enum SpaceKind
{
    /// <summary>A face: searched by person.</summary>
    Faces,

    /// <summary>A whole photo: searched by look.</summary>
    Photos,
}

/// <summary>A space: all embeddings that are comparable with each other.</summary>
/// <param name="Key">
/// Names the space everywhere: SHA-256, in hex, of all that makes its rows comparable. For faces: landmarks, alignment and embedder, and
/// their preprocessing; for photos: the image network and its preprocessing.
/// </param>
/// <param name="Model">The model's name in the manifest.</param>
/// <param name="Dimensions">Floats a row.</param>
/// <param name="Of">What its rows stand for.</param>
public sealed record SpaceInfo(string Key, string Model, int Dimensions, SpaceKind Of = SpaceKind.Faces);

/// <summary>A space that a catalogue holds.</summary>
/// <param name="Id">Names it in this catalogue.</param>
/// <param name="Space">What it is.</param>
/// <param name="Rows">Embeddings in it.</param>
public sealed record StoredSpace(SpaceId Id, SpaceInfo Space, long Rows);

/// <summary>A space by its key, without the number of its rows, which takes time to count.</summary>
/// <param name="Id">Names it in this catalogue.</param>
/// <param name="Space">What it is.</param>
public sealed record NamedSpace(SpaceId Id, SpaceInfo Space);

/// <summary>Faces, or in a space of photos photos, by their numbers.</summary>
/// <param name="After">Only greater numbers.</param>
/// <param name="Last">Up to this one, it included.</param>
public readonly record struct OwnerRange(long After, long Last);

/// <summary>Where a photo stands. Every photo is in exactly one state.</summary>
public enum PhotoState
{
    /// <summary>At least one face with an embedding.</summary>
    Searchable,

    /// <summary>Faces, but none good enough for an embedding.</summary>
    TooPoor,

    /// <summary>Read, and no face found.</summary>
    NoFace,

    /// <summary>A file that could never be read; the failure says why.</summary>
    Unreadable,

    /// <summary>Found, not yet read.</summary>
    Waiting,
}

/// <summary>A face to store.</summary>
/// <param name="Box">In pixels of the upright original file.</param>
/// <param name="Confidence">The detector's score in [0, 1].</param>
/// <param name="Landmarks">In pixels of the upright original file.</param>
/// <param name="Quality">Size, sharpness, pose.</param>
/// <param name="Embedding">Unit length, of the space's dimensions; null when the face is too poor for one.</param>
public sealed record NewFace(Box Box, float Confidence, Landmarks Landmarks, FaceQuality Quality, float[]? Embedding)
{
    /// <summary>It was not found: somebody drew its box.</summary>
    public bool IsDrawn { get; init; }

    /// <summary>Whether box, confidence, landmarks and quality are numbers that can be stored.</summary>
    internal bool HasFiniteMeasures
    {
        get
        {
            ReadOnlySpan<float> numbers =
            [
                Box.Left,
                Box.Top,
                Box.Width,
                Box.Height,
                Confidence,
                Landmarks.LeftEye.X,
                Landmarks.LeftEye.Y,
                Landmarks.RightEye.X,
                Landmarks.RightEye.Y,
                Landmarks.Nose.X,
                Landmarks.Nose.Y,
                Landmarks.LeftMouth.X,
                Landmarks.LeftMouth.Y,
                Landmarks.RightMouth.X,
                Landmarks.RightMouth.Y,
                Quality.Size,
                Quality.Sharpness,
                Quality.Yaw,
                Quality.Score,
            ];
            foreach (var number in numbers)
                if (!float.IsFinite(number))
                    return false;
            return true;
        }
    }
}

/// <summary>A photo that was read: stored with its faces in one transaction.</summary>
/// <param name="Sha256">SHA-256 of the file's bytes, in lower-case hex: the photo's identity.</param>
/// <param name="Width">Columns of the upright original.</param>
/// <param name="Height">Rows of the upright original.</param>
/// <param name="Faces">All faces found; may be empty.</param>
public sealed record NewPhoto(string Sha256, int Width, int Height, IReadOnlyList<NewFace> Faces)
{
    /// <summary>How the faces were found; null when that is not known.</summary>
    public Provenance? FoundBy { get; init; }

    /// <summary>What it says of itself; null when it was not asked.</summary>
    public PhotoFacts? Facts { get; init; }

    /// <summary>What its copies are found by, as bytes of the program's own making; null when it was not asked.</summary>
    public byte[]? Descriptor { get; init; }
}

/// <summary>The photos of a space whose faces were found in one way.</summary>
/// <param name="FoundBy">How; null for photos that were stored before that was noted.</param>
/// <param name="Photos">Photos, with and without faces.</param>
public sealed record ProvenanceCount(Provenance? FoundBy, long Photos);

/// <summary>A stored photo.</summary>
public sealed record PhotoRow(PhotoId Id, string Sha256, int Width, int Height, PhotoState State, IReadOnlyList<string> Paths)
{
    /// <summary>
    /// What it says of itself: by its own EXIF, XMP and IPTC, and by the sidecars beside its paths. A caption or credit of a sidecar comes
    /// before the photo's own, for it is younger.
    /// </summary>
    public PhotoFacts Facts { get; init; } = PhotoFacts.None;

    /// <summary>
    /// When it was taken: as <see cref="Facts"/> say, else when the oldest of its files was last changed. Null where it lies nowhere.
    /// </summary>
    public TimeTaken? Taken { get; init; }
}

/// <summary>A file that could not be read.</summary>
public sealed record FailedFile(FileStamp File, Failure Failure)
{
    /// <summary>The photo that was read there before, and is found as it was; null when the file was never read.</summary>
    public PhotoId? Photo { get; init; }
}

/// <summary>A stored face, without its embedding.</summary>
public sealed record FaceRow(
    FaceId Id,
    PhotoId Photo,
    Box Box,
    float Confidence,
    Landmarks Landmarks,
    FaceQuality Quality,
    bool HasEmbedding
)
{
    /// <inheritdoc cref="NewFace.IsDrawn"/>
    public bool IsDrawn { get; init; }
}

/// <summary>Every photo counted once; the five states add up to <see cref="Total"/>.</summary>
public sealed record PhotoCounts(long Searchable, long TooPoor, long NoFace, long Unreadable, long Waiting)
{
    /// <summary>All photos.</summary>
    public long Total => Read + Unreadable + Waiting;

    /// <summary>Photos that were read, whatever they show.</summary>
    public long Read => Searchable + TooPoor + NoFace;

    /// <summary>
    /// Files that were read before and can't be read at the moment. Their photos are found as they were, and are counted as what they show.
    /// </summary>
    public long UnreadableNow { get; init; }
}

/// <summary>
/// A committed state of a catalogue. Catalogues that diverged, such as one and its copy that was restored and written to, share no later
/// revision, even where their versions are equal.
/// </summary>
/// <param name="Version">Grows with every committed change.</param>
/// <param name="Nonce">Drawn at random by the commit that made this state, in hex.</param>
public readonly record struct Revision(long Version, string Nonce);

/// <summary>A table of embeddings as it was at one moment: row i belongs to <c>Faces[i]</c> of <c>Photos[i]</c>.</summary>
/// <param name="Rows">In order of face id; in a space of photos, of photo id. As many as memory holds.</param>
/// <param name="Faces">The face of each row; empty in a space of photos.</param>
/// <param name="Photos">The photo of each row.</param>
/// <param name="Revision">The state of the catalogue that this was read at.</param>
public sealed record EmbeddingTable(IRowReader Rows, FaceId[] Faces, PhotoId[] Photos, Revision Revision)
{
    /// <summary>Floats a row.</summary>
    public int Dimensions => Rows.Dimensions;

    /// <summary>Rows.</summary>
    public int Count => Photos.Length;

    /// <summary>The number of a row's face; in a space of photos, of its photo.</summary>
    public long OwnerOf(int row) => Faces.Length > 0 ? Faces[row].Value : Photos[row].Value;
}

/// <summary>What happened to the embeddings of a space since a revision.</summary>
/// <param name="Added">The rows stored since then that are still there, in order of face id, and the revision that this brings an index
/// to.</param>
/// <param name="Removed">
/// Faces whose rows are gone, in order; some may be younger than the revision, and so unknown to the index. A face whose row was replaced
/// is here, and with its new row among those added.
/// </param>
public sealed record EmbeddingChanges(EmbeddingTable Added, IReadOnlyList<FaceId> Removed)
{
    /// <summary>In a space of photos: those whose rows are gone, in order.</summary>
    public IReadOnlyList<PhotoId> RemovedPhotos { get; init; } = [];

    /// <summary>The numbers of all that is gone, as <see cref="EmbeddingTable.OwnerOf"/> has them.</summary>
    public IReadOnlyList<long> RemovedOwners =>
        Removed.Count > 0 ? [.. Removed.Select(face => face.Value)] : [.. RemovedPhotos.Select(photo => photo.Value)];
}

/// <summary>The owners of the rows of a space that came and went since a revision.</summary>
/// <param name="Added">As in <see cref="EmbeddingChanges.Added"/>, in order.</param>
/// <param name="Removed">As in <see cref="EmbeddingChanges.RemovedOwners"/>, in order.</param>
/// <param name="Revision">What this brings an index to.</param>
public sealed record OwnerChanges(IReadOnlyList<long> Added, IReadOnlyList<long> Removed, Revision Revision);

/// <summary>What <see cref="ICatalogueWriter.Forget"/> removed.</summary>
/// <param name="Photos">Photos.</param>
/// <param name="Faces">Faces, those of the photos included.</param>
/// <param name="Embeddings">Rows, over all spaces.</param>
/// <param name="Overwritten">
/// No page and no log holds the bytes any more; false when a reader or a full disk kept that from being done. It stays due: the next writer
/// does it.
/// </param>
public sealed record Forgotten(int Photos, int Faces, int Embeddings, bool Overwritten)
{
    /// <summary>What kept the bytes from being overwritten, as a sentence; null when they were.</summary>
    public string? NotOverwritten { get; init; }

    /// <summary>People, with their names and all that was said of them.</summary>
    public int People { get; init; }
}
