using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Sosia.Server.Safety.Keys;

namespace Sosia.Server.Tests;

/// <summary>The real server on a free loopback port, over a collection of its own.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("sosia-server-").FullName;
    private Collection _collection = null!;

    private RunningServer() { }

    public WebApplication App { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public ManualClock Clock { get; } = new();

    /// <summary>The API key, where one was asked for.</summary>
    public string? Key { get; private set; }

    /// <summary>The token of this start, where there is no key; the client sends it by itself.</summary>
    public string? Token => Get<AccessKeys>().Token;

    public Uri Address => new(App.Urls.First());

    /// <summary>The collection's directory.</summary>
    public string CollectionDirectory => Path.Combine(_root, "collection");

    /// <summary>A path beside the collection, gone with the server.</summary>
    public string Beside(string name) => Path.Combine(_root, name);

    public T Get<T>()
        where T : notnull => App.Services.GetRequiredService<T>();

    /// <param name="withKey">Make an API key; the client does not send it by itself.</param>
    /// <param name="change">Other options.</param>
    /// <param name="samples">Whether the collection holds the six sample photos.</param>
    /// <param name="prepare">Done in the collection's directory before it is opened.</param>
    public static async Task<RunningServer> Start(
        bool withKey = false,
        Func<ServerOptions, ServerOptions>? change = null,
        bool samples = true,
        Action<string>? prepare = null
    )
    {
        var server = new RunningServer();
        if (samples)
            Samples.CopyTo(server.CollectionDirectory);
        prepare?.Invoke(server.CollectionDirectory);
        if (withKey)
            server.Key = new KeyStore(server.CollectionDirectory).Add("tester", Scope.Manage, DateTimeOffset.UtcNow);
        server._collection = Collection.Open(new CollectionOptions { Directory = server.CollectionDirectory });
        var options = new ServerOptions
        {
            Port = 0,
            Clock = server.Clock,
            Waiting = 64,
            RequestsPerSecond = 100_000,
            Allow = [server._root],
        };
        server.App = SosiaServer.Create(server._collection, change?.Invoke(options) ?? options);
        await server.App.StartAsync();
        server.Client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(server.Address, "/api/v1/"),
        };
        if (server.Token is { } token)
            server.Client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return server;
    }

    public async Task<JsonElement> Json(string address) => await Body(await Client.GetAsync(address));

    public async Task<JsonElement> Post(string address, object body, int expected = 200)
    {
        var answer = await Client.PostAsJsonAsync(address, body);
        return await Body(answer, expected);
    }

    /// <summary>The lines of the audit log, in order of request: each is written after its answer was sent, so that they are waited for.</summary>
    public async Task<JsonElement[]> AuditLines(int expected)
    {
        var file = Path.Combine(CollectionDirectory, "audit.ndjson");
        for (var tries = 0; ; tries++)
        {
            var lines = File.Exists(file) && new FileInfo(file).Length < 1 << 20 ? await File.ReadAllLinesAsync(file) : [];
            if (lines.Length < expected && tries < 500)
            {
                await Task.Delay(20);
                continue;
            }
            Assert.True(expected == lines.Length, string.Join('\n', lines));
            return
            [
                .. lines.Select(line => JsonDocument.Parse(line).RootElement).OrderBy(line => line.GetProperty("at").GetDateTimeOffset()),
            ];
        }
    }

    /// <summary>Uploads a photo as a query.</summary>
    public async Task<JsonElement> Upload(string path) => await Body(await Client.PostAsync("queries", Form(path)), 201);

    public static MultipartFormDataContent Form(params string[] photos)
    {
        var form = new MultipartFormDataContent();
        foreach (var photo in photos)
            form.Add(new ByteArrayContent(File.ReadAllBytes(photo)), "photo", Path.GetFileName(photo));
        return form;
    }

    public static async Task<JsonElement> Body(HttpResponseMessage answer, int expected = 200)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(expected == (int)answer.StatusCode, $"Expected {expected}, got {(int)answer.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>The answer is a problem of this type and status.</summary>
    public static async Task<JsonElement> Problem(HttpResponseMessage answer, int status, string type)
    {
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await Body(answer, status);
        Assert.Equal($"urn:sosia:problem:{type}", problem.GetProperty("type").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
        return problem;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.StopAsync(); // what is being answered ends first
        await App.DisposeAsync();
        _collection.Dispose();
        Directory.Delete(_root, recursive: true);
    }
}

/// <summary>The system's time, moved forward by hand.</summary>
internal sealed class ManualClock : TimeProvider
{
    private TimeSpan _ahead;

    public void Advance(TimeSpan by) => _ahead += by;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _ahead;

    public override long GetTimestamp() => base.GetTimestamp() + (long)(_ahead.TotalSeconds * TimestampFrequency);
}

/// <summary>A server that the tests of a class share, because they change nothing in it.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    internal RunningServer Open { get; private set; } = null!;

    internal RunningServer WithKey { get; private set; } = null!;

    public async ValueTask InitializeAsync() => (Open, WithKey) = (await RunningServer.Start(), await RunningServer.Start(withKey: true));

    public async ValueTask DisposeAsync()
    {
        await Open.DisposeAsync();
        await WithKey.DisposeAsync();
    }
}
