using Microsoft.AspNetCore.OpenApi;

namespace Sosia.Server.Endpoints;

/// <summary>The API's description for machines, and a page to try it.</summary>
internal static class ApiDescription
{
    public static void Describe(OpenApiOptions options) => options.AddDocumentTransformer((document, _, _) =>
    {
        document.Info = new Microsoft.OpenApi.OpenApiInfo { Title = "Sosia", Version = "v1", Description = "Finds the photos in which a person appears. docs/api.md says it in words." };
        return Task.CompletedTask;
    });

    public static void Map(WebApplication app) => app.MapOpenApi("/api/{documentName}/openapi.json");
}
