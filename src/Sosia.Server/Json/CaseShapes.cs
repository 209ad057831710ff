using Sosia.Catalogue;
using Sosia.People.Cases;

namespace Sosia.Server.Json;

// What the API takes and answers of cases; docs/api.md says the same in words. Published names stay.

internal sealed record CaseShape(
    string Id,
    string Name,
    string? Purpose,
    DateTimeOffset? Expires,
    bool Expired,
    bool Closed,
    int For,
    int Against,
    int Rejected
);

internal sealed record CaseFaceShape(string Role, long? Face, long? Photo, BoxShape Box, string? Path);

internal sealed record CaseDetailsShape(CaseShape Case, IReadOnlyList<CaseFaceShape> Faces);

internal sealed record CaseReferenceShape(long? Photo, string Path);

internal sealed record CaseMatchShape(MatchShape Match, CaseReferenceShape Reference, bool New);

internal sealed record CaseMatchesShape(
    CaseShape Case,
    float? Threshold,
    string Rule,
    long FacesSearched,
    IReadOnlyList<CaseMatchShape> Matches,
    double ElapsedMs
);

internal sealed record CaseBody(
    string? Name,
    string? Purpose,
    DateTimeOffset? Expires,
    IReadOnlyList<ReferenceBody>? References,
    IReadOnlyList<ReferenceBody>? Negatives
);

internal sealed record CaseFacesBody(string? Role, IReadOnlyList<ReferenceBody>? References);

internal sealed record CaseChangeBody(string? Purpose, DateTimeOffset? Expires, bool? Closed);

internal sealed record CaseMatchesBody(bool? New, int? Limit);

/// <summary>Cases as the API says them.</summary>
internal static class ToCaseShape
{
    public static CaseShape Case(CaseView of)
    {
        var details = of.Row.Details;
        return new(
            of.Row.Id.ToString(),
            details.Name,
            details.Purpose,
            details.Expires,
            of.IsExpired,
            details.IsClosed,
            of.In(CaseRole.For).Count(),
            of.In(CaseRole.Against).Count(),
            of.In(CaseRole.Rejected).Count()
        );
    }

    public static CaseDetailsShape Details(CaseView of) =>
        new(
            Case(of),
            [
                .. of.Faces.Select(face => new CaseFaceShape(
                    face.Role.ToString().ToLowerInvariant(),
                    face.Face?.Value,
                    face.Photo?.Value,
                    ToShape.Box(face.Place.Box),
                    face.Outside?.Path
                )),
            ]
        );

    public static CaseMatchesShape Matches(CaseMatches found) =>
        new(
            Case(found.Case),
            found.Search.Threshold,
            Names.Of(found.Search.Rule),
            found.Search.FacesSearched,
            [
                .. found.Matches.Select(match => new CaseMatchShape(
                    ToShape.Match(match.Match),
                    new CaseReferenceShape(found.ReferencePhotoOf(match)?.Value, match.Reference.Path),
                    match.IsNew
                )),
            ],
            found.Search.Elapsed.TotalMilliseconds
        );
}
