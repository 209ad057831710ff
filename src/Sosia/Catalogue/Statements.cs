using Sosia.Faces;

namespace Sosia.Catalogue;

/// <summary>
/// A face as a place in a picture, which is what people's words are about: it stays the same when the photo is read again, with another
/// detector or model, and when its file is removed and added again.
/// </summary>
/// <param name="Sha256">The photo: SHA-256 of its bytes, in lower-case hex.</param>
/// <param name="Box">In pixels of the upright original.</param>
public sealed record FacePlace(string Sha256, Box Box)
{
    /// <summary>The face at the place: whose box covers most of it, of those that are the same face.</summary>
    /// <param name="faces">Faces of the photo.</param>
    internal FaceId? FaceAmong(IEnumerable<FaceRow> faces) =>
        faces.Where(face => SameFace.Is(Box, face.Box, face.Landmarks)).MaxBy(face => face.Box.Overlap(Box))?.Id;
}

/// <summary>What somebody said of a face and a person.</summary>
public enum Verdict
{
    /// <summary>The face is the person's.</summary>
    Is,

    /// <summary>It is not.</summary>
    IsNot,
}

/// <summary>What somebody says; it takes the place of what was said of the same before.</summary>
public abstract record Statement;

/// <summary>There is a person, and this is their name.</summary>
/// <param name="Person">The person.</param>
/// <param name="Name">Null: there is no such person any more, as after a merge.</param>
public sealed record PersonNamed(PersonId Person, string? Name) : Statement;

/// <summary>A face is, or is not, a person's.</summary>
/// <param name="Person">The person.</param>
/// <param name="Place">The face.</param>
/// <param name="Says">Null takes back what was said.</param>
public sealed record FaceJudged(PersonId Person, FacePlace Place, Verdict? Says) : Statement;

/// <summary>Somebody drew a box around a face that was not found.</summary>
/// <param name="Place">The face.</param>
/// <param name="IsThere">False takes it back.</param>
public sealed record FaceDrawn(FacePlace Place, bool IsThere) : Statement;

/// <summary>A face that somebody drew.</summary>
/// <param name="Place">The face.</param>
/// <param name="Photo">The stored photo of the place; null where it is not stored at the moment.</param>
/// <param name="Face">The stored face there; null where none is stored yet.</param>
public sealed record DrawnFace(FacePlace Place, PhotoId? Photo, FaceId? Face);

/// <summary>A person that somebody named.</summary>
/// <param name="Id">Names the person in this catalogue.</param>
/// <param name="Name">Several people may have the same.</param>
public sealed record PersonRow(PersonId Id, string Name);

/// <summary>What is said of a face and a person now.</summary>
/// <param name="Person">The person.</param>
/// <param name="Place">The face, as a place.</param>
/// <param name="Says">What is said.</param>
/// <param name="Face">The stored face at that place; null where the photo is not stored at the moment, or no face was found there.</param>
/// <param name="Photo">The stored photo of the place; null likewise.</param>
public sealed record FaceVerdict(PersonId Person, FacePlace Place, Verdict Says, FaceId? Face, PhotoId? Photo);
