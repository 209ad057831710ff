using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;

namespace Sosia.Cli.Tests;

/// <summary>serve, forget, export: the commands beside the server.</summary>
public sealed partial class ServeAndForgetTests : IDisposable
{
    private readonly SosiaProgram _sosia = new();

    public void Dispose() => _sosia.Dispose();

    [Fact, Slow]
    public async Task Serve_answers_on_loopback_until_it_is_ended()
    {
        _sosia.PutMany(2);
        Assert.Equal(0, _sosia.Ask("index", _sosia.Photos).Code);
        using var server = _sosia.Start("serve", "--port", "0");
        using var client = await Served.Client(server);
        Assert.Contains("\"total\":2", await client.GetStringAsync("/api/v1/photos"));
        server.Send(Signal.Interrupt);
        await server.WaitForExitAsync();
        Assert.Equal(0, server.ExitCode);
    }

    [Fact, Slow]
    public async Task A_new_key_is_printed_once_and_then_needed()
    {
        _sosia.PutMany(1);
        Assert.Equal(0, _sosia.Ask("index", _sosia.Photos).Code);
        var key = _sosia.Run("serve", "--new-key").Out.Trim();
        Assert.StartsWith("sosia_", key);
        using var server = _sosia.Start("serve", "--port", "0");
        using var client = new HttpClient { BaseAddress = new Uri(Address().Match((await server.StandardError.ReadLineAsync())!).Value) };
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/v1/photos")).StatusCode);
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/v1/photos")).StatusCode);
        server.Send(Signal.Terminate);
        await server.WaitForExitAsync();
    }

    [Fact]
    public void Without_a_key_serve_listens_on_loopback_only()
    {
        var ran = _sosia.Ask("serve", "--address", "0.0.0.0", "--port", "0");
        Assert.Equal(2, ran.Code);
        Assert.Contains("sosia keys add", ran.Sentence);
    }

    [Fact]
    public void A_forgotten_photo_does_not_come_back()
    {
        _sosia.PutMany(3);
        _sosia.Ask("index", _sosia.Photos);
        var receipt = _sosia.Run("forget", Path.Combine(_sosia.Photos, "0001.jpg"), "--json");
        Assert.Equal((0, 1), (receipt.Code, receipt.Json.GetProperty("photos").GetInt32()));
        Assert.True(receipt.Json.GetProperty("overwritten").GetBoolean());
        _sosia.Ask("index", _sosia.Photos);
        Assert.Equal(2, _sosia.Ask("status", "--json").Json.GetProperty("photos").GetProperty("total").GetInt32());

        var again = _sosia.Run("forget", Path.Combine(_sosia.Photos, "0001.jpg"));
        Assert.Equal(2, again.Code);
        Assert.Contains("nothing was forgotten", again.Sentence);
        Assert.Equal(2, _sosia.Ask("forget").Code);
    }

    [Fact]
    public void Matches_are_exported_as_a_table_and_a_zip_of_originals()
    {
        _sosia.PutMany(2);
        _sosia.Ask("index", _sosia.Photos);
        var query = Path.Combine(_sosia.Photos, "0000.jpg");
        Assert.Equal(1, _sosia.Ask("export", query, "--out", _sosia["found.csv"]).Code); // only the query itself
        Assert.Equal(2, File.ReadAllLines(_sosia["found.csv"]).Length);
        _sosia.Ask("export", query, "--out", _sosia["found.zip"], "--threshold", "-1");
        using var zip = ZipFile.OpenRead(_sosia["found.zip"]);
        Assert.Equal(["0001-0000.jpg", "0002-0001.jpg", "matches.csv"], zip.Entries.Select(entry => entry.Name).Order());
        foreach (var name in new[] { "found.exe", "found.2", "found.2024", "found" })
            Assert.Equal(2, _sosia.Ask("export", query, "--out", _sosia[name]).Code);
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}
