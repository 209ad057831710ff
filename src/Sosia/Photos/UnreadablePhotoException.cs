namespace Sosia.Photos;

/// <summary>Why a file gave no photo.</summary>
public enum UnreadableReason
{
    /// <summary>Zero bytes.</summary>
    Empty,

    /// <summary>Not an image of a known format.</summary>
    NotAnImage,

    /// <summary>An image format whose decoder does not come for this kind of machine (HEIC, camera RAW, JPEG XL).</summary>
    NoDecoder,

    /// <summary>Cut off or corrupt.</summary>
    Damaged,

    /// <summary>More bytes, pixels or a longer side than the limits allow.</summary>
    OverLimit,

    /// <summary>Decoding took longer than the limit.</summary>
    TooSlow,

    /// <summary>The file system refused: no permission, vanished, a name that is not valid text, an I/O error.</summary>
    NoAccess,

    /// <summary>The file changed while it was read.</summary>
    Changing,

    /// <summary>A network gave nothing that can be stored for a face: a zero vector, or numbers that are not finite.</summary>
    NotEmbedded,

    /// <summary>A link that leads out of the folders that are indexed.</summary>
    LeadsOut,

    /// <summary>Several workers ended while they read it, each at once.</summary>
    EndedWorkers,
}

/// <summary>A file that gave no photo. The message is one sentence for people: what, why, and what to do.</summary>
public sealed class UnreadablePhotoException(UnreadableReason reason, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The kind of reason, stored in the catalogue.</summary>
    public UnreadableReason Reason { get; } = reason;
}
