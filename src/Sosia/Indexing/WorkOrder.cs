using System.Text.Json;
using System.Text.Json.Serialization;
using Sosia.Catalogue;
using Sosia.Faces;
using Sosia.Photos;
using Sosia.Pipeline;

namespace Sosia.Indexing;

/// <summary>
/// How files of a queue are to be read: the same in every process that reads them. What a worker needs to open its networks is in it, and
/// the keys of what they make, so that one of another version is found out before it stores anything.
/// </summary>
/// <param name="Model">The face model; null for the default.</param>
/// <param name="Detector">What counts as a face.</param>
/// <param name="Quality">Which faces are too poor.</param>
/// <param name="Photos">Limits on files.</param>
/// <param name="LookModel">The image model; null when photos are not indexed by look.</param>
/// <param name="Again">Photos whose faces were found in another way are read again.</param>
/// <param name="Places">The places of photos are kept.</param>
/// <param name="Faces">The key of the space of faces.</param>
/// <param name="FoundBy">The key of how faces are found.</param>
/// <param name="Looks">The key of the space of photos; null when photos are not indexed by look.</param>
/// <param name="Descriptor">The version of what copies are found by.</param>
internal sealed record WorkOrder(
    string? Model,
    DetectorOptions Detector,
    QualityOptions Quality,
    PhotoOptions Photos,
    string? LookModel,
    bool Again,
    bool Places,
    string Faces,
    string FoundBy,
    string? Looks,
    int Descriptor
)
{
    /// <summary>The order as text; the same order gives the same text.</summary>
    public string ToText() => JsonSerializer.Serialize(this, WorkOrderText.Default.WorkOrder);

    /// <exception cref="CatalogueException">It was made by another version of this program.</exception>
    public static WorkOrder Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, WorkOrderText.Default.WorkOrder) ?? throw new JsonException("it is null");
        }
        catch (JsonException mistake)
        {
            throw new CatalogueException(
                CatalogueProblem.TooNew,
                $"The files that wait were put there by another version of Sosia ({mistake.Message}): run the same one on all machines.",
                mistake
            );
        }
    }

    /// <summary>Fails where this process would make something else of files than is ordered.</summary>
    /// <param name="own">What it would make.</param>
    /// <exception cref="CatalogueException">It would; the message says of what.</exception>
    public void ThrowUnlessSame(WorkOrder own)
    {
        var what =
            Faces != own.Faces ? "other rows of faces"
            : FoundBy != own.FoundBy ? "faces that are found in another way"
            : Looks != own.Looks ? "other rows by look"
            : Descriptor != own.Descriptor ? "other descriptors of copies"
            : null;
        if (what is not null)
            throw new CatalogueException(
                CatalogueProblem.Conflict,
                $"The files that wait were put there by a Sosia of another version or with other models; this one would make {what}: "
                    + "install the same version and the same models on all machines."
            );
    }
}

/// <summary>Orders as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WorkOrder))]
internal sealed partial class WorkOrderText : JsonSerializerContext;
