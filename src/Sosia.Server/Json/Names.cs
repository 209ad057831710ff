using System.Text.Json;

namespace Sosia.Server.Json;

/// <summary>How the library's words are written in JSON.</summary>
internal static class Names
{
    /// <summary>"NoFace" is "noFace".</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
