using Sosia.Catalogue;

namespace Sosia.Search;

/// <summary>A person of whom somebody said which faces are theirs: to be searched for without a photo.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Shown">The best of their photos, which stands for them in answers.</param>
/// <param name="Rows">The embeddings of their faces, one at least.</param>
/// <param name="Confirmed">Their faces: always found, whatever they score.</param>
/// <param name="Denied">Faces that somebody said are not theirs, or are somebody else's: never found.</param>
public sealed record KnownPerson(
    string Name,
    QueryPhoto Shown,
    IReadOnlyList<float[]> Rows,
    IReadOnlySet<FaceId> Confirmed,
    IReadOnlySet<FaceId> Denied
);
