namespace Sosia.Server.Json;

// What the API answers; docs/api.md says the same in words. Published names stay.

internal sealed record ProblemShape(string Type, string Title, int Status, string Detail, string? Reason);

internal sealed record BoxShape(float Left, float Top, float Width, float Height);

internal sealed record QualityShape(float Size, float Sharpness, float Yaw, float Score);

internal sealed record FaceShape(
    long Id,
    long Photo,
    BoxShape Box,
    float[][] Landmarks,
    float Confidence,
    QualityShape Quality,
    bool Searchable
)
{
    /// <summary>It was not found: somebody drew its box.</summary>
    public bool Drawn { get; init; }
}

/// <summary>When a photo was taken, as ISO 8601, and who says so: exif, xmp or file.</summary>
internal sealed record TakenShape(string At, string From);

internal sealed record PlaceShape(double Latitude, double Longitude);

/// <summary>What a photo says of itself; null where it says nothing.</summary>
internal sealed record FactsShape(string? Camera, string? Caption, string? Credit, PlaceShape? Place, string? Problem);

internal sealed record PhotoShape(
    long Id,
    string Sha256,
    int Width,
    int Height,
    string State,
    string Path,
    IReadOnlyList<string> Paths,
    int FaceCount,
    IReadOnlyList<FaceShape>? Faces,
    TakenShape? Taken,
    FactsShape Facts
);

internal sealed record FailureShape(string Path, string Reason, string Message, long Bytes, DateTime Modified);

internal sealed record ListShape<T>(IReadOnlyList<T> Items, string? Next, long Total);

internal sealed record ItemsShape<T>(IReadOnlyList<T> Items);

internal sealed record PhotoCountsShape(long Total, long Searchable, long TooPoor, long NoFace, long Unreadable, long Waiting);

internal sealed record SpaceShape(string Key, string Model, string Of, int Dimensions, long Rows);

/// <summary>What can be searched by look: with which model, and how many photos.</summary>
internal sealed record LookShape(string Model, long Photos);

internal sealed record CollectionShape(
    string Id,
    string Directory,
    string Model,
    bool Calibrated,
    float? Threshold,
    PhotoCountsShape Photos,
    long Faces,
    IReadOnlyList<SpaceShape> Spaces,
    long Bytes,
    long Version,
    double QueryMinutes,
    LookShape? Look
);

internal sealed record SessionShape(bool KeyNeeded, bool SignedIn, string? Antiforgery, string? Who, string? May);

internal sealed record QueryFaceShape(long Face, BoxShape Box, float Confidence, float Size, float Quality, bool Searchable);

/// <summary>A photo searched with: uploaded (<c>id</c>; faces count from 1) or stored (<c>photo</c>; faces by id).</summary>
internal sealed record QueryShape(
    string? Id,
    long? Photo,
    string Path,
    string Sha256,
    int Width,
    int Height,
    long? Face,
    IReadOnlyList<QueryFaceShape> Faces,
    DateTimeOffset? Expires
);

internal sealed record MatchFaceShape(long Id, BoxShape Box);

/// <summary>A photo that was folded into a match.</summary>
internal sealed record LikeShape(long Photo, string Path);

internal sealed record MatchShape(
    int Rank,
    long Photo,
    string Path,
    int Width,
    int Height,
    bool IsQuery,
    MatchFaceShape? Face,
    float Score,
    float Distance,
    double? FalseMatchRate,
    string Meaning,
    double? ExpectedFalseMatches,
    string FoundBy,
    float? LookScore,
    TakenShape? Taken,
    FactsShape Facts,
    IReadOnlyList<LikeShape> Copies,
    IReadOnlyList<LikeShape> Burst
);

internal sealed record SearchShape(
    QueryShape Query,
    IReadOnlyList<QueryShape>? Also,
    IReadOnlyList<QueryShape>? Negatives,
    string By,
    float? Threshold,
    string Rule,
    int References,
    long FacesSearched,
    long PhotosSearched,
    bool FoundSomebody,
    IReadOnlyList<MatchShape> Matches,
    IReadOnlyList<double[]>? Curve,
    double OpeningMs,
    double IndexMs,
    double ElapsedMs
);

internal sealed record HeatShape(int Columns, int Rows, IReadOnlyList<float[]> Drops);

internal sealed record SideShape(long? Face, QualityShape Quality, string Aligned, HeatShape Heat);

internal sealed record PairShape(float Score, double? FalseMatchRate, string Meaning, SideShape Query, SideShape Match);

internal sealed record WhyShape(string Reason, string Sentence, int? Rank, float? Score, float? Threshold, PairShape? Pair);

internal sealed record JobSummaryShape(
    long Photos,
    long Faces,
    long Looks,
    long Skipped,
    long Completed,
    long Removed,
    long Failed,
    string? Kept,
    double Seconds
);

internal sealed record JobShape(
    string Id,
    string Kind,
    string State,
    IReadOnlyList<string> Folders,
    long Done,
    long Total,
    long Photos,
    long Faces,
    long Failed,
    double PhotosPerSecond,
    double? SecondsLeft,
    string? LastPath,
    string? Error,
    JobSummaryShape? Summary,
    DateTimeOffset Created,
    DateTimeOffset? Ended
);

internal sealed record ReceiptShape(
    DateTimeOffset At,
    int Photos,
    int Faces,
    int Embeddings,
    int Files,
    bool Overwritten,
    bool Overwriting,
    DateTimeOffset? OverwrittenAt,
    bool Remembered
);

internal sealed record OverwritingShape(bool Overwritten, bool Overwriting, DateTimeOffset? OverwrittenAt, string? Problem);

internal sealed record HealthShape(string Status, string? Detail, StoreShape? Store = null);

/// <summary>The database that keeps the collection: its versions, and the files that wait for workers.</summary>
internal sealed record StoreShape(string Version, string Pgvector, string? Citus, long Waiting, long Claimed, long Failed)
{
    public static StoreShape? Of(StoreFacts? facts) =>
        facts is null
            ? null
            : new(facts.Version, facts.Pgvector, facts.Citus, facts.Queue.Waiting, facts.Queue.Claimed, facts.Queue.Failed);
}
