using System.Net.Sockets;
using System.Text;

namespace Sosia.Server.Tests;

/// <summary>What an attacker sends by hand: each is refused, says nothing of the machine, and the server goes on.</summary>
public class AttackTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Host = "Host: localhost\r\n";
    private static readonly string Long = new('a', 9000);

    /// <summary>Name, request, statuses that may come back; 0 is a closed connection.</summary>
    public static TheoryData<string, string, int[]> Requests =>
        new()
        {
            // Paths
            { "up to the root", Get("/../../../../etc/passwd"), [404] },
            { "up, encoded", Get("/%2e%2e/%2e%2e/%2e%2e/etc/passwd"), [404] },
            { "up, encoded twice", Get("/%252e%252e/%252e%252e/etc/passwd"), [404] },
            { "up, with encoded slashes", Get("/..%2f..%2f..%2fetc%2fpasswd"), [404] },
            { "up, with backslashes", Get("/..\\..\\..\\etc\\passwd"), [404, 400] },
            { "up out of the photos", Get("/api/v1/photos/../../../../etc/passwd"), [404] },
            { "a path for an id", Get("/api/v1/photos/%2fetc%2fpasswd/original"), [404] },
            { "an encoded zero", Get("/api/v1/photos/1%00.jpg/original"), [404, 400] },
            { "overlong UTF-8", Get("/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd"), [404, 400] },
            { "a negative id", Get("/api/v1/photos/-1/original"), [404] },
            { "an id too large for a number", Get("/api/v1/photos/99999999999999999999/original"), [404] },
            { "SQL for an id", Get("/api/v1/photos/1;DROP%20TABLE%20photos"), [404] },
            { "SQL in a parameter", Get("/api/v1/photos?state=searchable'--"), [400] },
            { "SQL in a cursor", Get("/api/v1/photos?after=1'%20OR%201=1"), [400] },
            { "a file of the collection", Get("/catalogue.db"), [404] },
            { "the key's file", Get("/server.key"), [404] },
            {
                "an address of somewhere else",
                $"GET http://evil.example/api/v1/photos HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
                [421, 400]
            },
            { "a path that is too long", Get("/" + Long), [414, 400] },
            { "scripts in a path", Get("/api/v1/<script>alert(1)</script>"), [404, 400] },
            // Headers
            { "no host", "GET /api/v1/photos HTTP/1.1\r\nConnection: close\r\n\r\n", [400] },
            { "two hosts", $"GET /api/v1/photos HTTP/1.1\r\n{Host}Host: evil.example\r\nConnection: close\r\n\r\n", [400] },
            { "a host with a script", "GET / HTTP/1.1\r\nHost: <script>\r\nConnection: close\r\n\r\n", [400, 421] },
            { "a rebound host", "GET /api/v1/photos HTTP/1.1\r\nHost: rebound.example:80\r\nConnection: close\r\n\r\n", [421] },
            {
                "a forwarded host",
                $"GET /api/v1/photos HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: localhost\r\nConnection: close\r\n\r\n",
                [421]
            },
            { "a header that is too long", $"GET / HTTP/1.1\r\n{Host}X-Long: {Long}{Long}\r\nConnection: close\r\n\r\n", [431] },
            {
                "too many headers",
                $"GET / HTTP/1.1\r\n{Host}{string.Concat(Enumerable.Range(0, 100).Select(i => $"X-{i}: 1\r\n"))}Connection: close\r\n\r\n",
                [431]
            },
            { "a folded header", $"GET / HTTP/1.1\r\n{Host}X-A: 1\r\n  folded\r\nConnection: close\r\n\r\n", [400] },
            { "a bare newline in a header's name", $"GET / HTTP/1.1\r\n{Host}X\n-A: 1\r\nConnection: close\r\n\r\n", [400] },
            {
                "a thousand ranges",
                Get(
                    "/api/v1/photos/1/original",
                    "Range: bytes=" + string.Join(',', Enumerable.Range(0, 900).Select(i => $"{i}-{i}")) + "\r\n"
                ),
                [200, 206, 416]
            },
            { "a range that overflows", Get("/api/v1/photos/1/original", "Range: bytes=0-99999999999999999999\r\n"), [200, 206, 416] },
            { "an endless entity tag", Get("/api/v1/photos/1/thumbnail", $"If-None-Match: {Long[..7000]}\r\n"), [200, 400, 431] },
            { "a method override", Get("/api/v1/photos/1", "X-HTTP-Method-Override: DELETE\r\n"), [200] },
            { "an odd method", $"PWN /api/v1/photos HTTP/1.1\r\n{Host}Connection: close\r\n\r\n", [405, 404] },
            { "TRACE", $"TRACE /api/v1/photos HTTP/1.1\r\n{Host}Connection: close\r\n\r\n", [405, 404] },
            { "no HTTP at all", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", [400, 0] },
            { "an upgrade to another protocol", Get("/api/v1/photos", "Upgrade: h2c\r\nConnection: Upgrade\r\n"), [200] },
            // Bodies
            { "two lengths", Post("/api/v1/search", "{}", "Content-Length: 50\r\n"), [400] },
            {
                "a length and chunks (smuggling)",
                $"POST /api/v1/search HTTP/1.1\r\n{Host}Content-Type: application/json\r\nContent-Length: 4\r\nTransfer-Encoding: "
                    + $"chunked\r\nConnection: close\r\n\r\n0\r\n\r\nGET /api/v1/photos HTTP/1.1\r\n{Host}\r\n",
                [400]
            },
            {
                "a broken chunk",
                $"POST /api/v1/search HTTP/1.1\r\n{Host}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: "
                    + "close\r\n\r\nZZZ\r\n",
                [400]
            },
            {
                "a length that is negative",
                $"POST /api/v1/search HTTP/1.1\r\n{Host}Content-Type: application/json\r\nContent-Length: -5\r\nConnection: close\r\n\r\n",
                [400]
            },
            {
                "a length beyond the limit",
                $"POST /api/v1/search HTTP/1.1\r\n{Host}Content-Type: application/json\r\nContent-Length: 99999999999\r\nConnection: "
                    + "close\r\n\r\n",
                [413]
            },
            { "JSON nested without end", Post("/api/v1/search", new string('[', 5000)), [400] },
            { "JSON with names nobody knows", Post("/api/v1/search", """{"__proto__":{"a":1},"references":[{"face":1}]}"""), [400] },
            {
                "XML with an entity",
                Post("/api/v1/search", """<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>""", type: "application/xml"),
                [415]
            },
            { "JSON as a form (no preflight)", Post("/api/v1/forget", """{"photos":[1]}""", type: "text/plain"), [415] },
            { "an address to fetch", Post("/api/v1/search", """{"references":[{"query":"http://127.0.0.1/latest"}]}"""), [410] },
            { "a file to fetch", Post("/api/v1/search", """{"references":[{"query":"file:///etc/passwd"}]}"""), [410] },
            { "multipart without a boundary", Post("/api/v1/queries", "x", type: "multipart/form-data"), [400] },
            {
                "multipart with an endless boundary",
                Post("/api/v1/queries", "x", type: $"multipart/form-data; boundary={Long[..500]}"),
                [400]
            },
            {
                "multipart that ends early",
                Post(
                    "/api/v1/queries",
                    "--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\n\r\nabc",
                    type: "multipart/form-data; boundary=b"
                ),
                [400]
            },
            {
                "multipart with many parts",
                Post(
                    "/api/v1/search",
                    string.Concat(
                        Enumerable
                            .Range(0, 500)
                            .Select(_ => "--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a\"\r\n\r\nx\r\n")
                    ) + "--b--\r\n",
                    type: "multipart/form-data; boundary=b"
                ),
                [400]
            },
            {
                "a part with a path for a name",
                Post(
                    "/api/v1/queries",
                    "--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"../../../etc/cron.d/x\"\r\n\r\n<svg/>\r\n--b--\r\n",
                    type: "multipart/form-data; boundary=b"
                ),
                [422]
            },
            {
                "an image that is a script for an image program",
                Post(
                    "/api/v1/queries",
                    "--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.svg\"\r\n\r\n<svg "
                        + "xmlns=\"http://www.w3.org/2000/svg\"><image href=\"/etc/passwd\"/></svg>\r\n--b--\r\n",
                    type: "multipart/form-data; boundary=b"
                ),
                [422]
            },
            { "a folder of the system", Post("/api/v1/jobs", """{"kind":"index","folders":["/proc/self/root/nope"]}"""), [403] },
            { "a folder outside with dots", Post("/api/v1/jobs", """{"kind":"index","folders":["../../etc"]}"""), [400] },
            // Authorisation, on a server with a key
            { "key: none", Get("/api/v1/photos"), [200] },
            { "key: empty", Get("/api/v1/photos", "Authorization: Bearer \r\n"), [401] },
            { "key: as a user name", Get("/api/v1/photos", "Authorization: Basic c29zaWE6c29zaWE=\r\n"), [401] },
            { "key: two of them", Get("/api/v1/photos", "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"), [401] },
            { "key: endless", Get("/api/v1/photos", $"Authorization: Bearer {Long[..7000]}\r\n"), [401] },
            { "key: in the address", Get("/api/v1/photos?key=sosia_"), [401] },
            {
                "cookie: made up",
                Get("/api/v1/photos", "Cookie: sosia=0000000000000000000000000000000000000000000000000000000000000000\r\n"),
                [401]
            },
            { "cookie: another encoding", Get("/api/v1/photos", "Cookie: sosia=%00%ff; sosia=x\r\n"), [401] },
            { "path: a double slash before the API", Get("//api/v1/photos"), [401, 404] },
            { "path: other case", Get("/API/V1/PHOTOS"), [401] },
            { "path: a dot inside", Get("/api/./v1/photos"), [401] },
            { "path: through the open session", Get("/api/v1/session/../photos"), [401] },
            { "path: a matrix parameter", Get("/api/v1/health/live;/../../photos"), [401, 404] },
        };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Is_refused_and_the_server_goes_on(string name, string request, int[] allowed)
    {
        var withKey =
            name.Contains("key:", StringComparison.Ordinal)
            || name.StartsWith("cookie:", StringComparison.Ordinal)
            || name.StartsWith("path:", StringComparison.Ordinal);
        var server = withKey ? shared.WithKey : shared.Open;
        if (server.Token is { } token && !request.Contains("X-Long: ", StringComparison.Ordinal))
            request = request.Replace(Host, $"{Host}Authorization: Bearer {token}\r\n", StringComparison.Ordinal);
        var answer = await Send(server.Address, request);
        var status = answer.Length > 12 ? int.Parse(answer.AsSpan(9, 3)) : 0;
        if (withKey && name == "key: none")
            allowed = [401];
        Assert.True(allowed.Contains(status), $"{name} answered {status}: {answer[..Math.Min(400, answer.Length)]}");
        Assert.DoesNotContain("root:", answer);
        Assert.DoesNotContain("   at ", answer); // a stack trace
        Assert.DoesNotContain(server.CollectionDirectory, status >= 400 ? answer : "");
        Assert.Equal(System.Net.HttpStatusCode.OK, (await server.Client.GetAsync("health/ready")).StatusCode);
    }

    [Fact, Slow]
    public async Task Who_sends_headers_too_slowly_is_cut_off()
    {
        var server = shared.Open;
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port);
        await client.GetStream().WriteAsync("GET / HTTP/1.1\r\n"u8.ToArray());
        var answer = new byte[64];
        Assert.True(await client.GetStream().ReadAsync(answer).AsTask().WaitAsync(TimeSpan.FromSeconds(30)) is 0 or > 0);
    }

    [Fact]
    public async Task More_connections_than_allowed_wait_and_are_served_when_others_end()
    {
        await using var server = await RunningServer.Start(change: options => options with { MaxConnections = 8 });
        var held = new List<TcpClient>();
        for (var i = 0; i < 30; i++)
        {
            var client = new TcpClient();
            await client.ConnectAsync(server.Address.Host, server.Address.Port);
            held.Add(client);
        }
        foreach (var client in held)
            client.Dispose();
        for (var tries = 0; ; tries++)
        {
            try
            {
                Assert.Equal(System.Net.HttpStatusCode.OK, (await server.Client.GetAsync("health/live")).StatusCode);
                return;
            }
            catch (HttpRequestException) when (tries < 50)
            {
                await Task.Delay(50); // the closed ones are being counted off
            }
        }
    }

    private static string Get(string path, string headers = "") =>
        $"GET {path} HTTP/1.1\r\n{Host}{headers}{(headers.Contains("Connection:", StringComparison.Ordinal) ? "" : "Connection: close\r\n")}\r\n";

    private static string Post(string path, string body, string headers = "", string type = "application/json") =>
        $"POST {path} HTTP/1.1\r\n{Host}Content-Type: {type}\r\n{headers}Content-Length: "
        + $"{Encoding.Latin1.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}";

    private static async Task<string> Send(Uri server, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port);
        var stream = client.GetStream();
        var answer = new MemoryStream();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            var buffer = new byte[8192];
            for (int read; answer.Length < 100_000 && (read = await stream.ReadAsync(buffer, patience.Token)) > 0; )
            {
                answer.Write(buffer, 0, read);
                if (request.Contains("Upgrade: h2c", StringComparison.Ordinal))
                    break; // stays open
            }
        }
        catch (Exception closed) when (closed is IOException or SocketException)
        {
            // Closed in our face: what came before counts.
        }
        return Encoding.Latin1.GetString(answer.ToArray());
    }
}
