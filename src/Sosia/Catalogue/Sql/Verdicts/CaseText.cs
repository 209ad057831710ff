using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sosia.Catalogue.Sql.Verdicts;

/// <summary>What a case is, as the value of a cell.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault
)]
[JsonSerializable(typeof(CaseDetails))]
internal sealed partial class CaseText : JsonSerializerContext
{
    public static string Write(CaseDetails details) => JsonSerializer.Serialize(details, Default.CaseDetails);

    /// <exception cref="JsonException">It is not what was written.</exception>
    public static CaseDetails Read(string text) => JsonSerializer.Deserialize(text, Default.CaseDetails)!;
}
