using Sosia.Catalogue;
using Sosia.Indexing;

namespace Sosia.Server.Jobs;

/// <summary>Where a job stands.</summary>
internal enum JobPhase
{
    /// <summary>At work.</summary>
    Running,

    /// <summary>Asked to end; photos in flight are finished.</summary>
    Cancelling,

    /// <summary>Ended before the end; can be resumed.</summary>
    Cancelled,

    /// <summary>All done.</summary>
    Done,

    /// <summary>Ended by an error; can be resumed.</summary>
    Failed,
}

/// <summary>A job as it is at one moment.</summary>
internal sealed record JobState(string Id, IReadOnlyList<string> Folders, IndexOptions Options, DateTimeOffset Created)
{
    public JobPhase Phase { get; init; }

    public long Done { get; init; }

    public long Total { get; init; }

    public long Photos { get; init; }

    public long Faces { get; init; }

    public long Failed { get; init; }

    public double Seconds { get; init; }

    public string? LastPath { get; init; }

    public string? Error { get; init; }

    public IndexSummary? Summary { get; init; }

    public DateTimeOffset? Ended { get; init; }

    public bool IsActive => Phase is JobPhase.Running or JobPhase.Cancelling;

    public double PhotosPerSecond => Seconds > 0 ? Done / Seconds : 0;

    public double? SecondsLeft => IsActive && Done > 0 && Seconds > 0 ? (Total - Done) / PhotosPerSecond : null;

    /// <summary>After one more photo was committed.</summary>
    public JobState With(IndexProgress progress, double seconds) =>
        this with
        {
            Done = progress.Done,
            Total = progress.Total,
            Photos = Photos + (progress.Outcome is PhotoRead or DetailsRead { Look: not null } ? 1 : 0),
            Faces = Faces + (progress.Outcome is PhotoRead read ? read.Photo.Faces.Count : 0),
            Failed = Failed + (progress.Outcome is PhotoUnreadable ? 1 : 0),
            Seconds = seconds,
            LastPath = progress.Outcome.File.Path,
        };
}
