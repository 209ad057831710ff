using Sosia.Server.Safety.Keys;

namespace Sosia.Page.Tests;

/// <summary>Who is signed in, what that allows, and the page under a path of a proxy.</summary>
[Slow]
public class SignedInTests(Site site)
{
    [Fact]
    public async Task The_page_says_who_is_signed_in_hides_what_that_does_not_allow_and_signs_out()
    {
        await using var server = await RunningServer.Start(withKey: true);
        var key = new KeyStore(server.CollectionDirectory).Add("ada", Scope.Search, DateTimeOffset.UtcNow);
        await using var visit = await site.Visit(server: server);
        await SignIn(visit, key);
        await Assertions.Expect(visit.Page.Locator("[data-who]")).ToHaveTextAsync("ada");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Link, new() { Name = "Index", Exact = true })).ToHaveCountAsync(0);
        await visit.IsAccessible();
        await visit.Page.GotoAsync(new Uri(server.Address, "/photos/1").AbsoluteUri);
        await visit.See("faces?: click");
        Assert.Equal(0, await visit.Page.GetByText("Forget this photo").CountAsync());

        await visit.Button("Sign out").ClickAsync();
        await visit.See("This collection needs a key");
        await visit.Page.ReloadAsync();
        await visit.See("This collection needs a key");
    }

    [Fact]
    public async Task Under_a_path_of_a_proxy_the_page_works_as_it_does_at_the_root()
    {
        using var proxy = new PathProxy();
        await using var server = await RunningServer.Start(
            withKey: true,
            change: options => options with { BehindProxy = [System.Net.IPAddress.Loopback], PublicUrl = proxy.Address, Insecure = true }
        );
        proxy.Serve(server.Address);
        await using var visit = await site.Visit(server: server, address: proxy.Address.AbsoluteUri + "/");
        await SignIn(visit, server.Key!);
        await visit.Choose(Samples.Photos[0]);
        Assert.StartsWith($"{proxy.Address}/search?", visit.Page.Url);
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Photos", Exact = true }).ClickAsync();
        await visit.Page.WaitForURLAsync($"{proxy.Address}/photos");
        await visit.Page.Locator(".tile").First.ClickAsync();
        await visit.Page.WaitForURLAsync($"{proxy.Address}/photos/*");
        await visit.Page.ReloadAsync();
        await visit.See("Path");
        await visit.Page.Locator("img").First.EvaluateAsync("async image => image.decode()");
    }

    private static async Task SignIn(Visit visit, string key)
    {
        await visit.Page.GetByLabel("API key").FillAsync(key);
        await visit.Button("Open").ClickAsync();
        await visit.See("Who are you looking for");
    }
}
