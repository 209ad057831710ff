using Sosia.Photos;

namespace Sosia.Catalogue;

/// <summary>Where a file stands for an indexing run.</summary>
public enum FileState
{
    /// <summary>The file was never read, or has changed since.</summary>
    Waiting,

    /// <summary>The file could not be read when it was last tried.</summary>
    Unreadable,

    /// <summary>The file was read, but its photo was not analysed in every space of the run.</summary>
    Incomplete,

    /// <summary>The file was read, and its photo lacks nothing.</summary>
    Complete,
}

/// <summary>A file that the catalogue knows.</summary>
/// <param name="File">Its path, length and time of change when it was last seen.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Photo">
/// The hash of the photo that is stored for this file; null when the file was never read. A file that has changed, or can't be read at the
/// moment, keeps the photo that was read there before.
/// </param>
public readonly record struct KnownFile(FileStamp File, FileState State, string? Photo);
