using Sosia.Catalogue;

namespace Sosia.Indexing;

/// <summary>What a run did.</summary>
public sealed record IndexSummary
{
    /// <summary>Photos read, and stored or given a row by look.</summary>
    public long Photos { get; init; }

    /// <summary>Rows by look made of them.</summary>
    public long Looks { get; init; }

    /// <summary>Faces found in them.</summary>
    public long Faces { get; init; }

    /// <summary>Files of this run that other processes read.</summary>
    public long Elsewhere { get; init; }

    /// <summary>Photos that an earlier version had stored, and that were given what they lacked without being embedded again.</summary>
    public long Completed { get; init; }

    /// <summary>Files that have not changed since they were read, or whose bytes were known already.</summary>
    public long Skipped { get; init; }

    /// <summary>Photos removed because their files are gone.</summary>
    public long Removed { get; init; }

    /// <summary>The files under the roots of the run that can't be read, whether this run or an earlier one tried them.</summary>
    public required IReadOnlyList<FailedFile> Failures { get; init; }

    /// <summary>Why files that are gone were kept, in one sentence; null when nothing was kept.</summary>
    public string? Kept { get; init; }

    /// <summary>From start to end.</summary>
    public TimeSpan Elapsed { get; init; }
}
