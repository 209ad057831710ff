using Sosia.Catalogue;

namespace Sosia.Search;

/// <summary>Why a photo is, or is not, among the results, in sentences.</summary>
internal static class Explanations
{
    /// <summary>A photo that was ranked by person.</summary>
    public static Why Placed(int rank, float score, float threshold, int limit)
    {
        if (score < threshold)
            return new Why(
                WhyKind.BelowThreshold,
                $"Its best face has rank {rank:N0} with a score of {score:F2}, below the threshold of {threshold:F2}.",
                rank,
                score,
                threshold
            );
        if (rank > limit)
            return new Why(
                WhyKind.BeyondLimit,
                $"Its best face has rank {rank:N0} with a score of {score:F2}, and only {limit:N0} photos were asked for; raise -k.",
                rank,
                score,
                threshold
            );
        return new Why(WhyKind.Found, $"It is among the results: rank {rank:N0} with a score of {score:F2}.", rank, score, threshold);
    }

    /// <summary>A photo that was ranked by look.</summary>
    public static Why PlacedByLook(int rank, float score, float? threshold, int limit)
    {
        var where = $"By look it has rank {rank:N0} with a similarity of {score:F2}";
        if (score < threshold)
            return new Why(WhyKind.BelowThreshold, $"{where}, below the threshold of {threshold:F2}.", rank, score, threshold);
        if (rank > limit)
            return new Why(WhyKind.BeyondLimit, $"{where}, and only {limit:N0} photos were asked for; raise -k.", rank, score, threshold);
        return new Why(WhyKind.Found, $"It is among the results. {where}.", rank, score, threshold);
    }

    /// <summary>A file of which no photo is stored.</summary>
    public static Why NotStored(string path, IFileReader reader, float? threshold)
    {
        if (reader.Failures().FirstOrDefault(failed => failed.File.Path == path) is { } failure)
            return new Why(WhyKind.Unreadable, $"It could not be read: {failure.Failure.Message}", null, null, threshold);
        return reader.FindFile(path) is not null
            ? new Why(WhyKind.Waiting, "It was found, but not read yet: run `sosia index` again.", null, null, threshold)
            : new Why(WhyKind.NotInCollection, "The collection does not have it: index its folder first.", null, null, threshold);
    }

    /// <summary>A photo none of whose faces was ranked.</summary>
    /// <param name="faces">Its faces.</param>
    /// <param name="leftOut">Why the photo was not searched; null when it was.</param>
    /// <param name="threshold">The threshold of the search.</param>
    public static Why NotRanked(IReadOnlyList<FaceRow> faces, string? leftOut, float threshold)
    {
        if (faces.Count == 0)
            return new Why(WhyKind.NoFace, "No face was found in it.", null, null, threshold);
        if (faces.Any(face => face.HasEmbedding))
            return leftOut is not null
                ? new Why(WhyKind.NotInCollection, leftOut, null, null, threshold)
                : new Why(
                    WhyKind.Waiting,
                    "Its faces were indexed with another face model: run `sosia index` again.",
                    null,
                    null,
                    threshold
                );
        return new Why(
            WhyKind.TooPoor,
            $"Its largest face is too small to be recognised: {faces.Max(face => face.Quality.Size):F0} pixels.",
            null,
            null,
            threshold
        );
    }
}
