using Sosia.Catalogue;
using Sosia.Faces;
using Sosia.Maintenance;
using Sosia.Photos.Facts;
using Sosia.Pipeline;
using Sosia.Search;
using Sosia.Server.Jobs;

namespace Sosia.Server.Json;

/// <summary>The library's records as the API says them.</summary>
internal static class ToShape
{
    public static BoxShape Box(Box box) => new(box.Left, box.Top, box.Width, box.Height);

    public static QualityShape Quality(FaceQuality quality) => new(quality.Size, quality.Sharpness, quality.Yaw, quality.Score);

    public static FaceShape Face(FaceRow face)
    {
        var (left, right, nose, mouthLeft, mouthRight) = face.Landmarks;
        return new FaceShape(
            face.Id.Value,
            face.Photo.Value,
            Box(face.Box),
            [
                [left.X, left.Y],
                [right.X, right.Y],
                [nose.X, nose.Y],
                [mouthLeft.X, mouthLeft.Y],
                [mouthRight.X, mouthRight.Y],
            ],
            face.Confidence,
            Quality(face.Quality),
            face.HasEmbedding
        )
        {
            Drawn = face.IsDrawn,
        };
    }

    public static PhotoShape Photo(PhotoRow photo, IReadOnlyList<FaceRow> faces, bool withFaces) =>
        new(
            photo.Id.Value,
            photo.Sha256,
            photo.Width,
            photo.Height,
            Names.Of(photo.State),
            photo.Paths.Count > 0 ? photo.Paths[0] : "",
            photo.Paths,
            faces.Count,
            withFaces ? [.. faces.Select(Face)] : null,
            Taken(photo.Taken),
            Facts(photo.Facts)
        );

    public static TakenShape? Taken(TimeTaken? taken) => taken is null ? null : new(taken.ToString(), Names.Of(taken.From));

    private static FactsShape Facts(PhotoFacts facts) =>
        new(
            facts.Camera,
            facts.Caption,
            facts.Credit,
            facts.Place is { } place ? new PlaceShape(place.Latitude, place.Longitude) : null,
            facts.Problem
        );

    public static FailureShape Failure(FailedFile failed) =>
        new(failed.File.Path, Names.Of(failed.Failure.Reason), failed.Failure.Message, failed.File.Bytes, failed.File.Modified);

    public static MatchShape Match(Match match) =>
        new(
            match.Rank,
            match.Photo.Id.Value,
            match.Path,
            match.Photo.Width,
            match.Photo.Height,
            match.IsQuery,
            match.Face is { } face ? new MatchFaceShape(face.Id.Value, Box(face.Box)) : null,
            match.Score,
            match.Distance,
            match.Meaning.FalseMatchRate,
            match.Sentence,
            match.ExpectedFalseMatches,
            match.FoundBy,
            match.LookScore,
            Taken(match.Photo.Taken),
            Facts(match.Photo.Facts),
            Like(match, LikeKind.Copy),
            Like(match, LikeKind.Burst)
        );

    private static LikeShape[] Like(Match match, LikeKind kind) =>
        [.. match.FilesLikeIt(kind).Select(file => new LikeShape(file.Photo.Id.Value, file.Path))];

    public static HeatShape Heat(HeatMap heat) => new(heat.Columns, heat.Rows, [.. heat.Drops.Chunk(heat.Columns)]);

    public static ReceiptShape Receipt(ForgetReceipt receipt)
    {
        var overwriting = Overwriting(receipt.Overwriting);
        return new(
            receipt.At,
            receipt.Removed.Photos,
            receipt.Removed.Faces,
            receipt.Removed.Embeddings,
            receipt.Files,
            overwriting.Overwritten,
            overwriting.Overwriting,
            overwriting.OverwrittenAt,
            Remembered: true
        );
    }

    public static OverwritingShape Overwriting(Task<Overwritten> overwriting) =>
        overwriting.IsCompletedSuccessfully && overwriting.Result is var ended
            ? new(ended.Problem is null, false, ended.At, ended.Problem)
            : new(false, !overwriting.IsCompleted, null, null);

    public static JobShape Job(JobState job) =>
        new(
            job.Id,
            "index",
            Names.Of(job.Phase),
            job.Folders,
            job.Done,
            job.Total,
            job.Photos,
            job.Faces,
            job.Failed,
            job.PhotosPerSecond,
            job.SecondsLeft,
            job.LastPath,
            job.Error,
            job.Summary is { } done
                ? new JobSummaryShape(
                    done.Photos,
                    done.Faces,
                    done.Looks,
                    done.Skipped,
                    done.Completed,
                    done.Removed,
                    done.Failures.Count,
                    done.Kept,
                    done.Elapsed.TotalSeconds
                )
                : null,
            job.Created,
            job.Ended
        );
}
