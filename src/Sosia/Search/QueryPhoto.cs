using Sosia.Faces;
using Sosia.Pipeline;

namespace Sosia.Search;

/// <summary>A photo to search with.</summary>
/// <param name="Path">The file; what it is called in answers.</param>
/// <param name="Sha256">SHA-256 of its bytes.</param>
/// <param name="Faces">All faces in it, most confident first; lengths in pixels of the decoded photo.</param>
/// <param name="Face">The place of the face searched for; −1 when there is none.</param>
/// <param name="Width">Columns of the upright original.</param>
/// <param name="Height">Rows of the upright original.</param>
/// <param name="ToOriginal">Original pixels in one decoded pixel.</param>
public sealed record QueryPhoto(
    string Path,
    string Sha256,
    IReadOnlyList<ReadFace> Faces,
    int Face,
    int Width,
    int Height,
    float ToOriginal
)
{
    /// <summary>The row of the whole photo, for search by look; null when it was not read for that.</summary>
    public PhotoAppearance? Look { get; init; }

    /// <summary>What copies of the photo are found by; null for a stored photo, of which the collection has it.</summary>
    internal Copies.PhotoDescriptor? Descriptor { get; init; }

    /// <summary>The face searched for.</summary>
    /// <exception cref="QueryException">The photo has none.</exception>
    public ReadFace Wanted =>
        Face >= 0
            ? Faces[Face]
            : throw new QueryException(
                $"No face was found in {Path}; try a photo that shows the person from the front, or larger.",
                QueryProblem.NoFace
            );

    /// <summary>The box of a face in pixels of the upright original.</summary>
    public Box BoxOf(int face) => Faces[face].Face.Box.Scale(ToOriginal);
}

/// <summary>The row of a whole photo in a space of photos.</summary>
/// <param name="Space">The space's key.</param>
/// <param name="Row">Unit length; empty when the image model returned a zero vector.</param>
public sealed record PhotoAppearance(string Space, float[] Row);

/// <summary>A query that can't be answered. The message is one sentence for people.</summary>
public sealed class QueryException(string message, QueryProblem problem = QueryProblem.Other) : Exception(message)
{
    /// <summary>The kind of problem.</summary>
    public QueryProblem Problem { get; } = problem;
}

/// <summary>Why a query can't be answered.</summary>
public enum QueryProblem
{
    /// <summary>Only the message says.</summary>
    Other,

    /// <summary>The photo shows no face.</summary>
    NoFace,

    /// <summary>The face is too poor to be recognised.</summary>
    TooPoor,

    /// <summary>Nobody has measured what the model's scores mean, and no threshold was given.</summary>
    NotCalibrated,

    /// <summary>The collection was not indexed by look.</summary>
    NotIndexedByLook,
}
