using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Sosia.Hosting;
using Sosia.Server.Safety.Keys;

namespace Sosia.Server.Tests;

public class SafetyTests(SharedServer shared) : IClassFixture<SharedServer>
{
    /// <summary>What may be asked without the key. A route that is not here and allows it fails the test.</summary>
    private static readonly string[] Open = ["/api/v1/session", "/api/v1/health/live", "/api/v1/health/ready"];

    [Fact]
    public async Task Every_route_denies_by_default_in_the_endpoint_table()
    {
        await using var server = await RunningServer.Start(withKey: true);
        var routes = Routes(server).ToList();
        Assert.True(routes.Count > 35, $"{routes.Count} routes");
        var open = routes
            .Where(route => route.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            .Select(route => "/" + route.RoutePattern.RawText!.Trim('/'))
            .Where(path => path.StartsWith("/api", StringComparison.Ordinal) || path.StartsWith("/metrics", StringComparison.Ordinal));
        Assert.Equal(Open.Order(), open.Distinct().Order());
    }

    [Fact]
    public async Task Every_route_denies_by_default_when_it_is_asked()
    {
        await using var server = await RunningServer.Start(withKey: true);
        foreach (var route in Routes(server).Where(route => route.Metadata.GetMetadata<IAllowAnonymous>() is null))
        foreach (var method in route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
        {
            var path = System.Text.RegularExpressions.Regex.Replace(
                "/" + route.RoutePattern.RawText!.TrimStart('/'),
                @"\{documentName\}",
                "v1"
            );
            path = System.Text.RegularExpressions.Regex.Replace(path, @"\{[^}]*\}", "1");
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            var answer = await server.Client.SendAsync(request);
            Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, $"{method} {path} answered {(int)answer.StatusCode}");
        }
    }

    [Fact]
    public async Task The_key_opens_everything_and_another_does_not()
    {
        await using var server = await RunningServer.Start(withKey: true);
        await RunningServer.Problem(await Send(server, HttpMethod.Get, "photos"), 401, "key-needed");
        await RunningServer.Problem(await Send(server, HttpMethod.Get, "photos", bearer: "sosia_00"), 401, "wrong-key");
        await RunningServer.Problem(await Send(server, HttpMethod.Get, "photos", bearer: server.Key![..^1]), 401, "wrong-key");
        await RunningServer.Problem(await Send(server, HttpMethod.Get, "photos", bearer: server.Key + "0"), 401, "wrong-key");
        Assert.Equal(HttpStatusCode.OK, (await Send(server, HttpMethod.Get, "photos", bearer: server.Key)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Send(server, HttpMethod.Get, "/metrics", bearer: server.Key)).StatusCode);
    }

    [Fact]
    public async Task The_key_is_kept_as_a_hash_that_only_its_owner_may_read()
    {
        await using var server = await RunningServer.Start(withKey: true);
        var file = Path.Combine(server.CollectionDirectory, "server.keys");
        Assert.DoesNotContain(server.Key!, await File.ReadAllTextAsync(file));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.All(
            Directory.GetFiles(server.CollectionDirectory),
            path => Assert.DoesNotContain(server.Key!["sosia_".Length..], File.ReadAllText(path))
        );
        await File.WriteAllTextAsync(file, "");
        Assert.Throws<OptionException>(() => new KeyStore(server.CollectionDirectory).Read());
    }

    [Fact]
    public async Task A_browser_signs_in_with_a_strict_cookie_and_changes_things_only_with_its_token()
    {
        await using var server = await RunningServer.Start(withKey: true);
        var before = await RunningServer.Body(await Send(server, HttpMethod.Get, "session"));
        Assert.True(before.GetProperty("keyNeeded").GetBoolean());
        Assert.False(before.GetProperty("signedIn").GetBoolean());

        var answer = await server.Client.PostAsync("session", JobsTests.JsonContent(new { key = server.Key }));
        var set = answer.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", set, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", set, StringComparison.OrdinalIgnoreCase);
        var token = (await RunningServer.Body(answer)).GetProperty("antiforgery").GetString()!;
        var cookie = set.Split(';')[0];

        Assert.Equal(HttpStatusCode.OK, (await Send(server, HttpMethod.Get, "photos", cookie: cookie)).StatusCode);
        await RunningServer.Problem(await Send(server, HttpMethod.Delete, "photos/999", cookie: cookie), 403, "antiforgery");
        await RunningServer.Problem(
            await Send(server, HttpMethod.Delete, "photos/999", cookie: cookie, antiforgery: token[1..] + "0"),
            403,
            "antiforgery"
        );
        await RunningServer.Problem(
            await Send(server, HttpMethod.Delete, "photos/999", cookie: cookie, antiforgery: token),
            404,
            "not-found"
        );
        Assert.Equal(
            token,
            (await RunningServer.Body(await Send(server, HttpMethod.Get, "session", cookie: cookie))).GetProperty("antiforgery").GetString()
        );

        Assert.Equal(
            HttpStatusCode.NoContent,
            (await Send(server, HttpMethod.Delete, "session", cookie: cookie, antiforgery: token)).StatusCode
        );
        await RunningServer.Problem(await Send(server, HttpMethod.Get, "photos", cookie: cookie), 401, "key-needed");
    }

    [Fact]
    public async Task A_session_ends_by_itself()
    {
        await using var server = await RunningServer.Start(withKey: true);
        var cookie = (await server.Client.PostAsync("session", JobsTests.JsonContent(new { key = server.Key })))
            .Headers.GetValues("Set-Cookie")
            .Single()
            .Split(';')[0];
        server.Clock.Advance(TimeSpan.FromHours(13));
        await RunningServer.Problem(await Send(server, HttpMethod.Get, "photos", cookie: cookie), 401, "key-needed");
    }

    [Fact]
    public async Task Who_tries_keys_is_told_to_wait_and_the_right_key_opens_all_the_same()
    {
        await using var server = await RunningServer.Start(withKey: true);
        for (var i = 0; i < 5; i++)
            await RunningServer.Problem(
                await server.Client.PostAsync("session", JobsTests.JsonContent(new { key = $"sosia_{i}" })),
                401,
                "wrong-key"
            );
        var refused = await server.Client.PostAsync("session", JobsTests.JsonContent(new { key = "sosia_6" }));
        Assert.Equal(60, refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        await RunningServer.Problem(refused, 429, "busy");
        await RunningServer.Problem(await Send(server, HttpMethod.Get, "photos", bearer: "sosia_7"), 429, "busy");
        Assert.Equal(
            HttpStatusCode.OK,
            (await server.Client.PostAsync("session", JobsTests.JsonContent(new { key = server.Key }))).StatusCode
        );
        Assert.Equal(HttpStatusCode.OK, (await Send(server, HttpMethod.Get, "photos", bearer: server.Key)).StatusCode);
        server.Clock.Advance(TimeSpan.FromMinutes(2));
        await RunningServer.Problem(await Send(server, HttpMethod.Get, "photos", bearer: "sosia_8"), 401, "wrong-key");
    }

    [Fact]
    public void Without_a_key_only_loopback_is_listened_on()
    {
        var refused = Assert.Throws<OptionException>(() => new ServerOptions { Address = IPAddress.Any }.Check(hasKey: false));
        Assert.Contains("sosia keys add", refused.Message);
        var plain = Assert.Throws<OptionException>(() => new ServerOptions { Address = IPAddress.Any }.Check(hasKey: true));
        Assert.Contains("--certificate", plain.Message);
        new ServerOptions { Address = IPAddress.Any, Insecure = true }.Check(hasKey: true);
        new ServerOptions { Address = IPAddress.IPv6Loopback }.Check(hasKey: false);
    }

    [Theory]
    [InlineData("evil.example", null, 421, "wrong-host")]
    [InlineData("localhost.evil.example", null, 421, "wrong-host")]
    [InlineData("192.168.1.9", null, 421, "wrong-host")]
    [InlineData("0x7f000001.example", null, 421, "wrong-host")]
    [InlineData(null, "http://evil.example", 403, "wrong-origin")]
    [InlineData(null, "null", 403, "wrong-origin")]
    [InlineData(null, "http://127.0.0.1:1", 403, "wrong-origin")]
    [InlineData(null, "https://127.0.0.1", 403, "wrong-origin")]
    public async Task Another_sites_page_is_turned_away_also_on_loopback(string? host, string? origin, int status, string type)
    {
        var server = shared.Open;
        using var request = new HttpRequestMessage(HttpMethod.Get, "photos");
        if (host is not null)
            request.Headers.Host = host;
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        await RunningServer.Problem(await server.Client.SendAsync(request), status, type);
    }

    [Fact]
    public async Task A_link_from_another_site_may_lead_to_the_page_and_to_nothing_else()
    {
        var server = shared.Open;
        foreach (
            var (path, mode, expected) in ((string, string, int)[])
                [
                    ("/", "navigate", 200),
                    ("/api/v1/photos/1/original", "navigate", 403),
                    ("/api/v1/photos/1/thumbnail", "no-cors", 403),
                    ("/metrics", "navigate", 403),
                    ("/", "no-cors", 403),
                ]
        )
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path)
            {
                Headers = { { "Sec-Fetch-Site", "cross-site" }, { "Sec-Fetch-Mode", mode } },
            };
            Assert.Equal((path, expected), (path, (int)(await server.Client.SendAsync(request)).StatusCode));
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/api/v1/photos")]
    [InlineData("/api/v1/photos/1/thumbnail")]
    [InlineData("/api/v1/nothing")]
    [InlineData("/api/v1/docs")]
    public async Task Every_answer_tells_the_browser_what_it_may_do(string path)
    {
        var server = shared.Open;
        var headers = (await server.Client.GetAsync(path)).Headers;
        var policy = headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy);
        Assert.Contains("script-src 'self';", policy);
        Assert.DoesNotContain("http", policy);
        Assert.Equal("nosniff", headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", headers.GetValues("Referrer-Policy").Single());
        Assert.Equal("same-origin", headers.GetValues("Cross-Origin-Resource-Policy").Single());
        Assert.False(headers.Contains("Access-Control-Allow-Origin"));
        Assert.False(headers.Contains("Server"));
    }

    [Fact, Slow]
    public async Task When_too_many_pictures_wait_more_are_told_to_come_again()
    {
        await using var server = await RunningServer.Start(change: options => options with { Inferences = 1, Waiting = 1 });
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(_ => server.Client.PostAsync("queries", RunningServer.Form(Samples.Photos[0])))
        );
        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.Created);
        var refused = answers.Where(answer => answer.StatusCode != HttpStatusCode.Created).ToList();
        Assert.NotEmpty(refused);
        Assert.All(refused, answer => Assert.NotNull(answer.Headers.RetryAfter));
        await RunningServer.Problem(refused[0], 429, "busy");
        Assert.Contains("sosia_inference_refused_total", await server.Client.GetStringAsync("/metrics"));
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused()
    {
        await using var server = await RunningServer.Start(change: options => options with { MaxBody = 10_000 });
        await RunningServer.Problem(await server.Client.PostAsync("queries", RunningServer.Form(Samples.Photos[0])), 413, "too-large");
        await RunningServer.Problem(
            await server.Client.PostAsync("search", new StringContent(new string(' ', 20_000), null, "application/json")),
            413,
            "too-large"
        );
    }

    private static IEnumerable<RouteEndpoint> Routes(RunningServer server) =>
        server.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private static Task<HttpResponseMessage> Send(
        RunningServer server,
        HttpMethod method,
        string address,
        string? bearer = null,
        string? cookie = null,
        string? antiforgery = null
    )
    {
        var request = new HttpRequestMessage(method, address);
        if (bearer is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        if (antiforgery is not null)
            request.Headers.Add("X-Sosia-Antiforgery", antiforgery);
        return server.Client.SendAsync(request);
    }
}
