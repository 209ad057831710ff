using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sosia.Server.Json;

/// <summary>All JSON of the API, by generated code: camelCase, nulls left out, unknown names refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    MaxDepth = 16
)]
[
    JsonSerializable(typeof(ProblemShape)),
    JsonSerializable(typeof(CollectionShape)),
    JsonSerializable(typeof(ItemsShape<CollectionShape>)),
    JsonSerializable(typeof(SessionShape))
]
[
    JsonSerializable(typeof(PhotoShape)),
    JsonSerializable(typeof(FaceShape)),
    JsonSerializable(typeof(FailureShape)),
    JsonSerializable(typeof(ItemsShape<FaceShape>))
]
[
    JsonSerializable(typeof(ListShape<PhotoShape>)),
    JsonSerializable(typeof(ListShape<FaceShape>)),
    JsonSerializable(typeof(ListShape<FailureShape>))
]
[
    JsonSerializable(typeof(QueryShape)),
    JsonSerializable(typeof(SearchShape)),
    JsonSerializable(typeof(WhyShape)),
    JsonSerializable(typeof(JobShape)),
    JsonSerializable(typeof(ItemsShape<JobShape>))
]
[JsonSerializable(typeof(MatchShape[])), JsonSerializable(typeof(ReceiptShape)), JsonSerializable(typeof(HealthShape))]
[
    JsonSerializable(typeof(SearchBody)),
    JsonSerializable(typeof(WhyBody)),
    JsonSerializable(typeof(ExportBody)),
    JsonSerializable(typeof(KeyBody)),
    JsonSerializable(typeof(JobBody))
]
[JsonSerializable(typeof(RetryBody)), JsonSerializable(typeof(ForgetBody)), JsonSerializable(typeof(FaceBoxBody))]
[
    JsonSerializable(typeof(PeopleShape)),
    JsonSerializable(typeof(PersonDetailsShape)),
    JsonSerializable(typeof(ItemsShape<SuggestionShape>)),
    JsonSerializable(typeof(ItemsShape<ChangeShape>)),
    JsonSerializable(typeof(SaidShape)),
    JsonSerializable(typeof(DrawnShape))
]
[
    JsonSerializable(typeof(ItemsShape<CaseShape>)),
    JsonSerializable(typeof(CaseDetailsShape)),
    JsonSerializable(typeof(CaseMatchesShape)),
    JsonSerializable(typeof(CaseBody)),
    JsonSerializable(typeof(CaseFacesBody)),
    JsonSerializable(typeof(CaseChangeBody)),
    JsonSerializable(typeof(CaseMatchesBody))
]
[
    JsonSerializable(typeof(NameBody)),
    JsonSerializable(typeof(RenameBody)),
    JsonSerializable(typeof(MergeBody)),
    JsonSerializable(typeof(FacesBody)),
    JsonSerializable(typeof(DrawBody)),
    JsonSerializable(typeof(UndoBody))
]
internal sealed partial class ServerJson : JsonSerializerContext
{
    /// <summary>With text as it is, not as \u sequences: nothing here is ever pasted into HTML.</summary>
    public static ServerJson Relaxed =>
        field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
