using Sosia.Photos;
using Sosia.Photos.Facts;

namespace Sosia.Catalogue;

/// <summary>What became of one file: one of the cases in this file, and no other.</summary>
public abstract record FileOutcome
{
    private protected FileOutcome(FileStamp file) => File = file;

    /// <summary>The file as it was read.</summary>
    public FileStamp File { get; init; }

    /// <summary>What the file's sidecar says; null when it has none.</summary>
    public PhotoFacts? Sidecar { get; init; }
}

/// <summary>The file was read and its faces were looked for.</summary>
/// <param name="File">The file as it was read.</param>
/// <param name="Photo">The photo with its faces.</param>
public sealed record PhotoRead(FileStamp File, NewPhoto Photo) : FileOutcome(File)
{
    /// <summary>
    /// The row of the whole photo in a space of photos: unit length, or empty where the model returned a zero vector; null when it was not
    /// asked.
    /// </summary>
    public float[]? Look { get; init; }
}

/// <summary>The file holds a stored photo that had its faces already; what else it lacked was made.</summary>
/// <param name="File">The file as it was read.</param>
/// <param name="Sha256">The hash of its bytes.</param>
public sealed record DetailsRead(FileStamp File, string Sha256) : FileOutcome(File)
{
    /// <summary>As for <see cref="PhotoRead.Look"/>.</summary>
    public float[]? Look { get; init; }

    /// <summary>What it says of itself; null when it was not asked.</summary>
    public PhotoFacts? Facts { get; init; }

    /// <inheritdoc cref="NewPhoto.Descriptor"/>
    public byte[]? Descriptor { get; init; }
}

/// <summary>The file holds a stored photo that lacks nothing; it was not decoded.</summary>
/// <param name="File">The file as it was read.</param>
/// <param name="Sha256">The hash of its bytes.</param>
public sealed record PhotoKnown(FileStamp File, string Sha256) : FileOutcome(File);

/// <summary>The file holds a photo that was forgotten, and that is not stored again; it was not decoded.</summary>
/// <param name="File">The file as it was read.</param>
/// <param name="Sha256">The hash of its bytes.</param>
public sealed record PhotoForgotten(FileStamp File, string Sha256) : FileOutcome(File);

/// <summary>The file could not be read.</summary>
/// <param name="File">The file as it was found.</param>
/// <param name="Failure">Why.</param>
public sealed record PhotoUnreadable(FileStamp File, Failure Failure) : FileOutcome(File);
