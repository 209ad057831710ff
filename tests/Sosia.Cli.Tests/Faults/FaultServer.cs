using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Sosia.Cli.Tests.Faults;

/// <summary>The real server in a process of its own, with a key that may do everything; ended with the test, however that ends.</summary>
internal sealed class FaultServer : IDisposable
{
    private FaultServer(Process process, HttpClient client, string key) => (Process, Client, Key) = (process, client, key);

    public Process Process { get; }

    /// <summary>Sends no key by itself.</summary>
    public HttpClient Client { get; }

    public string Key { get; }

    /// <summary>Indexes two photos and serves them.</summary>
    public static async Task<FaultServer> Start(SosiaProgram sosia)
    {
        sosia.PutMany(2);
        Assert.Equal(0, sosia.Ask("index", sosia.Photos).Code);
        var key = sosia.Run("keys", "add", "tester", "--may", "manage").Out.Trim();
        var process = sosia.Start("serve", "--port", "0");
        var line = await process.StandardError.ReadLineAsync() ?? "";
        _ = process.StandardError.ReadToEndAsync();
        var client = new HttpClient(
            new SocketsHttpHandler
            {
                UseCookies = false,
                AllowAutoRedirect = false,
                MaxConnectionsPerServer = 200,
            }
        )
        {
            BaseAddress = new Uri(line[line.IndexOf("http://", StringComparison.Ordinal)..].Trim()),
            Timeout = TimeSpan.FromMinutes(3),
        };
        return new(process, client, key);
    }

    /// <summary>Sends a request with the key.</summary>
    public Task<HttpResponseMessage> Send(HttpMethod method, string path, HttpContent? body = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = body };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        return Client.SendAsync(request);
    }

    /// <summary>The text of an answer.</summary>
    public async Task<string> Ask(string path)
    {
        using var answer = await Send(HttpMethod.Get, path);
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>What a route answers that takes JSON.</summary>
    public async Task<JsonElement> Post(string path, object body)
    {
        using var answer = await Send(
            HttpMethod.Post,
            path,
            new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json")
        );
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Uploads a photo to search with.</summary>
    public Task<HttpResponseMessage> Upload(byte[] photo) =>
        Send(HttpMethod.Post, "/api/v1/queries", new MultipartFormDataContent { { new ByteArrayContent(photo), "photo", "a.jpg" } });

    /// <summary>A figure of <c>/proc/…/status</c> that is in kB there, in bytes.</summary>
    public long Memory(string figure) =>
        1024
        * File.ReadLines($"/proc/{Process.Id}/status")
            .Where(line => line.StartsWith(figure + ":", StringComparison.Ordinal))
            .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture))
            .Single();

    /// <summary>Ends it as Ctrl-C does.</summary>
    public Task<int> Interrupt() => Served.Interrupt(Process);

    public void Dispose()
    {
        Client.Dispose();
        if (!Process.HasExited)
        {
            Process.Kill(); // the test failed before it ended it
            Process.WaitForExit();
        }
        Process.Dispose();
    }
}
