using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sosia.Page.Tests;

/// <summary>The switch between the person, the look and both.</summary>
[Slow]
public class LookTests(Site site, LookServer look) : IClassFixture<LookServer>
{
    [Fact]
    public async Task A_photo_without_a_face_is_searched_with_by_look_after_one_click()
    {
        await using var visit = await Visit("/");
        await visit.Page.Locator("input[type=file]").SetInputFilesAsync(look.WithoutFace);
        await visit.Page.WaitForURLAsync("**/search?query=*");
        await visit.See("No face was found in");
        await Choose(visit, "The look");
        await visit.Cards.First.WaitForAsync();
        Assert.Equal("pattern.jpg", (await Sosia.Page.Tests.Visit.Names(visit.Cards))[0]);
        Assert.All(await visit.Page.Locator(".found-by").AllTextContentsAsync(), words => Assert.Equal("Found by look", words));
        Assert.Contains("by=look", visit.Page.Url);
        Assert.Equal(0, await visit.Page.Locator("input[type=range]").CountAsync()); // no line where scores have no meaning
        await visit.See("how often such a number is chance was not measured");
        await visit.IsAccessible();
        await visit.Screenshot("by-look");
    }

    [Fact]
    public async Task The_switch_goes_from_the_person_to_both_and_back_and_keeps_the_keyboard_where_it_is()
    {
        await using var visit = await Visit("/search?photo=1");
        await visit.Cards.First.WaitForAsync();
        // round to the last: both
        await visit.Searching(() => visit.Page.GetByLabel("The person", new() { Exact = true }).PressAsync("ArrowLeft"));
        var both = visit.Page.GetByLabel("Both");
        await Assertions.Expect(both).ToBeCheckedAsync();
        await Assertions.Expect(both).ToBeFocusedAsync();
        var found = await visit.Page.Locator(".found-by").AllTextContentsAsync();
        Assert.Contains("Found by look", found);
        Assert.StartsWith("Found by person and by look (look 1.00", found[0]);
        Assert.Equal(await visit.Cards.CountAsync(), (await Sosia.Page.Tests.Visit.Names(visit.Cards)).Length);
        await visit.IsAccessible();
        await visit.Screenshot("by-both");

        await visit.Searching(() => visit.Page.Keyboard.PressAsync("u")); // undo takes the switch along, wherever the keyboard is
        await Assertions.Expect(visit.Page.GetByLabel("The person", new() { Exact = true })).ToBeCheckedAsync();
        Assert.Equal(0, await visit.Page.Locator(".found-by").CountAsync());
        Assert.Equal(1, await visit.Page.Locator("input[type=range]").CountAsync());
    }

    [Fact]
    public async Task A_search_by_look_starts_from_any_photo_of_the_collection_also_without_a_face()
    {
        await using var visit = await Visit("/photos?state=noFace");
        await visit.Page.Locator(".cell a").First.ClickAsync();
        await visit.See("No face was found in this photo");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Search by its look" }).ClickAsync();
        await visit.Page.WaitForURLAsync("**/search?photo=*&by=look");
        await visit.Cards.First.WaitForAsync();
        Assert.Equal("searched with", await visit.Cards.First.Locator(".badge").TextContentAsync());
        Assert.Equal(0, await visit.Page.Locator(".mark.yes").CountAsync()); // there is no face to say that of

        await visit.Cards.Nth(1).FocusAsync();
        await visit.Page.Keyboard.PressAsync("w");
        await visit.See("By look it has rank 2 with a similarity of");
        await visit.Page.Keyboard.PressAsync("Escape");
        await visit.Cards.Nth(1).Locator("a").First.ClickAsync(new() { Force = true });
        await visit.Page.WaitForURLAsync(new Regex("/photos/[0-9]+$"));
    }

    [Fact]
    public async Task A_collection_that_was_not_indexed_by_look_says_how_and_the_index_page_offers_it()
    {
        await using var visit = await site.Visit("/search?photo=1&by=look");
        await visit.See("Not indexed by look yet");
        await visit.See("sosia index DIR --look");
        await visit.IsAccessible();
        await Choose(visit, "The person");
        await visit.Cards.First.WaitForAsync();

        await visit.Go("/jobs");
        Assert.False(await visit.Page.GetByLabel("By look too").IsCheckedAsync());
        await using var other = await Visit("/jobs");
        Assert.True(await other.Page.GetByLabel("By look too").IsCheckedAsync());
    }

    [Fact]
    public async Task What_was_found_by_look_is_exported_as_it_is_shown()
    {
        await using var visit = await Visit("/search?photo=1&by=look");
        await visit.Cards.First.WaitForAsync();
        await visit.Page.Locator(".menu summary").ClickAsync();
        var download = await visit.Page.RunAndWaitForDownloadAsync(() => visit.Button("JSON").ClickAsync());
        await using var stream = await download.CreateReadStreamAsync();
        var matches = (await JsonDocument.ParseAsync(stream)).RootElement;
        Assert.Equal(await visit.Cards.CountAsync(), matches.GetArrayLength());
        Assert.All(matches.EnumerateArray(), match => Assert.Equal("look", match.GetProperty("foundBy").GetString()));
    }

    private Task<Visit> Visit(string address) => site.Visit(address, server: look.Server);

    private static Task Choose(Visit visit, string what) =>
        visit.Page.GetByLabel(what, new() { Exact = true }).CheckAsync(new() { Force = true });
}
