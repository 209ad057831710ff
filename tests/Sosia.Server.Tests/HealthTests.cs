using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;

namespace Sosia.Server.Tests;

public class HealthTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task A_server_over_a_collection_is_live_and_ready()
    {
        var server = shared.Open;
        Assert.Equal("live", (await server.Json("health/live")).GetProperty("status").GetString());
        Assert.Equal("ready", (await server.Json("health/ready")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Without_a_collection_the_server_is_live_says_what_is_missing_and_can_make_one()
    {
        await using var server = await RunningServer.Start(samples: false);
        await server.Json("health/live");
        Assert.Contains(
            "missing",
            (await RunningServer.Body(await server.Client.GetAsync("health/ready"), 503)).GetProperty("detail").GetString()
        );
        await RunningServer.Problem(await server.Client.GetAsync("photos"), 503, "no-collection");
        await RunningServer.Problem(await server.Client.GetAsync("search?face=1"), 503, "no-collection");
    }

    [Fact]
    public async Task A_damaged_catalogue_is_said_and_not_served()
    {
        await using var server = await RunningServer.Start(samples: false);
        Directory.CreateDirectory(server.CollectionDirectory);
        await File.WriteAllBytesAsync(Path.Combine(server.CollectionDirectory, "catalogue.db"), new byte[8192]);
        await RunningServer.Problem(await server.Client.GetAsync("photos"), 503, "collection-damaged");
    }

    [Fact]
    public async Task The_collection_says_what_it_holds()
    {
        var server = shared.Open;
        var collection = await server.Json("collections/current");
        Assert.Equal(6, collection.GetProperty("photos").GetProperty("total").GetInt64());
        Assert.Equal(512, collection.GetProperty("spaces")[0].GetProperty("dimensions").GetInt32());
        Assert.True(collection.GetProperty("calibrated").GetBoolean());
        Assert.Equal(
            collection.GetProperty("id").GetString(),
            (await server.Json("collections")).GetProperty("items")[0].GetProperty("id").GetString()
        );
    }

    [Fact]
    public async Task Figures_are_in_prometheus_text_by_stage()
    {
        await using var server = await RunningServer.Start();
        await server.Upload(Samples.Photos[0]);
        await server.Json("search?face=1");
        var answer = await server.Client.GetAsync("/metrics");
        Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
        var text = await answer.Content.ReadAsStringAsync();
        foreach (var stage in (string[])["decode", "detect", "align", "embed", "search"])
            Assert.Contains($"sosia_stage_duration_seconds_count{{stage=\"{stage}\"}}", text);
        Assert.Contains("sosia_queries_held 1\n", text);
        Assert.Contains("http_server_request_duration_seconds_bucket{", text);
        Assert.All(
            text.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.Matches(@"^(# (HELP|TYPE) .+|[a-z_]+(\{.*\})? -?[0-9.E+-]+)$", line)
        );
    }

    [Fact]
    public async Task The_description_names_every_route_of_the_api()
    {
        var server = shared.Open;
        var described = (await server.Json("openapi.json"))
            .GetProperty("paths")
            .EnumerateObject()
            .SelectMany(path =>
                path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {Plain(path.Name["/api/v1".Length..])}")
            )
            .ToList();
        var mapped = server
            .Get<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(route =>
                route.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null
                && route.RoutePattern.RawText!.StartsWith("/api/v1/", StringComparison.Ordinal)
            )
            .SelectMany(route =>
                route
                    .Metadata.GetRequiredMetadata<HttpMethodMetadata>()
                    .HttpMethods.Select(method => $"{method} {Plain(route.RoutePattern.RawText!["/api/v1".Length..])}")
            );
        Assert.Equal(mapped.Order(), described.Order());

        var words = Plain(await File.ReadAllTextAsync(Path.Combine(Root(), "docs", "api.md")));
        Assert.All(described, route => Assert.Contains($"`{route}", words));

        static string Plain(string path) => Regex.Replace(path, @"\{[a-z]+(:[a-z]+)?\}", "{}").TrimEnd('/');
    }

    private static string Root()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "Sosia.slnx")))
                return folder;
        throw new InvalidOperationException("Sosia.slnx is not above the tests.");
    }

    [Fact]
    public async Task The_page_that_shows_the_api_loads_nothing_from_elsewhere()
    {
        var server = shared.Open;
        var page = await server.Client.GetStringAsync("docs");
        Assert.DoesNotContain("//", page.Replace("<!doctype html>", "", StringComparison.Ordinal));
        foreach (var script in (string[])["docs/scalar.js", "docs/start.js"])
            Assert.Equal("text/javascript", (await server.Client.GetAsync(script)).Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_wrong_method_and_a_wrong_address_are_problems_too()
    {
        var server = shared.Open;
        await RunningServer.Problem(await server.Client.PutAsync("photos", null), 405, "wrong-method");
        await RunningServer.Problem(await server.Client.GetAsync("nothing/here"), 404, "not-found");
        await RunningServer.Problem(await server.Client.PostAsync("forget", new StringContent("{}")), 415, "wrong-media-type");
        Assert.Equal(HttpStatusCode.NotFound, (await server.Client.GetAsync("/no-such-file.js")).StatusCode);
    }

    [Fact]
    public async Task The_start_page_comes_compressed_and_is_known_by_its_tag()
    {
        var server = shared.Open;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "Accept-Encoding", "gzip, br" } } };
        var page = await server.Client.SendAsync(request);
        Assert.Equal(["br"], page.Content.Headers.ContentEncoding);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { IfNoneMatch = { page.Headers.ETag! } } };
        Assert.Equal(HttpStatusCode.NotModified, (await server.Client.SendAsync(again)).StatusCode);
    }
}
