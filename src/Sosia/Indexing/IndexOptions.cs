using System.ComponentModel.DataAnnotations;

namespace Sosia.Indexing;

/// <summary>How a folder is indexed.</summary>
public sealed record IndexOptions
{
    private const int MostWorkers = 1024;

    /// <summary>Remove what is gone even when that is more than a fifth of the collection.</summary>
    public bool Force { get; init; }

    /// <summary>Read again the files that failed before, although they have not changed.</summary>
    public bool RetryFailed { get; init; }

    /// <summary>
    /// Read again the photos whose faces were found by another detector or with other options than this run's. Until a photo is read
    /// again, it is found as it was.
    /// </summary>
    public bool Again { get; init; }

    /// <summary>Index by look too: every photo gets a row of the image model, also one that is stored already.</summary>
    public bool Look { get; init; }

    /// <summary>
    /// Keep the places at which photos say that they were taken. Where somebody lives can be read from them, so they are left out unless
    /// asked for.
    /// </summary>
    public bool Places { get; init; }

    /// <summary>
    /// Follow links to files out of the folders that are indexed. Links to folders are never followed. What was indexed through a link
    /// before stays, and is listed with the reason.
    /// </summary>
    public bool FollowLinks { get; init; }

    /// <summary>
    /// What is left out, with * for any characters and ? for one: files and folders of a name, or, with a slash in it, of a whole path.
    /// Photos that were indexed before and are left out now are removed, a fifth of the collection at most without <see cref="Force"/>.
    /// </summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>
    /// Photos worked on at once, at least 1. The default is one more than there are cores: while one photo waits for the disk, another is
    /// computed.
    /// </summary>
    [Range(1, MostWorkers, ErrorMessage = "The number of photos worked on at once must lie between {1} and {2}.")]
    public int Workers { get; init; } = Environment.ProcessorCount + 1;
}
