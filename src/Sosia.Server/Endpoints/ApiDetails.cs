using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Sosia.Server.Json;
using Sosia.Server.Safety.SignIn;

namespace Sosia.Server.Endpoints;

/// <summary>What the description says beyond the handlers' own types: who may ask, how errors look, which words a field takes.</summary>
internal static class ApiDetails
{
    private const string Key = "key",
        Browser = "browser",
        Problem = "Problem";

    /// <summary>The words of the parameters and fields that take words.</summary>
    private static readonly Dictionary<string, string[]> Words = new(StringComparer.Ordinal)
    {
        ["by"] = ["person", "look", "both", "copy"],
        ["sort"] = ["score", "newest", "oldest"],
        ["combine"] = ["mean", "best"],
        ["format"] = ["csv", "json", "zip", "html"],
        ["kind"] = ["index"],
    };

    private static readonly string[] States = ["searchable", "tooPoor", "noFace"];

    /// <summary>The bodies whose fields are described.</summary>
    private static readonly Type[] Bodies = [typeof(SearchBody), typeof(ExportBody), typeof(JobBody)];

    public static void Describe(OpenApiOptions options)
    {
        options.AddDocumentTransformer(
            (document, _, _) =>
            {
                AddSchemes(document);
                return Task.CompletedTask;
            }
        );
        options.AddOperationTransformer(
            (operation, context, _) =>
            {
                Describe(operation, context.Description, context.Document!);
                return Task.CompletedTask;
            }
        );
        options.AddSchemaTransformer(
            (schema, context, _) =>
            {
                if (Bodies.Contains(context.JsonTypeInfo.Type))
                    foreach (var (name, property) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>())
                        if (property is OpenApiSchema field && Words.TryGetValue(name, out var words))
                            field.Enum = Values(words);
                return Task.CompletedTask;
            }
        );
    }

    private static void AddSchemes(OpenApiDocument document)
    {
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Key] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An API key, or the token of this start: Authorization: Bearer KEY.",
            },
            [Browser] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Cookie,
                Name = "sosia-…",
                Description = $"What POST /session gives; whoever changes something sends {Antiforgery.Header} too.",
            },
        };
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        document.Components.Schemas[Problem] = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "An error (RFC 9457): `type` ends with one of the words of docs/api.md.",
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["type"] = new OpenApiSchema { Type = JsonSchemaType.String },
                ["title"] = new OpenApiSchema { Type = JsonSchemaType.String },
                ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
                ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String },
                ["reason"] = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null },
            },
        };
    }

    private static void Describe(
        OpenApiOperation operation,
        Microsoft.AspNetCore.Mvc.ApiExplorer.ApiDescription route,
        OpenApiDocument document
    )
    {
        operation.OperationId = NameOf(route.HttpMethod ?? "GET", route.RelativePath ?? "");
        operation.Responses ??= [];
        foreach (var (status, says) in Errors(route))
            operation.Responses.TryAdd(
                status,
                new OpenApiResponse
                {
                    Description = says,
                    Content = new Dictionary<string, OpenApiMediaType>
                    {
                        ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(Problem, document) },
                    },
                }
            );
        if (NeedsKey(route))
            operation.Security =
            [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Key, document)] = [] },
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Browser, document)] = [] },
            ];
        if (route.ActionDescriptor.EndpointMetadata.OfType<Listing.Paged>().Any())
            AddPaging(operation);
        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
            if (parameter is { Name: { } name, Schema: OpenApiSchema schema } && WordsOf(name) is { } words)
                schema.Enum = Values(words);
    }

    private static void AddPaging(OpenApiOperation operation)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(
            new OpenApiParameter
            {
                Name = "after",
                In = ParameterLocation.Query,
                Description = "The `next` of the page before.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            }
        );
        operation.Parameters.Add(
            new OpenApiParameter
            {
                Name = "limit",
                In = ParameterLocation.Query,
                Description = "Items of a page.",
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Integer,
                    Minimum = "1",
                    Maximum = Listing.Most.ToString(CultureInfo.InvariantCulture),
                    Default = JsonValue.Create(Listing.Default),
                },
            }
        );
    }

    private static IEnumerable<(string Status, string Says)> Errors(Microsoft.AspNetCore.Mvc.ApiExplorer.ApiDescription route)
    {
        yield return ("400", "The request can't be read.");
        if (NeedsKey(route))
        {
            yield return ("401", "No key, or a wrong one.");
            yield return ("403", "The key does not allow this, or another site's page asked.");
        }
        if (route.RelativePath?.Contains('{', StringComparison.Ordinal) == true)
            yield return ("404", "There is no such thing.");
        yield return ("429", "Too many requests: come again after the seconds of Retry-After.");
        yield return ("5XX", "The server's own fault, or its collection's.");
    }

    private static bool NeedsKey(Microsoft.AspNetCore.Mvc.ApiExplorer.ApiDescription route) =>
        !route.ActionDescriptor.EndpointMetadata.OfType<IAllowAnonymous>().Any();

    private static string[]? WordsOf(string parameter) => parameter == "state" ? States : Words.GetValueOrDefault(parameter);

    private static IList<JsonNode> Values(string[] words) => [.. words.Select(word => (JsonNode)JsonValue.Create(word)!)];

    /// <summary><c>GET api/v1/photos/{id}/thumbnail</c> is "getPhotosByIdThumbnail".</summary>
    private static string NameOf(string method, string path) =>
        method.ToLowerInvariant()
        + string.Concat(
            path.Split('/', '?')
                .Where(part => part is not ("api" or "v1" or ""))
                .Select(part => part.StartsWith('{') ? "By" + Capital(part.Trim('{', '}').Split(':')[0]) : Capital(part))
        );

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];
}
