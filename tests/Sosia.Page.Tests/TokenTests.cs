namespace Sosia.Page.Tests;

/// <summary>Opening the page by the address that `sosia serve` prints.</summary>
[Slow]
public class TokenTests(Site site)
{
    [Fact]
    public async Task The_token_signs_in_and_leaves_the_address_and_the_history()
    {
        await using var visit = await site.Visit("/photos?state=searchable");
        await visit.Page.Locator(".cell").First.WaitForAsync();
        Assert.Equal(new Uri(site.Server.Address, "/photos?state=searchable").AbsoluteUri, visit.Page.Url);
        await visit.Go("/faces");
        await visit.Page.Locator(".cell").First.WaitForAsync();
        await visit.Page.GoBackAsync();
        Assert.DoesNotContain("token", visit.Page.Url);
        var cookie = Assert.Single(await visit.Page.Context.CookiesAsync());
        Assert.Equal((true, SameSiteAttribute.Strict), (cookie.HttpOnly, cookie.SameSite));
        Assert.False(
            await visit.Page.EvaluateAsync<bool>(
                $"JSON.stringify({{ ...localStorage, ...sessionStorage }}).includes('{site.Server.Token}')"
            )
        );
    }

    [Fact]
    public async Task A_token_of_an_earlier_start_says_what_to_do_and_the_right_one_can_be_typed()
    {
        await using var server = await RunningServer.Start();
        await using var visit = await site.Visit("/?token=0000", server: server, signIn: false);
        await visit.See("printed last");
        Assert.Equal(server.Address.AbsoluteUri, visit.Page.Url);
        await visit.Page.GetByLabel("API key").FillAsync(server.Token!);
        await visit.Button("Open").ClickAsync();
        await visit.Page.Locator(".drop").WaitForAsync();
    }
}
