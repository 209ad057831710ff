namespace Sosia.Cli.Tests;

/// <summary><c>sosia keys</c>, and what <c>sosia serve</c> says of mistakes.</summary>
public sealed class KeysTests : IDisposable
{
    private readonly SosiaProgram _sosia = new();

    public void Dispose() => _sosia.Dispose();

    [Fact]
    public void Keys_are_made_listed_and_revoked()
    {
        var made = _sosia.Ask("keys", "add", "ada", "--may", "search");
        Assert.Equal(0, made.Code);
        Assert.Matches("^sosia_[0-9a-f]{64}$", made.Out.Trim());
        Assert.Equal(0, _sosia.Ask("keys", "add", "ben", "--may", "manage").Code);
        var keys = _sosia.Ask("keys", "list", "--json").JsonLines;
        Assert.Equal(["ada search", "ben manage"], keys.Select(key => $"{key.GetProperty("name")} {key.GetProperty("may")}"));
        Assert.Contains("never used", _sosia.Ask("keys", "list").Out);
        Assert.Contains("already", _sosia.Ask("keys", "add", "ada", "--may", "search").Sentence);
        Assert.Equal(0, _sosia.Ask("keys", "revoke", "ada").Code);
        Assert.Equal(2, _sosia.Ask("keys", "revoke", "ada").Code);
        Assert.Single(_sosia.Ask("keys", "list", "--json").JsonLines);
        Assert.Equal(2, _sosia.Ask("keys", "add", "cleo").Code);
        Assert.Contains("Expected --may search, review or manage", _sosia.Ask("keys", "add", "cleo", "--may", "all").Sentence);
    }

    [Fact, Slow]
    public async Task A_server_keeps_nothing_in_its_users_home()
    {
        Directory.CreateDirectory(_sosia.Photos);
        File.WriteAllBytes(Path.Combine(_sosia.Photos, "a.jpg"), Portraits.Whole(0));
        _sosia.Ask("index", _sosia.Photos);
        var home = Directory.CreateDirectory(_sosia["home"]).FullName;
        using var server = _sosia.Start("bash", "-c", $"HOME='{home}' exec $SOSIA serve --port 0");
        var page = await Served.Address(server);
        using var client = new HttpClient { BaseAddress = new Uri(page, "/") };
        var signedIn = await client.PostAsync(
            "/api/v1/session",
            new StringContent($"{{\"key\":\"{page.Query["?token=".Length..]}\"}}", null, "application/json"),
            TestContext.Current.CancellationToken
        );
        Assert.True(signedIn.IsSuccessStatusCode);
        Assert.Equal(0, await Served.Interrupt(server));
        Assert.Empty(Directory.GetFileSystemEntries(home, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_server_that_can_not_start_says_why_in_one_sentence()
    {
        Directory.CreateDirectory(_sosia.Photos);
        File.WriteAllBytes(Path.Combine(_sosia.Photos, "a.jpg"), Portraits.Whole(0));
        _sosia.Ask("index", _sosia.Photos);
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Contains("is taken by another program", _sosia.Ask("serve", "--port", port).Sentence);
        Assert.Contains("needs an API key", _sosia.Ask("serve", "--address", "0.0.0.0").Sentence);
        _sosia.Ask("keys", "add", "ada", "--may", "search");
        Assert.Contains("can't listen on 203.0.113.7", _sosia.Ask("serve", "--address", "203.0.113.7", "--insecure").Sentence);
        Assert.Contains("--certificate FILE", _sosia.Ask("serve", "--address", "0.0.0.0").Sentence);
        Assert.Contains("There is no file", _sosia.Ask("serve", "--certificate", "/nowhere.pem").Sentence);
        Assert.Contains("belong together", _sosia.Ask("serve", "--behind-proxy", "127.0.0.1").Sentence);
        Assert.Contains("Expected an IP address of a proxy", _sosia.Ask("serve", "--behind-proxy", "proxy").Sentence);
    }
}
