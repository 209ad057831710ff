using Sosia.Evaluation.Measures;

namespace Sosia.Evaluation;

/// <summary>A query whose nearest other image shows somebody else.</summary>
/// <param name="Query">The query's file.</param>
/// <param name="Person">Who it shows.</param>
/// <param name="Nearest">The file that came first.</param>
/// <param name="Other">Who that shows.</param>
/// <param name="Score">Cosine of the two.</param>
public sealed record FailedQuery(string Query, string Person, string Nearest, string Other, float Score);

/// <summary>All that an evaluation found.</summary>
public sealed record EvaluationResult
{
    /// <summary>The images, their rows, and what embedding them took.</summary>
    public required EmbeddedFolder Folder { get; init; }

    /// <summary>People.</summary>
    public required int People { get; init; }

    /// <summary>People with two images or more.</summary>
    public required int PeopleWithTwoOrMore { get; init; }

    /// <summary>The pairs protocol in folds; null where there are no pairs.</summary>
    public Verification? Verification { get; init; }

    /// <summary>The six-image protocol; null where nobody has exactly six images.</summary>
    public Retrieval? SixImage { get; init; }

    /// <summary>The same with query expansion on both sides.</summary>
    public Retrieval? SixImageExpanded { get; init; }

    /// <summary>The same with two, three and four references.</summary>
    public IReadOnlyList<SeveralReferences>? SixImageReferences { get; init; }

    /// <summary>People grouped without anybody's word.</summary>
    public required Grouping Grouping { get; init; }

    /// <summary>Every image of everyone with two or more as query.</summary>
    public required Retrieval Retrieval { get; init; }

    /// <summary>The same with query expansion on both sides.</summary>
    public required Retrieval RetrievalExpanded { get; init; }

    /// <summary>Open-set identification; null where everybody has two images or more, so that there are no impostors.</summary>
    public OpenSet? OpenSet { get; init; }

    /// <summary>Whether a few images come back for many queries.</summary>
    public required Hubness Hubness { get; init; }

    /// <summary>Scores of all pairs.</summary>
    public required PairScores Scores { get; init; }

    /// <summary>Scores of all pairs after expansion.</summary>
    public required PairScores ScoresExpanded { get; init; }

    /// <summary>Stated against measured false match rates on people unseen.</summary>
    public required IReadOnlyList<HeldOutCheck> HeldOut { get; init; }

    /// <summary>Queries whose nearest other image shows somebody else, by file.</summary>
    public required IReadOnlyList<FailedQuery> Failed { get; init; }

    /// <summary>The rows after expansion.</summary>
    public required LabelledRows Expanded { get; init; }
}
