using System.Net;

namespace Sosia.Server.Tests;

/// <summary>A server without an API key: the token of its start opens it, to its user on this machine and nobody else.</summary>
public class TokenTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData("/api/v1/photos")]
    [InlineData("/api/v1/photos/1/thumbnail")]
    [InlineData("/api/v1/openapi.json")]
    [InlineData("/metrics")]
    public async Task Without_a_key_the_token_of_this_start_is_needed(string path)
    {
        var server = shared.Open;
        server.Clock.Advance(TimeSpan.FromMinutes(2)); // so that wrong tokens of other tests do not count
        await RunningServer.Problem(await Ask(server, path, bearer: null), 401, "key-needed");
        await RunningServer.Problem(await Ask(server, path, server.Token![..^1]), 401, "wrong-key");
        await RunningServer.Problem(await Ask(server, path, server.Token + "0"), 401, "wrong-key");
        await RunningServer.Problem(await Ask(server, path, ""), 401, "wrong-key");
        Assert.Equal(HttpStatusCode.OK, (await Ask(server, path, server.Token)).StatusCode);
    }

    [Fact]
    public async Task Each_start_makes_a_token_of_its_own_and_a_key_takes_its_place()
    {
        await using var other = await RunningServer.Start();
        Assert.NotEqual(shared.Open.Token, other.Token);
        await RunningServer.Problem(await Ask(other, "/api/v1/photos", shared.Open.Token), 401, "wrong-key");
        Assert.Equal([$"{other.Address}?token={other.Token}"], SosiaServer.PageAddresses(other.App).Select(address => address.AbsoluteUri));
        Assert.Equal([shared.WithKey.Address], SosiaServer.PageAddresses(shared.WithKey.App));
    }

    [Fact]
    public async Task A_browser_signs_in_with_the_token_and_an_old_one_says_what_to_do()
    {
        await using var server = await RunningServer.Start();
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = server.Client.BaseAddress };
        var old = await RunningServer.Problem(
            await client.PostAsync("session", JobsTests.JsonContent(new { key = shared.Open.Token })),
            401,
            "wrong-key"
        );
        Assert.Contains("printed last", old.GetProperty("detail").GetString());
        var answer = await client.PostAsync("session", JobsTests.JsonContent(new { key = server.Token }));
        var cookie = answer.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(server.Token!, cookie);
        client.DefaultRequestHeaders.Add("Cookie", cookie.Split(';')[0]);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("photos")).StatusCode);
        await RunningServer.Problem(await client.DeleteAsync("photos/999"), 403, "antiforgery");
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.9")]
    [InlineData("X-Forwarded-Proto", "https")]
    [InlineData("Forwarded", "for=203.0.113.9")]
    [InlineData("Via", "1.1 proxy.example")]
    public async Task What_came_through_a_proxy_is_refused_where_there_is_no_key(string header, string value)
    {
        foreach (var path in (string[])["/", "/api/v1/photos", "/api/v1/session", "/api/v1/health/live"])
        {
            var refused = await RunningServer.Problem(
                await Ask(shared.Open, path, shared.Open.Token, (header, value)),
                403,
                "through-proxy"
            );
            Assert.Contains("sosia keys add", refused.GetProperty("detail").GetString());
        }
        Assert.Equal(HttpStatusCode.OK, (await Ask(shared.WithKey, "/api/v1/photos", shared.WithKey.Key, (header, value))).StatusCode);
        await RunningServer.Problem(await Ask(shared.WithKey, "/api/v1/photos", bearer: null, (header, value)), 401, "key-needed");
    }

    private static Task<HttpResponseMessage> Ask(
        RunningServer server,
        string path,
        string? bearer,
        (string Name, string Value)? header = null
    )
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, path));
        if (bearer is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {bearer}");
        if (header is { } extra)
            request.Headers.Add(extra.Name, extra.Value);
        return new HttpClient(new SocketsHttpHandler { UseCookies = false }).SendAsync(request);
    }
}
