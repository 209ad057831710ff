namespace Sosia.Catalogue;

/// <summary>What a case is.</summary>
/// <param name="Name">One case has it.</param>
/// <param name="Purpose">What it is for; null where nobody said.</param>
/// <param name="Expires">From then on it is locked, in UTC; null for never.</param>
/// <param name="IsClosed">Somebody closed it.</param>
public sealed record CaseDetails(string Name, string? Purpose = null, DateTimeOffset? Expires = null, bool IsClosed = false)
{
    /// <summary>The day on which it ends; null for never.</summary>
    internal DateTimeOffset? LastDay => Expires?.AddTicks(-1);
}

/// <summary>What a face is to a case.</summary>
public enum CaseRole
{
    /// <summary>It shows the person who is looked for.</summary>
    For,

    /// <summary>It shows somebody else, who looks like the person.</summary>
    Against,

    /// <summary>It was found and is not the person: it is never shown again.</summary>
    Rejected,
}

/// <summary>There is a case.</summary>
/// <param name="Case">The case.</param>
/// <param name="Details">What it is.</param>
public sealed record CaseDescribed(CaseId Case, CaseDetails Details) : Statement;

/// <summary>What a face is to a case.</summary>
/// <param name="Case">The case.</param>
/// <param name="Place">The face.</param>
/// <param name="Role">Null takes back what was said.</param>
public sealed record CaseFaceJudged(CaseId Case, FacePlace Place, CaseRole? Role) : Statement
{
    /// <summary>The face itself, where the collection does not hold its photo: it is kept with the case.</summary>
    public OutsideFace? Outside { get; init; }
}

/// <summary>A face of a photo that the collection does not hold.</summary>
/// <param name="Space">The key of the space of its row.</param>
/// <param name="Row">Its embedding, of unit length.</param>
/// <param name="Path">Where the photo was read.</param>
public sealed record OutsideFace(string Space, float[] Row, string Path);

/// <summary>A case.</summary>
/// <param name="Id">Names it in this catalogue.</param>
/// <param name="Details">What it is.</param>
public sealed record CaseRow(CaseId Id, CaseDetails Details);

/// <summary>A face of a case.</summary>
/// <param name="Place">The face, as a place.</param>
/// <param name="Role">What it is to the case.</param>
/// <param name="Face">The stored face at that place; null where there is none.</param>
/// <param name="Photo">The stored photo of the place; null where there is none.</param>
/// <param name="Outside">The face itself, in the space that was asked for, where it came from outside.</param>
public sealed record CaseFace(FacePlace Place, CaseRole Role, FaceId? Face, PhotoId? Photo, OutsideFace? Outside);
