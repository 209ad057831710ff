using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Sosia.Hosting;
using Sosia.Server.Safety.Transport;

namespace Sosia.Server.Tests.Safety;

/// <summary>TLS, and a proxy that is named: what is sent stays secret, and only the proxy says who asks.</summary>
public sealed class TransportTests : IDisposable
{
    private static readonly Uri Public = new("https://photos.example/sosia");

    private readonly string _place = Directory.CreateTempSubdirectory("sosia-tls-").FullName;

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Theory]
    [InlineData("pem"), InlineData("pem with its key"), InlineData("pfx")]
    public async Task With_a_certificate_the_server_speaks_tls_and_its_cookie_is_secure(string form)
    {
        var (file, key) = Make(form, DateTimeOffset.UtcNow.AddDays(1));
        using var certificate = ServerCertificate.Read(file, key, DateTimeOffset.UtcNow);
        await using var server = await RunningServer.Start(
            withKey: true,
            change: options => options with { Certificate = certificate, Address = IPAddress.Any }
        );
        using var client = new HttpClient(
            new HttpClientHandler
            {
                UseCookies = false,
                ServerCertificateCustomValidationCallback = (_, seen, _, _) => seen!.Subject == "CN=photos.example",
            }
        );
        Assert.StartsWith("https://", server.App.Urls.Single());
        var address = new Uri($"https://localhost:{new Uri(server.App.Urls.Single()).Port}/api/v1/");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(address, "health/live"))).StatusCode);
        var signedIn = await client.PostAsync(new Uri(address, "session"), JobsTests.JsonContent(new { key = server.Key }));
        Assert.Contains("; secure", signedIn.Headers.GetValues("Set-Cookie").Single(), StringComparison.OrdinalIgnoreCase);
        using var plain = new HttpClient();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => plain.GetAsync(new Uri(address.AbsoluteUri.Replace("https", "http"))));
    }

    [Fact]
    public void A_certificate_that_can_not_be_used_is_said_in_one_sentence()
    {
        Assert.Contains("There is no file", Refused(Path.Combine(_place, "none.pem"), null));
        var (pem, key) = Make("pem", DateTimeOffset.UtcNow.AddDays(1));
        Assert.Contains("--certificate-key", Refused(pem, null));
        var (other, otherKey) = Make("pem", DateTimeOffset.UtcNow.AddDays(1));
        Assert.NotEqual(pem, other);
        Assert.Contains("belong together", Refused(pem, otherKey));
        var (old, oldKey) = Make("pem", DateTimeOffset.UtcNow.AddDays(-1));
        Assert.Contains("ended on", Refused(old, oldKey));
        var nothing = Path.Combine(_place, "nothing.pfx");
        File.WriteAllBytes(nothing, [1, 2, 3]);
        Assert.Contains(ServerCertificate.PasswordVariable, Refused(nothing, null));
        File.WriteAllText(Path.Combine(_place, "broken.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        Assert.Contains("can't be used", Refused(Path.Combine(_place, "broken.pem"), key));

        static string Refused(string file, string? keyFile)
        {
            var message = Assert.Throws<OptionException>(() => ServerCertificate.Read(file, keyFile, DateTimeOffset.UtcNow)).Message;
            Assert.DoesNotContain('\n', message);
            return message;
        }
    }

    [Fact]
    public void What_others_could_read_on_the_way_is_refused_unless_it_is_asked_for()
    {
        var proxy = new[] { IPAddress.Parse("10.0.0.2") };
        Check("--certificate", new ServerOptions { Address = IPAddress.Any });
        Check("belong together", new ServerOptions { BehindProxy = proxy });
        Check("belong together", new ServerOptions { PublicUrl = Public });
        Check("--insecure", new ServerOptions { BehindProxy = proxy, PublicUrl = new Uri("http://photos.example/") });
        Check("Expected a public address", new ServerOptions { BehindProxy = proxy, PublicUrl = new Uri("ftp://photos.example/") });
        Check("Expected a public address", new ServerOptions { BehindProxy = proxy, PublicUrl = new Uri("https://photos.example/?a=b") });
        new ServerOptions
        {
            Address = IPAddress.Any,
            BehindProxy = proxy,
            PublicUrl = Public,
        }.Check(hasKey: true);
        Assert.Throws<OptionException>(() => new ServerOptions { BehindProxy = proxy, PublicUrl = Public }.Check(hasKey: false));

        static void Check(string says, ServerOptions options) =>
            Assert.Contains(says, Assert.Throws<OptionException>(() => options.Check(hasKey: true)).Message);
    }

    [Fact]
    public async Task Behind_its_proxy_the_server_goes_by_its_public_address_alone()
    {
        await using var server = await BehindProxy();
        Assert.Equal([Public], SosiaServer.PageAddresses(server.App));
        using var page = await Ask(server, "/sosia/");
        var html = await page.Content.ReadAsStringAsync();
        Assert.Contains("data-base=\"/sosia\"", html);
        Assert.Contains("src=\"/sosia/js/main.js\"", html);
        Assert.DoesNotContain("=\"/js/", html);
        Assert.Equal(HttpStatusCode.OK, (await Ask(server, "/sosia/js/main.js")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Ask(server, "/js/main.js")).StatusCode); // a proxy that takes the path away
        foreach (var (path, expected) in (ReadOnlySpan<(string, int)>)[("/sosia/", 200), ("/sosia/api/v1/photos/1/original", 403)])
            Assert.Equal((path, expected), (path, LinkedFromElsewhere(server, path)));

        using var signedIn = await Ask(server, "/sosia/api/v1/session", body: new { key = server.Key });
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("path=/sosia;", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.OK, (await Ask(server, "/sosia/api/v1/photos", key: server.Key)).StatusCode);

        Assert.Equal(
            HttpStatusCode.OK,
            (await Ask(server, "/sosia/api/v1/photos", key: server.Key, origin: "https://photos.example")).StatusCode
        );
        foreach (
            var origin in (string[])["https://photos.example:444", "https://evil.example", "https://photos.example.evil.example", "null"]
        )
            await RunningServer.Problem(await Ask(server, "/sosia/api/v1/photos", key: server.Key, origin: origin), 403, "wrong-origin");
        await RunningServer.Problem(await Ask(server, "/sosia/api/v1/photos", key: server.Key, host: "evil.example"), 421, "wrong-host");
        await RunningServer.Problem(await Ask(server, "/sosia/api/v1/photos", key: server.Key, host: "10.0.0.7"), 421, "wrong-host");
    }

    [Fact]
    public async Task Wrong_keys_count_for_the_address_that_the_proxy_names_and_for_no_other()
    {
        await using var server = await BehindProxy();
        for (var i = 0; i < 5; i++)
            await RunningServer.Problem(await Ask(server, "/api/v1/photos", key: "sosia_0", from: "203.0.113.9"), 401, "wrong-key");
        await RunningServer.Problem(await Ask(server, "/api/v1/photos", key: "sosia_0", from: "203.0.113.9"), 429, "busy");
        await RunningServer.Problem(await Ask(server, "/api/v1/photos", key: "sosia_0", from: "203.0.113.10"), 401, "wrong-key");
        // What a client writes into the header itself stands before what the proxy adds, and is not believed.
        await RunningServer.Problem(await Ask(server, "/api/v1/photos", key: "sosia_0", from: "198.51.100.1, 203.0.113.9"), 429, "busy");
    }

    [Fact]
    public async Task Headers_of_a_proxy_that_nobody_named_are_not_believed()
    {
        await using var server = await RunningServer.Start(withKey: true);
        for (var i = 0; i < 5; i++)
            await RunningServer.Problem(
                await Ask(server, "/api/v1/photos", key: "sosia_0", host: "localhost", from: $"203.0.113.{i}"),
                401,
                "wrong-key"
            );
        await RunningServer.Problem(
            await Ask(server, "/api/v1/photos", key: "sosia_0", host: "localhost", from: "203.0.113.77"),
            429,
            "busy"
        );
    }

    private static int LinkedFromElsewhere(RunningServer server, string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, path))
        {
            Headers =
            {
                { "Sec-Fetch-Site", "cross-site" },
                { "Sec-Fetch-Mode", "navigate" },
                { "Host", "photos.example" },
            },
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", server.Key);
        return (int)server.Client.Send(request).StatusCode;
    }

    private static Task<RunningServer> BehindProxy() =>
        RunningServer.Start(
            withKey: true,
            change: options => options with { BehindProxy = [IPAddress.Loopback], PublicUrl = Public, Audit = true }
        );

    private static Task<HttpResponseMessage> Ask(
        RunningServer server,
        string path,
        string? key = null,
        string? origin = null,
        string host = "photos.example",
        string from = "203.0.113.1",
        object? body = null
    )
    {
        var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, new Uri(server.Address, path));
        request.Headers.Host = host;
        request.Headers.Add("X-Forwarded-For", from);
        request.Headers.Add("X-Forwarded-Proto", "https");
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (body is not null)
            request.Content = new StringContent(JsonSerializer.Serialize(body), null, "application/json");
        return server.Client.SendAsync(request);
    }

    private (string File, string? Key) Make(string form, DateTimeOffset until)
    {
        using var rsa = RSA.Create(2048);
        var request = new CertificateRequest("CN=photos.example", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(until.AddDays(-10), until);
        var name = Path.Combine(_place, Path.GetRandomFileName());
        if (form == "pfx")
        {
            File.WriteAllBytes(name + ".pfx", certificate.Export(X509ContentType.Pkcs12));
            return (name + ".pfx", null);
        }
        var key = rsa.ExportPkcs8PrivateKeyPem();
        File.WriteAllText(name + ".pem", certificate.ExportCertificatePem() + (form == "pem" ? "" : "\n" + key));
        File.WriteAllText(name + ".key", key);
        return (name + ".pem", form == "pem" ? name + ".key" : null);
    }
}
