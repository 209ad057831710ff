using Sosia.Catalogue;
using Sosia.Search;

namespace Sosia.People.Cases;

/// <summary>A case with its faces.</summary>
/// <param name="Row">What it is.</param>
/// <param name="Faces">Its references for and against, and what was rejected.</param>
/// <param name="IsExpired">Its time is over: it is locked.</param>
public sealed record CaseView(CaseRow Row, IReadOnlyList<CaseFace> Faces, bool IsExpired)
{
    /// <summary>Faces of a role.</summary>
    public IEnumerable<CaseFace> In(CaseRole role) => Faces.Where(face => face.Role == role);
}

/// <summary>A photo that a case found.</summary>
/// <param name="Match">The photo, with its score under the rule of all references.</param>
/// <param name="Reference">The reference that its face is nearest to, as something to search with.</param>
/// <param name="IsNew">The case has not shown it before.</param>
public sealed record CaseMatch(Match Match, QueryPhoto Reference, bool IsNew);

/// <summary>What a case found.</summary>
/// <param name="Case">The case.</param>
/// <param name="Search">The search with all its references.</param>
/// <param name="Matches">Best first; none that was rejected, and none of the references' own photos.</param>
public sealed record CaseMatches(CaseView Case, SearchResult Search, IReadOnlyList<CaseMatch> Matches)
{
    /// <summary>The photo of the reference that found a match; null where the collection does not hold it.</summary>
    public PhotoId? ReferencePhotoOf(CaseMatch match)
    {
        ArgumentNullException.ThrowIfNull(match);
        return Case.Faces.FirstOrDefault(face => face.Place.Sha256 == match.Reference.Sha256)?.Photo;
    }
}
