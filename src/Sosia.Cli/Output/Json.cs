using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sosia.Catalogue;

namespace Sosia.Cli.Output;

internal sealed record BoxJson(float Left, float Top, float Width, float Height);

internal sealed record QueryFaceJson(int Face, BoxJson Box, float Confidence, float Size, float Quality);

internal sealed record QueryJson(string Path, IReadOnlyList<QueryFaceJson> Faces, int? Face);

internal sealed record MatchFaceJson(long Id, BoxJson Box);

internal sealed record MatchJson(
    int Rank,
    long Photo,
    string Path,
    bool IsQuery,
    MatchFaceJson? Face,
    float Score,
    float Distance,
    double? FalseMatchRate,
    double? ExpectedFalseMatches,
    string FoundBy,
    float? LookScore
)
{
    public TakenJson? Taken { get; init; }
    public string? Camera { get; init; }
    public string? Caption { get; init; }
    public string? Credit { get; init; }
    public PlaceJson? Place { get; init; }

    /// <summary>True where somebody said that the face is the person's.</summary>
    public bool? Confirmed { get; init; }

    /// <summary>Of a case: the photo of the person that the face is nearest to.</summary>
    public ReferenceJson? Reference { get; init; }

    /// <summary>Of a case: whether it has not shown the photo before.</summary>
    public bool? New { get; init; }

    /// <summary>Paths of the same picture, folded into this match: other places of the same file, and copies.</summary>
    public required IReadOnlyList<string> Copies { get; init; }

    /// <summary>Paths of photos of the same moment, likewise.</summary>
    public required IReadOnlyList<string> Burst { get; init; }
}

/// <summary>When a photo was taken, and who says so: exif, xmp or file.</summary>
internal sealed record TakenJson(string At, string From);

internal sealed record PlaceJson(double Latitude, double Longitude);

internal sealed record SearchJson(
    QueryJson Query,
    IReadOnlyList<QueryJson>? Also,
    string By,
    float? Threshold,
    IReadOnlyList<MatchJson> Matches,
    double OpeningMs,
    double IndexMs,
    double ElapsedMs
)
{
    /// <summary>The case that was searched for.</summary>
    public string? Case { get; init; }
}

internal sealed record PictureFileJson(string Path, long Bytes, int Width, int Height);

internal sealed record DuplicatesJson(string Best, IReadOnlyList<PictureFileJson> Files);

internal sealed record ApiKeyJson(string Name, string May, DateTimeOffset Created, DateOnly? LastUsed);

internal sealed record CompareJson(float Score, double? FalseMatchRate, bool Same, float Threshold);

internal sealed record WhyJson(string Reason, string Sentence, int? Rank, float? Score, float? Threshold);

internal sealed record PhotoCountsJson(
    long Total,
    long Searchable,
    long TooPoor,
    long NoFace,
    long Unreadable,
    long Waiting,
    long? UnreadableNow
)
{
    public static PhotoCountsJson Of(PhotoCounts photos) =>
        new(
            photos.Total,
            photos.Searchable,
            photos.TooPoor,
            photos.NoFace,
            photos.Unreadable,
            photos.Waiting,
            photos.UnreadableNow > 0 ? photos.UnreadableNow : null
        );
}

internal sealed record SpaceJson(string Key, string Model, string Of, int Dimensions, long Rows);

/// <summary>Photos by how their faces were found; key and description are missing where that was not noted.</summary>
internal sealed record ProvenanceJson(string? Key, string? Description, long Photos);

internal sealed record StatusJson(
    string Collection,
    PhotoCountsJson Photos,
    long Faces,
    IReadOnlyList<SpaceJson> Spaces,
    IReadOnlyList<ProvenanceJson> Provenance,
    string? Calibration,
    long Bytes,
    QueueJson? Queue,
    StoreJson? Store
);

internal sealed record CopyJson(PhotoCountsJson Photos, long Faces);

internal sealed record PlanJson(long Faces, long Bytes, long ReaderMemory, double IndexSeconds, long Machines);

/// <summary>The files that wait for workers; null where a directory keeps the collection.</summary>
internal sealed record QueueJson(long Waiting, long Claimed, long Failed);

/// <summary>The database that keeps a collection.</summary>
internal sealed record StoreJson(string Kind, string Version, string Pgvector, string? Citus)
{
    public static StoreJson? Of(StoreFacts? facts) => facts is null ? null : new(facts.Kind, facts.Version, facts.Pgvector, facts.Citus);
}

internal sealed record RelocateJson(long Files, long Changed);

/// <summary>A score that a false match rate takes: by the model's calibration, and by the collection's own, with the rates between which it
/// lies.</summary>
internal sealed record CalibratedRateJson(double Rate, float ModelScore, float Score, double? Low, double? High);

internal sealed record CalibrateJson(int Photos, int LeftOut, long Comparisons, IReadOnlyList<CalibratedRateJson> Rates);

internal sealed record IndexedJson(string Path, int? Faces, bool? Look, string? Error, string? Reason);

internal sealed record IndexJson(
    long Photos,
    long Faces,
    long? Looks,
    long Skipped,
    long? Completed,
    long Failed,
    long Removed,
    string? Kept,
    double Seconds
);

internal sealed record PhotoJson(long? Photo, string Path, string State, string? Error);

internal sealed record ModelJson(
    string Name,
    string Makes,
    string File,
    string Sha256,
    string Licence,
    string Origin,
    string TrainingData,
    bool BuiltIn,
    string? State,
    string? Problem
);

internal sealed record KnnMsJson(double Median, double P95);

internal sealed record KnnJson(
    int Rows,
    int Dimensions,
    string Algorithm,
    double BuildSeconds,
    KnnMsJson QueryMs,
    double QueriesPerSecond,
    long IndexBytes
);

internal sealed record EmbedJson(string File, int Rows, int Dimensions, double ImagesPerSecond);

internal sealed record LfwJson(
    string Out,
    int Images,
    int People,
    int PeopleWithTwoOrMore,
    IReadOnlyList<string> Missing,
    IReadOnlyList<string> Damaged,
    int LeftOut
);

internal sealed record ArraysJson(string Out, int Rows, int Classes, int Fitted);

internal sealed record GuessJson(string Person, double Probability);

internal sealed record ClassifyJson(string Image, int Classes, IReadOnlyList<GuessJson> People);

internal sealed record StudentJson(
    string Page,
    int Images,
    bool Trained,
    string? NotTrained,
    int? OtherPhotos,
    int? NamedRight,
    double Seconds,
    ExperimentsJson Experiments
);

internal sealed record VerifyJson(bool Sound, IReadOnlyList<string> Problems, IReadOnlyList<string> Photos, IReadOnlyList<string> Indexes);

internal sealed record ForgetJson(
    DateTimeOffset At,
    int Photos,
    int Faces,
    int Embeddings,
    int Files,
    int People,
    bool Overwritten,
    DateTimeOffset? OverwrittenAt
);

internal sealed record BackupJson(string File, long Bytes, long Photos, long Faces);

internal sealed record MarksJson(int Photos, int Faces);

internal sealed record ErasedJson(int Photos, int Faces, int Embeddings, IReadOnlyList<ErasedPhotoJson> Which);

internal sealed record ErasedPhotoJson(IReadOnlyList<string> Paths, int Faces, bool Whole);

internal sealed record RestoreJson(string File, long Photos, long Faces, MarksJson Marks, ErasedJson Erased, bool Overwritten);

internal sealed record CheckJson(string Name, bool Ok, string Says);

internal sealed record DoctorJson(bool Ok, IReadOnlyList<CheckJson> Checks);

/// <summary>What other programs read: camelCase, one document (or one a line) on standard output. Published names stay.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[
    JsonSerializable(typeof(SearchJson)),
    JsonSerializable(typeof(CompareJson)),
    JsonSerializable(typeof(DuplicatesJson)),
    JsonSerializable(typeof(ApiKeyJson)),
    JsonSerializable(typeof(WhyJson)),
    JsonSerializable(typeof(CalibrateJson)),
    JsonSerializable(typeof(RelocateJson)),
    JsonSerializable(typeof(CopyJson)),
    JsonSerializable(typeof(PlanJson)),
    JsonSerializable(typeof(CertificateJson)),
    JsonSerializable(typeof(StatusJson))
]
[
    JsonSerializable(typeof(IndexedJson)),
    JsonSerializable(typeof(IndexJson)),
    JsonSerializable(typeof(PhotoJson)),
    JsonSerializable(typeof(ModelJson))
]
[
    JsonSerializable(typeof(EvalJson)),
    JsonSerializable(typeof(KnnJson)),
    JsonSerializable(typeof(VerifyJson)),
    JsonSerializable(typeof(ForgetJson)),
    JsonSerializable(typeof(DoctorJson))
]
[
    JsonSerializable(typeof(EmbedJson)),
    JsonSerializable(typeof(LfwJson)),
    JsonSerializable(typeof(ArraysJson)),
    JsonSerializable(typeof(ExperimentsJson))
]
[
    JsonSerializable(typeof(BackupJson)),
    JsonSerializable(typeof(RestoreJson)),
    JsonSerializable(typeof(ClassifyJson)),
    JsonSerializable(typeof(StudentJson))
]
[
    JsonSerializable(typeof(GroupingJson)),
    JsonSerializable(typeof(PersonJson)),
    JsonSerializable(typeof(PersonFaceJson)),
    JsonSerializable(typeof(PersonCheckJson)),
    JsonSerializable(typeof(JournalJson)),
    JsonSerializable(typeof(CaseJson))
]
internal sealed partial class Json : JsonSerializerContext
{
    /// <summary>
    /// Made when first used: the generated part of this class has static fields of its own, in no order that one could rely on.
    /// </summary>
    private static Json Relaxed =>
        field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>One line on standard output.</summary>
    public static void Write<T>(T value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, typeof(T), Relaxed));
}
