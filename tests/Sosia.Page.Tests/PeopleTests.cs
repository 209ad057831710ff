using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sosia.Page.Tests;

/// <summary>People on the page: named, asked about by keyboard, corrected, undone.</summary>
[Slow]
public class PeopleTests(Site site)
{
    [Fact]
    public async Task A_group_is_named_and_undone()
    {
        await using var server = await RunningServer.Start();
        await using var visit = await site.Visit("/people", server: server);
        await visit.Page.GetByRole(AriaRole.List, new() { Name = "Groups without a name" }).GetByRole(AriaRole.Link).First.ClickAsync();
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Ada <b>Lovelace</b>");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Ada <b>Lovelace</b>" }).WaitForAsync();
        await visit.IsAccessible();
        await visit.HasNoSidewaysScroll();
        await visit.Screenshot("person");
        await visit.Go("/people");
        await visit.Page.GetByRole(AriaRole.List, new() { Name = "People who have names" }).GetByText("Ada <b>Lovelace</b>").WaitForAsync();
        await visit.IsAccessible();
        await visit.Screenshot("people");
        await visit.Button("Undo").ClickAsync();
        await visit.See("Change 1 is undone");
        await visit
            .Page.GetByRole(AriaRole.List, new() { Name = "People who have names" })
            .WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    [Fact]
    public async Task Suggestions_are_answered_by_keyboard()
    {
        await using var server = await RunningServer.Start(samples: false);
        Site.Variants(server.Beside("photos"));
        await Site.Index(server, server.Beside("photos"));
        var group = (await server.Json("people"))
            .GetProperty("groups")
            .EnumerateArray()
            .MaxBy(group => group.GetProperty("suggested").GetInt32());
        var faces = group.GetProperty("faces").EnumerateArray().Select(face => face.GetInt64()).ToArray();
        await server.Post("people", new { faces = faces[..1], name = "Ada" });
        var asked = (await server.Json("people/Ada/suggestions")).GetProperty("items").GetArrayLength();
        Assert.True(asked >= 2);

        await using var visit = await site.Visit("/people/1", server: server);
        await visit.See("Is this Ada\\?");
        await visit.IsAccessible();
        await visit.Page.Keyboard.PressAsync("n");
        await visit.See($"{asked - 1} face");
        await visit.Page.Keyboard.PressAsync("u"); // not that one after all
        await visit.See($"{asked} face");
        await visit.Page.Keyboard.PressAsync("n");
        await visit.See($"{asked - 1} face");
        await visit.Page.Keyboard.PressAsync("y");
        if (asked > 2)
            await visit.See($"{asked - 2} face");
        var person = await Until(server, person => person.GetProperty("confirmed").GetInt32() == 2);
        Assert.Equal(2, person.GetProperty("confirmed").GetInt32());
        Assert.Equal(asked - 2, (await server.Json("people/Ada/suggestions")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Chosen_faces_become_somebody_else_and_a_face_is_named_where_it_is()
    {
        await using var server = await RunningServer.Start();
        var group = (await server.Json("people")).GetProperty("groups")[0].GetProperty("id").GetString();
        await server.Post("people", new { group, name = "Ada" });
        await using var visit = await site.Visit("/people/1", server: server);
        await visit.Page.GetByRole(AriaRole.Checkbox).First.CheckAsync();
        await visit.Page.GetByLabel("Their name").FillAsync("Ben");
        await visit.Button("The chosen are somebody else").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Ben" }).WaitForAsync();

        var face = (await server.Json("people?groups=1000"))
            .GetProperty("groups")
            .EnumerateArray()
            .Last()
            .GetProperty("faces")[0]
            .GetInt64();
        await visit.Go($"/faces/{face}");
        await visit.Page.GetByLabel("Who is this?").FillAsync("Cleo");
        await visit.Button("Name").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Cleo" }).WaitForAsync();
        Assert.Matches(new Regex("/people/\\d+$"), visit.Page.Url);
    }

    [Fact]
    public async Task A_face_that_was_not_found_is_added_by_keyboard_named_and_undone()
    {
        await using var server = await RunningServer.Start();
        var photo = (await server.Json("photos?limit=1")).GetProperty("items")[0].GetProperty("id").GetInt64();
        var before = (await server.Json($"photos/{photo}")).GetProperty("faces").GetArrayLength();
        await using var visit = await site.Visit($"/photos/{photo}", server: server);
        await visit.Button("Add a face").ClickAsync();
        for (var step = 0; step < 20; step++) // into the corner, where nobody is
        {
            await visit.Page.Keyboard.PressAsync("ArrowLeft");
            await visit.Page.Keyboard.PressAsync("ArrowUp");
            await visit.Page.Keyboard.PressAsync("Shift+ArrowLeft");
            await visit.Page.Keyboard.PressAsync("Shift+ArrowUp");
        }
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.IsAccessible();
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Dora");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.See("added by hand");
        Assert.Equal(before + 1, (await server.Json($"photos/{photo}")).GetProperty("faces").GetArrayLength());
        await visit.IsAccessible();
        await visit.HasNoSidewaysScroll();
        await visit.Button("Undo").First.ClickAsync();
        await visit.See("Change 1 is undone");
        Assert.Equal(before, (await server.Json($"photos/{photo}")).GetProperty("faces").GetArrayLength());
    }

    [Fact]
    public async Task A_face_is_named_in_the_results_and_on_its_photo()
    {
        await using var server = await RunningServer.Start();
        var group = (await server.Json("people")).GetProperty("groups")[0];
        var face = group.GetProperty("faces")[0].GetInt64();
        await using var visit = await site.Visit($"/search?face={face}", server: server);
        await visit.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Name this face") }).First.ClickAsync();
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Ada");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.See("Ada: noted");
        await visit.Page.Locator("#toasts").GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await visit.See("Change 1 is undone");
        Assert.Empty((await server.Json("people")).GetProperty("people").EnumerateArray());
        await visit.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Name this face") }).First.ClickAsync();
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Ada");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.See("Ada: noted");
        Assert.Equal("Ada", (await server.Json("people")).GetProperty("people")[0].GetProperty("name").GetString());
        var photo = (await server.Json($"faces/{face}")).GetProperty("photo").GetInt64();
        await visit.Go($"/photos/{photo}");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Name face 1", Exact = true }).ClickAsync();
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Ben");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.See("Ben: noted");
    }

    [Fact]
    public async Task A_case_is_made_shows_what_is_new_and_rejects()
    {
        await using var server = await RunningServer.Start();
        await using var visit = await site.Visit("/cases", server: server);
        await visit.Page.GetByLabel("Name").FillAsync("Missing: Mila");
        await visit.Page.GetByLabel("Photos of the person").SetInputFilesAsync(Samples.Photos[0]);
        await visit.See("1 photo");
        await visit.Button("Make the case").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Missing: Mila" }).WaitForAsync();
        await visit.See("[1-9][0-9]* match(es)?, [1-9][0-9]* new");
        await visit.IsAccessible();
        await visit.HasNoSidewaysScroll();
        await visit.Screenshot("case");
        var before = await visit.Button("Not the person").CountAsync();
        await visit.Button("Not the person").First.ClickAsync();
        await visit.See($"1 for, 0 against, 1 rejected");
        Assert.Equal(before - 1, await visit.Button("Not the person").CountAsync());
        await visit.See(", 0 new");
        await visit.Button("Undo").ClickAsync();
        await visit.See("1 for, 0 against, 0 rejected");
        await visit.Button("Against").First.ClickAsync();
        await visit.See("1 for, 1 against, 0 rejected");
        await visit.Button("Close the case").ClickAsync();
        await visit.See("Locked");
    }

    private static async Task<JsonElement> Until(RunningServer server, Func<JsonElement, bool> holds)
    {
        for (var tries = 0; ; tries++)
        {
            var person = (await server.Json("people/Ada")).GetProperty("person");
            if (holds(person) || tries == 50)
                return person;
            await Task.Delay(100);
        }
    }
}
