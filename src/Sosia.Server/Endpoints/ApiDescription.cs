using System.IO.Compression;
using Microsoft.AspNetCore.OpenApi;
using Scalar.AspNetCore;

namespace Sosia.Server.Endpoints;

/// <summary>
/// The API's description for machines, and a page to try it: Scalar, its script out of its package, nothing from elsewhere.
/// </summary>
internal static class ApiDescription
{
    private const string Script = "ScalarStaticAssets.scalar.js";

    /// <summary>Scalar writes its styles into the page; scripts and connections stay this server's own.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        + "connect-src 'self'; "
        + "worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string Page = """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Sosia: the REST API</title></head>
        <body><div id="app"></div><script src="docs/scalar.js"></script><script src="docs/start.js"></script></body></html>
        """;

    private const string Start = """
        Scalar.createApiReference('#app', { url: 'openapi.json', withDefaultFonts: false, telemetry: false,
        hideClientButton: true, agent: { disabled: true }, mcp: { disabled: true }, showDeveloperTools: 'never' });
        """;

    private static readonly Lazy<(byte[] Bytes, bool Compressed)> Bundle = new(ReadScript);

    public static void Describe(OpenApiOptions options)
    {
        ApiDetails.Describe(options);
        options.AddDocumentTransformer(
            (document, _, _) =>
            {
                document.Info = new Microsoft.OpenApi.OpenApiInfo
                {
                    Title = "Sosia",
                    Version = "v1",
                    Description = "Finds the photos in which a person appears. docs/api.md says it in words.",
                };
                document.Servers = []; // wherever this came from
                return Task.CompletedTask;
            }
        );
    }

    public static void Map(WebApplication app)
    {
        app.MapOpenApi("/api/{documentName}/openapi.json");
        var docs = app.MapGroup("/api/v1/docs").ExcludeFromDescription();
        docs.MapGet(
            "",
            (HttpResponse response) =>
            {
                response.Headers.ContentSecurityPolicy = Policy;
                return TypedResults.Text(Page, "text/html; charset=utf-8");
            }
        );
        docs.MapGet("/start.js", () => TypedResults.Text(Start, "text/javascript; charset=utf-8"));
        docs.MapGet(
            "/scalar.js",
            (HttpResponse response) =>
            {
                if (Bundle.Value.Compressed)
                    response.Headers.ContentEncoding = "gzip";
                return TypedResults.Bytes(Bundle.Value.Bytes, "text/javascript; charset=utf-8");
            }
        );
    }

    private static (byte[] Bytes, bool Compressed) ReadScript()
    {
        using var stream =
            typeof(ScalarOptions).Assembly.GetManifestResourceStream(Script)
            ?? throw new InvalidOperationException($"The package Scalar.AspNetCore no longer carries {Script}.");
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        var bytes = memory.ToArray();
        if (bytes is [0x1F, 0x8B, ..])
            return (bytes, true);
        using var smaller = new MemoryStream();
        using (var gzip = new GZipStream(smaller, CompressionLevel.Optimal))
            gzip.Write(bytes);
        return (smaller.ToArray(), true);
    }
}
