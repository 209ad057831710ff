using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Sosia.Hosting;
using Sosia.Server.Safety.Keys;

namespace Sosia.Server.Tests.Safety;

/// <summary>Named keys: what each allows, and that what was revoked opens nothing.</summary>
public class KeysTests
{
    /// <summary>What a key that may only search is refused; a route that changes something and is not here fails the test.</summary>
    private static readonly string[] ForManagers =
    [
        "DELETE /api/v1/cases/{name}",
        "DELETE /api/v1/faces/{id:long}",
        "DELETE /api/v1/people/{who}",
        "DELETE /api/v1/photos/{id:long}",
        "GET /api/v1/forget",
        "GET /api/v1/jobs",
        "GET /api/v1/jobs/{id}",
        "GET /api/v1/jobs/{id}/events",
        "GET /metrics",
        "POST /api/v1/failures/retry",
        "POST /api/v1/forget",
        "POST /api/v1/jobs",
        "POST /api/v1/jobs/{id}/cancel",
        "POST /api/v1/jobs/{id}/resume",
    ];

    private static readonly string[] ForReviewers =
    [
        "POST /api/v1/cases",
        "POST /api/v1/cases/{name}",
        "POST /api/v1/cases/{name}/faces",
        "POST /api/v1/cases/{name}/matches",
        "POST /api/v1/people",
        "POST /api/v1/people/undo",
        "POST /api/v1/people/{who}/confirm",
        "POST /api/v1/people/{who}/merge",
        "POST /api/v1/people/{who}/name",
        "POST /api/v1/people/{who}/reject",
        "POST /api/v1/people/{who}/split",
        "POST /api/v1/photos/{id:long}/faces",
    ];

    [Fact]
    public async Task A_key_that_may_search_is_refused_what_changes_the_collection_and_nothing_else()
    {
        await using var server = await RunningServer.Start(withKey: true);
        var key = new KeyStore(server.CollectionDirectory).Add("reader", Scope.Search, DateTimeOffset.UtcNow);
        Assert.Equal(ForManagers.Concat(ForReviewers).Order(StringComparer.Ordinal), await RefusedTo(server, key));
        var problem = await RunningServer.Problem(await Ask(server, HttpMethod.Post, "/api/v1/forget", key), 403, "forbidden");
        Assert.Contains("may manage, and yours may search", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_key_that_may_review_is_refused_what_managers_do_and_nothing_else()
    {
        await using var server = await RunningServer.Start(withKey: true);
        var key = new KeyStore(server.CollectionDirectory).Add("helper", Scope.Review, DateTimeOffset.UtcNow);
        Assert.Equal(ForManagers.Order(StringComparer.Ordinal), await RefusedTo(server, key));
    }

    /// <summary>The routes that a key is refused, in order.</summary>
    private static async Task<string[]> RefusedTo(RunningServer server, string key)
    {
        var refused = new List<string>();
        foreach (var route in server.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        foreach (var method in route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
        {
            if (route.Metadata.GetMetadata<IAllowAnonymous>() is not null)
                continue;
            var pattern = "/" + route.RoutePattern.RawText!.Trim('/');
            var path = System.Text.RegularExpressions.Regex.Replace(pattern.Replace("{documentName}", "v1"), @"\{[^}]*\}", "1");
            using var answer = await Ask(server, new HttpMethod(method), path, key);
            if (answer.StatusCode == HttpStatusCode.Forbidden)
                refused.Add($"{method} {pattern}");
            else
                Assert.NotEqual(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
        return [.. refused.Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task A_revoked_key_opens_nothing_at_once_and_ends_the_sessions_that_it_began()
    {
        await using var server = await RunningServer.Start(withKey: true);
        var keys = new KeyStore(server.CollectionDirectory);
        var key = keys.Add("ada", Scope.Search, DateTimeOffset.UtcNow);
        using var signedIn = await server.Client.PostAsync("session", JobsTests.JsonContent(new { key }));
        var session = await RunningServer.Body(signedIn);
        Assert.Equal(("ada", "search"), (session.GetProperty("who").GetString(), session.GetProperty("may").GetString()));
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        Assert.Equal(HttpStatusCode.OK, (await Ask(server, HttpMethod.Get, "/api/v1/photos", key)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Ask(server, HttpMethod.Get, "/api/v1/photos", cookie: cookie)).StatusCode);

        keys.Revoke("ada");

        await RunningServer.Problem(await Ask(server, HttpMethod.Get, "/api/v1/photos", key), 401, "wrong-key");
        await RunningServer.Problem(await Ask(server, HttpMethod.Get, "/api/v1/photos", cookie: cookie), 401, "key-needed");
        Assert.Equal(HttpStatusCode.OK, (await Ask(server, HttpMethod.Get, "/api/v1/photos", server.Key)).StatusCode);
    }

    [Fact]
    public async Task The_key_of_an_earlier_version_goes_on_and_may_manage()
    {
        await using var server = await RunningServer.Start(prepare: directory =>
            File.WriteAllText(Path.Combine(directory, "server.key"), HashOf("sosia_old") + "\n")
        );
        Assert.Null(server.Token);
        Assert.Equal(HttpStatusCode.OK, (await Ask(server, HttpMethod.Get, "/metrics", "sosia_old")).StatusCode);
        var keys = new KeyStore(server.CollectionDirectory);
        keys.Add("new", Scope.Review, DateTimeOffset.UtcNow);
        Assert.Equal([("new", Scope.Review), ("server", Scope.Manage)], keys.Read().Select(key => (key.Name, key.May)));
        Assert.False(File.Exists(Path.Combine(server.CollectionDirectory, "server.key")));
        Assert.Equal(HttpStatusCode.OK, (await Ask(server, HttpMethod.Get, "/metrics", "sosia_old")).StatusCode);
    }

    [Fact]
    public async Task When_the_file_of_keys_is_damaged_nobody_gets_in()
    {
        await using var server = await RunningServer.Start(withKey: true);
        var file = Path.Combine(server.CollectionDirectory, "server.keys");
        var sound = await File.ReadAllTextAsync(file);
        foreach (var damage in new[] { "", "{}", "[", sound.Replace("Manage", "Everything"), sound[..^40] })
        {
            await File.WriteAllTextAsync(file, damage);
            await RunningServer.Problem(await Ask(server, HttpMethod.Get, "/api/v1/photos", server.Key), 401, "wrong-key");
            server.Clock.Advance(TimeSpan.FromMinutes(2));
            Assert.Throws<OptionException>(() => new KeyStore(server.CollectionDirectory).Read());
        }
        await File.WriteAllTextAsync(file, sound);
        Assert.Equal(HttpStatusCode.OK, (await Ask(server, HttpMethod.Get, "/api/v1/photos", server.Key)).StatusCode);
    }

    [Fact]
    public async Task The_day_of_the_last_use_is_kept()
    {
        await using var server = await RunningServer.Start(withKey: true);
        var keys = new KeyStore(server.CollectionDirectory);
        Assert.Null(keys.Read().Single().LastUsed);
        await Ask(server, HttpMethod.Get, "/api/v1/photos", server.Key);
        Assert.Equal(DateOnly.FromDateTime(server.Clock.GetUtcNow().UtcDateTime), keys.Read().Single().LastUsed);
    }

    [Theory]
    [InlineData(""), InlineData("-x"), InlineData("a b"), InlineData("a\nb"), InlineData("../x"), InlineData("a\"b")]
    public void A_name_that_can_not_be_is_refused(string name)
    {
        var place = Directory.CreateTempSubdirectory("sosia-keys-");
        Assert.Throws<OptionException>(() => new KeyStore(place.FullName).Add(name, Scope.Search, DateTimeOffset.UtcNow));
    }

    [Fact]
    public async Task Keys_that_are_made_by_many_at_once_are_all_kept()
    {
        var place = Directory.CreateTempSubdirectory("sosia-keys-");
        await Task.WhenAll(
            Enumerable
                .Range(0, 12)
                .Select(i => Task.Run(() => new KeyStore(place.FullName).Add($"k{i}", Scope.Search, DateTimeOffset.UtcNow)))
        );
        Assert.Equal(12, new KeyStore(place.FullName).Read().Count);
        Assert.Throws<OptionException>(() => new KeyStore(place.FullName).Add("k3", Scope.Search, DateTimeOffset.UtcNow));
        Assert.Throws<OptionException>(() => new KeyStore(place.FullName).Revoke("nobody"));
    }

    [Fact]
    public async Task Who_asks_too_often_is_told_to_come_again_and_others_are_not()
    {
        await using var server = await RunningServer.Start(withKey: true, change: options => options with { RequestsPerSecond = 1 });
        var other = new KeyStore(server.CollectionDirectory).Add("other", Scope.Search, DateTimeOffset.UtcNow);
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 60).Select(_ => Ask(server, HttpMethod.Get, "/api/v1/collections", server.Key))
        );
        var refused = answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.NotNull(refused.Headers.RetryAfter);
        await RunningServer.Problem(refused, 429, "busy");
        Assert.Equal(HttpStatusCode.OK, (await Ask(server, HttpMethod.Get, "/api/v1/collections", other)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Ask(server, HttpMethod.Get, "/api/v1/health/live")).StatusCode);
    }

    private static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static Task<HttpResponseMessage> Ask(
        RunningServer server,
        HttpMethod method,
        string path,
        string? key = null,
        string? cookie = null
    )
    {
        var request = new HttpRequestMessage(method, new Uri(server.Address, path));
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        return server.Client.SendAsync(request);
    }
}
