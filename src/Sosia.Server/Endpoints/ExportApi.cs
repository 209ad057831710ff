using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Sosia.Reports;
using Sosia.Server.Errors;
using Sosia.Server.Json;
using Sosia.Server.Searching;
using Sosia.Server.Work;

namespace Sosia.Server.Endpoints;

/// <summary>The matches of a search as a download.</summary>
internal static class ExportApi
{
    /// <summary>Photos in one HTML file, which a browser holds in memory as a whole.</summary>
    private const int MostPictures = 1000;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/export", Export)
            .WithTags("search")
            .Produces(200, contentType: "text/csv")
            .WithSummary("The matches as CSV, JSON, ZIP of originals, or one HTML file")
            .DisableRequestTimeout();

    private static async Task Export(ExportBody body, Searcher searcher, Collection collection, PictureWork work, HttpContext context)
    {
        var (person, answer) = await searcher.SearchAsync(body.Search, context);
        var result = answer.Unfolded(); // every file is wanted
        if (body.Photos is { } wanted)
        {
            var photos = wanted.ToHashSet();
            result = result with { Matches = [.. result.Matches.Where(match => photos.Contains(match.Photo.Id.Value))] };
        }
        var response = context.Response;
        switch (body.Format)
        {
            case "csv":
                await Send(response, "matches.csv", "text/csv; charset=utf-8", Encoding.UTF8.GetBytes(MatchExport.ToCsv(result.Matches)));
                break;
            case "json":
                await Send(
                    response,
                    "matches.json",
                    "application/json",
                    JsonSerializer.SerializeToUtf8Bytes([.. result.Matches.Select(ToShape.Match)], ServerJson.Relaxed.MatchShapeArray)
                );
                break;
            case "html":
                if (result.Matches.Count > MostPictures)
                    throw ProblemException.BadRequest(
                        $"An HTML file holds at most {MostPictures:N0} photos, got {result.Matches.Count:N0}: lower `limit`, or name "
                            + "fewer `photos`."
                    );
                Head(response, "matches.html", "text/html; charset=utf-8");
                var source = new ServedPageSource(person.References, collection, work);
                await SearchPage.WriteAsync(response.Body, result, source, context.RequestAborted);
                break;
            case "zip":
                Head(response, "matches.zip", "application/zip");
                // The archive is written as it is sent: nothing of it is kept, in memory or on the disk.
                context.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
                await Task.Run(() => MatchExport.WriteZip(result.Matches, collection.Pictures, response.Body, context.RequestAborted));
                break;
            default:
                throw ProblemException.BadRequest($"Expected `format` to be csv, json, zip or html, got '{body.Format}'.");
        }
    }

    private static Task Send(HttpResponse response, string name, string type, byte[] bytes)
    {
        Head(response, name, type);
        response.ContentLength = bytes.Length;
        return response.Body.WriteAsync(bytes).AsTask();
    }

    private static void Head(HttpResponse response, string name, string type)
    {
        response.ContentType = type;
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
    }
}
