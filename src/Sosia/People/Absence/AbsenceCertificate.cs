using Sosia.Catalogue;
using Sosia.Search.Calibrating;
using Sosia.Search.Ranking;

namespace Sosia.People.Absence;

/// <summary>
/// That a person is not in the photos of a collection, as far as a search can say so: what was searched, what could not be, and how often
/// such a search misses somebody who is there.
/// </summary>
public sealed record AbsenceCertificate
{
    /// <summary>Whom the case looks for: its name.</summary>
    public required string Case { get; init; }

    /// <summary>What the case is for; null where nobody said.</summary>
    public string? Purpose { get; init; }

    /// <summary>When it was made, in UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The state of the collection that was searched.</summary>
    public required Revision Revision { get; init; }

    /// <summary>Its photos by state: only searchable ones were searched.</summary>
    public required PhotoCounts Photos { get; init; }

    /// <summary>Faces that were compared.</summary>
    public required long Faces { get; init; }

    /// <summary>SHA-256 of the photos of the person that were searched with.</summary>
    public required IReadOnlyList<string> References { get; init; }

    /// <summary>How the score is made of them.</summary>
    public required ScoringRule Rule { get; init; }

    /// <summary>Least score of a match.</summary>
    public required float Threshold { get; init; }

    /// <summary>How often a stranger scores as high.</summary>
    public required ScoreMeaning Meaning { get; init; }

    /// <summary>Photos that somebody looked at and rejected in the case.</summary>
    public required int Rejected { get; init; }

    /// <summary>Photos that reach the threshold and were not rejected: while there is one, nothing is certified.</summary>
    public required int Matches { get; init; }

    /// <summary>How often such a search misses a photo in which the person appears; null where too few confirmed faces say so.</summary>
    public required MissRate? Misses { get; init; }

    /// <summary>The face model.</summary>
    public required string Model { get; init; }

    /// <summary>SHA-256 of its file.</summary>
    public required string ModelSha256 { get; init; }

    /// <summary>SHA-256 of all that makes the rows that were compared: networks, alignment, preprocessing.</summary>
    public required string Space { get; init; }

    /// <summary>How the faces were found, with the number of photos for each way.</summary>
    public required IReadOnlyList<ProvenanceCount> FoundBy { get; init; }

    /// <summary>What scores were calibrated on.</summary>
    public required string CalibratedOn { get; init; }

    /// <summary>Nothing is left to look at, and it is known how often a search misses somebody.</summary>
    public bool Holds => Matches == 0 && Misses is not null;

    /// <summary>Photos that were not searched: no face was found in them, or none good enough, or they could not be read yet.</summary>
    public long NotSearched => Photos.Total - Photos.Searchable;

    /// <summary>What it says, in one sentence.</summary>
    public string Sentence =>
        this switch
        {
            { Matches: 1 } => "1 photo may show the person: look at it with `sosia case matches`, and reject it if it doesn't.",
            { Matches: > 0 } =>
                $"{Matches:N0} photos may show the person: look at them with `sosia case matches`, and reject those that don't.",
            { Misses: null } =>
                $"No photo reaches the threshold. How often a search misses somebody is not known: name {MissRate.FewestPeople} people "
                    + $"or more with {MissRate.FewestTrials} photos in all, with `sosia people name`.",
            { Misses: { } misses } =>
                $"The person was not found in {Photos.Searchable:N0} photos. If they appear in one of them, this search has missed them "
                    + $"with a probability of at most {misses.UpperBound:P1} (97.5% confidence).",
        };
}
