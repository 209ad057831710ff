using System.Text.Json.Serialization;

namespace Sosia.Server.Json;

// What the API takes; docs/api.md says the same in words. Unknown names are refused: a typing error is no wish.

/// <summary>One photo of somebody: uploaded (with a face counted from 1), stored, or a stored face.</summary>
internal sealed record ReferenceBody(string? Query, long? Photo, long? Face);

internal sealed record SearchBody(
    IReadOnlyList<ReferenceBody>? References,
    IReadOnlyList<ReferenceBody>? Negatives,
    int? Limit,
    float? Threshold,
    bool? BelowThreshold,
    [property: JsonConverter(typeof(OneOrMany))] IReadOnlyList<string>? Under,
    string? Combine,
    bool? Expand,
    bool? Curve,
    string? By = null,
    string? From = null,
    string? To = null,
    string? Sort = null,
    bool? Unfold = null
);

internal sealed record WhyBody(long? Photo, SearchBody? Search);

internal sealed record ExportBody(string? Format, IReadOnlyList<long>? Photos, SearchBody? Search);

internal sealed record KeyBody(string? Key);

internal sealed record JobBody(string? Kind, IReadOnlyList<string>? Folders, bool? RetryFailed, bool? Force, bool? Look = null);

internal sealed record RetryBody(IReadOnlyList<string>? Paths);

internal sealed record ForgetBody(IReadOnlyList<long>? Photos, IReadOnlyList<long>? Faces);

internal sealed record FaceBoxBody(BoxShape? Box);
