using Sosia.Catalogue;
using Sosia.Search.Ranking;

namespace Sosia.People.Absence;

/// <summary>A confirmed face of somebody.</summary>
/// <param name="Face">The face.</param>
/// <param name="Row">Its embedding.</param>
internal sealed record ConfirmedFace(FaceRow Face, float[] Row);

/// <summary>Whether people are found again: each of their faces is left out once, with all of its photo, and searched for.</summary>
internal static class FoundAgain
{
    /// <summary>The trials that one person's faces make.</summary>
    /// <param name="person">The person's number.</param>
    /// <param name="faces">Their confirmed faces.</param>
    /// <param name="references">Faces to search with; fewer where the person has no more.</param>
    /// <param name="thresholdOf">Given references, the least score of a match.</param>
    public static IEnumerable<Trial> Of(long person, IReadOnlyList<ConfirmedFace> faces, int references, Func<int, float> thresholdOf)
    {
        foreach (var (face, row) in faces)
        {
            var random = new Random((int)face.Id.Value); // which others are taken does not depend on the day
            float[][] others = [.. faces.Where(other => other.Face.Photo != face.Photo && !other.Face.IsDrawn).Select(other => other.Row)];
            if (others.Length == 0)
                continue;
            random.Shuffle(others);
            var taken = others[..Math.Min(references, others.Length)];
            var isFound = !face.IsDrawn && Similarity.Of(MeanRow.Of(taken), row) >= thresholdOf(taken.Length);
            yield return new Trial(person, face.Quality.Score, isFound);
        }
    }
}
