using System.Collections.Frozen;
using System.IO.Compression;
using System.Net;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Sosia.Server.Page;

/// <summary>
/// The page's files, out of the program itself, compressed once. They hold no data: whoever may not ask the API sees an empty page.
/// </summary>
internal static class PageFiles
{
    private const string Folder = "wwwroot/";

    private static readonly FrozenDictionary<string, PageFile> Files = Load();

    /// <summary>Every file at its own address; the start page at <c>/</c> and wherever the page's own links lead.</summary>
    /// <param name="app">What gets the routes.</param>
    /// <param name="basePath">The path under which a proxy gives the page to the world; empty for the root.</param>
    public static void Map(IEndpointRouteBuilder app, string basePath)
    {
        foreach (var (path, file) in Files)
            app.MapGet("/" + path, context => Send(context, file)).AllowAnonymous().ExcludeFromDescription();
        if (!Files.TryGetValue("index.html", out var start))
            return;
        start = basePath.Length > 0 ? start.Under(basePath) : start;
        foreach (
            var address in (string[])
                [
                    "/",
                    "/photos/{id:long?}",
                    "/people/{id:long?}",
                    "/groups/{id:long}",
                    "/cases/{id:long?}",
                    "/faces/{id:long?}",
                    "/failures",
                    "/jobs",
                    "/search",
                ]
        )
            app.MapGet(address, context => Send(context, start)).AllowAnonymous().ExcludeFromDescription();
    }

    private static Task Send(HttpContext context, PageFile file)
    {
        var response = context.Response;
        response.Headers.ETag = file.Tag;
        response.Headers.CacheControl = "no-cache";
        response.Headers.Vary = "Accept-Encoding";
        if (context.Request.Headers.IfNoneMatch.Contains(file.Tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }
        var compressed =
            file.Compressed is not null
            && context.Request.GetTypedHeaders().AcceptEncoding.Any(encoding => encoding.Value == "br" && encoding.Quality is not 0);
        if (compressed)
            response.Headers.ContentEncoding = "br";
        var bytes = compressed ? file.Compressed! : file.Bytes;
        response.ContentType = file.Type;
        response.ContentLength = bytes.Length;
        return response.Body.WriteAsync(bytes).AsTask();
    }

    private static FrozenDictionary<string, PageFile> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly
            .GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .ToFrozenDictionary(
                name => name[Folder.Length..].Replace('\\', '/'),
                name => PageFile.Read(assembly.GetManifestResourceStream(name)!, Path.GetExtension(name)),
                StringComparer.Ordinal
            );
    }

    private sealed record PageFile(byte[] Bytes, byte[]? Compressed, string Type, string Tag)
    {
        public static PageFile Read(Stream stream, string extension)
        {
            using var memory = new MemoryStream();
            using (stream)
                stream.CopyTo(memory);
            var bytes = memory.ToArray();
            var type = extension switch
            {
                ".html" => "text/html; charset=utf-8",
                ".js" => "text/javascript; charset=utf-8",
                ".css" => "text/css; charset=utf-8",
                ".svg" => "image/svg+xml",
                ".json" or ".webmanifest" => "application/manifest+json",
                ".woff2" => "font/woff2",
                ".png" => "image/png",
                ".ico" => "image/x-icon",
                _ => "application/octet-stream",
            };
            return new PageFile(
                bytes,
                type.StartsWith("text/", StringComparison.Ordinal) || extension is ".svg" ? Compress(bytes) : null,
                type,
                TagOf(bytes)
            );
        }

        /// <summary>The start page with every address under a path, and the path where the scripts find it.</summary>
        public PageFile Under(string basePath)
        {
            var path = WebUtility.HtmlEncode(basePath);
            var html = Encoding
                .UTF8.GetString(Bytes)
                .Replace("<html ", $"<html data-base=\"{path}\" ", StringComparison.Ordinal)
                .Replace("href=\"/", $"href=\"{path}/", StringComparison.Ordinal)
                .Replace("src=\"/", $"src=\"{path}/", StringComparison.Ordinal);
            var bytes = Encoding.UTF8.GetBytes(html);
            return new PageFile(bytes, Compress(bytes), Type, TagOf(bytes));
        }

        private static string TagOf(byte[] bytes) => $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}\"";

        private static byte[] Compress(byte[] bytes)
        {
            using var memory = new MemoryStream();
            using (var brotli = new BrotliStream(memory, CompressionLevel.SmallestSize))
                brotli.Write(bytes);
            return memory.ToArray();
        }
    }
}
