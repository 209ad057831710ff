using Sosia.Catalogue;

namespace Sosia.Indexing;

/// <summary>How a folder is indexed.</summary>
public sealed record IndexOptions
{
    /// <summary>Remove what is gone even when that is more than a fifth of the collection.</summary>
    public bool Force { get; init; }

    /// <summary>Read again the files that failed before, though they have not changed.</summary>
    public bool RetryFailed { get; init; }

    /// <summary>
    /// Read again the photos whose faces were found by another detector or with other options than this run's. Until a photo is read
    /// again, it is found as it was.
    /// </summary>
    public bool Again { get; init; }

    /// <summary>Index by look too: every photo gets a row of the image model, those that are stored already included.</summary>
    public bool Look { get; init; }

    /// <summary>
    /// Photos worked on at once. One more than there are cores: while one waits for the disk, or for the thread that decodes it, another
    /// computes.
    /// </summary>
    public int Workers { get; init; } = Environment.ProcessorCount + 1;
}

/// <summary>How far a run is.</summary>
/// <param name="Done">Files read or failed in this run.</param>
/// <param name="Total">Files to read in this run.</param>
/// <param name="Outcome">What became of the last one; committed, so it survives whatever comes.</param>
public readonly record struct IndexProgress(long Done, long Total, FileOutcome Outcome);

/// <summary>What a run did.</summary>
public sealed record IndexSummary
{
    /// <summary>Photos read, and stored or given a row by look.</summary>
    public long Photos { get; init; }

    /// <summary>Rows by look made of them.</summary>
    public long Looks { get; init; }

    /// <summary>Faces found in them.</summary>
    public long Faces { get; init; }

    /// <summary>Files that have not changed since they were read, or whose bytes were known from another path.</summary>
    public long Skipped { get; init; }

    /// <summary>Photos removed because their files are gone.</summary>
    public long Removed { get; init; }

    /// <summary>Every file under these folders that can't be read, from this run or an earlier one.</summary>
    public required IReadOnlyList<FailedFile> Failures { get; init; }

    /// <summary>Why files that are gone were kept, in one sentence; null when nothing was kept.</summary>
    public string? Kept { get; init; }

    /// <summary>From start to end.</summary>
    public TimeSpan Elapsed { get; init; }
}
