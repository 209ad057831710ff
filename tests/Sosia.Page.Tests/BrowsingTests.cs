namespace Sosia.Page.Tests;

/// <summary>Photos, faces, failures, jobs, links that can be kept, forgetting, signing in.</summary>
[Slow]
public class BrowsingTests(Site site)
{
    [Fact]
    public async Task All_photos_are_in_a_list_of_which_only_the_screen_is_drawn()
    {
        await using var visit = await site.Visit("/photos", options => options.ViewportSize = new() { Width = 390, Height = 500 });
        await visit.Page.Locator(".cell[aria-setsize='24']").First.WaitForAsync();
        Assert.True(await visit.Page.Locator(".cell").CountAsync() < 24);
        Assert.Equal(0, await visit.Page.Locator(".cell[aria-posinset='24']").CountAsync());
        await visit.Page.Locator(".cell a").First.FocusAsync();
        await visit.Page.Keyboard.PressAsync("End");
        await visit.Page.Locator(".cell[aria-posinset='24'] a:focus").WaitForAsync();
        Assert.True(await visit.Page.Locator(".cell").CountAsync() < 24);
        await visit.Page.Keyboard.PressAsync("ArrowLeft");
        await visit.Page.Locator(".cell[aria-posinset='23'] a:focus").WaitForAsync();
    }

    [Fact]
    public async Task All_faces_are_shown()
    {
        await using var visit = await site.Visit("/faces");
        var faces = (await site.Server.Json("faces?searchable=true")).GetProperty("total").GetInt32();
        await visit.Page.Locator(".cell").Nth(faces - 1).WaitForAsync();
        await visit.Screenshot("faces");
    }

    [Fact]
    public async Task Failures_are_listed_with_their_reasons_and_tried_again()
    {
        await using var visit = await site.Visit("/failures");
        await visit.See("Not an image");
        await visit.See("letter.jpg");
        Assert.Equal("1", await visit.Page.Locator("[data-failures]").InnerTextAsync());
        await visit.Screenshot("failures");
        await visit.Button("Try all again").ClickAsync();
        await visit.Page.WaitForURLAsync("**/jobs");
        await visit.Page.Locator(".job[data-state=done]").First.WaitForAsync();
    }

    [Fact]
    public async Task A_folder_is_indexed_from_the_page_with_live_progress_cancelled_and_resumed()
    {
        await using var server = await RunningServer.Start(samples: false);
        var folder = server.Beside("many");
        Samples.Pieces(folder, 60);
        await using var visit = await site.Visit("/jobs", server: server);
        await visit.Page.GetByLabel("Folder").FillAsync("/no/such/folder");
        await visit.Button("Index").ClickAsync();
        await visit.See("This folder is not indexed from here");
        await visit.Page.GetByLabel("Folder").FillAsync(server.Beside("missing"));
        await visit.Button("Index").ClickAsync();
        await visit.See("No such folder");
        await visit.Page.GetByLabel("Folder").FillAsync(folder);
        await visit.Button("Index").ClickAsync();
        await visit.See("[1-9][0-9]* of 60");
        await visit.Screenshot("indexing");
        await visit.Button("Cancel").ClickAsync();
        await visit.See("Cancelled: what was read is kept");
        await visit.Button("Resume").ClickAsync();
        await visit.Page.Locator(".job[data-state=done]").WaitForAsync(new() { Timeout = 60_000 });
        Assert.Equal(60, (await server.Json("collections/current")).GetProperty("photos").GetProperty("searchable").GetInt32());
    }

    [Fact]
    public async Task Links_to_photos_faces_and_searches_can_be_kept()
    {
        var face = (await site.Server.Json("faces?searchable=true&limit=1")).GetProperty("items")[0];
        var (id, photo) = (face.GetProperty("id").GetInt64(), face.GetProperty("photo").GetInt64());
        foreach (
            var (address, shows) in ((string, string)[])
                [
                    ($"/photos/{photo}", ".boxes"),
                    ($"/faces/{id}", ".portrait"),
                    ($"/search?face={id}", ".card"),
                    ($"/search?photo={photo}", ".card"),
                ]
        )
        {
            await using var visit = await site.Visit(address);
            await visit.Page.Locator(shows).First.WaitForAsync();
        }
        await using var lost = await site.Visit("/photos/999999");
        await lost.See("It is not here");
    }

    [Fact]
    public async Task Back_and_forward_lead_where_one_was()
    {
        await using var visit = await site.Visit();
        await visit.Choose(Samples.Photos[0]);
        await visit.Cards.First.Locator(".card-photo").ClickAsync();
        await visit.Page.WaitForURLAsync("**/photos/*");
        await visit.Page.GoBackAsync();
        await visit.Cards.First.WaitForAsync();
        await visit.Page.GoBackAsync();
        await visit.See("Who are you looking for");
    }

    [Fact]
    public async Task The_link_of_an_uploaded_query_expires_politely()
    {
        await using var server = await RunningServer.Start();
        await using var visit = await site.Visit(server: server);
        await visit.Choose(Samples.Photos[0]);
        server.Clock.Advance(TimeSpan.FromMinutes(31));
        await visit.Page.ReloadAsync();
        await visit.See("This photo has been let go");
        await visit.See("never written to disk");
        await visit.IsAccessible();
    }

    [Fact]
    public async Task A_photo_is_forgotten_from_the_page_with_a_receipt()
    {
        await using var server = await RunningServer.Start();
        await using var visit = await site.Visit("/photos", server: server);
        await visit.Page.Locator(".cell a").First.ClickAsync();
        await visit.Button("Forget this photo …").ClickAsync();
        await visit.Button("Forget it").ClickAsync();
        await visit.See("Forgotten: 1 photo");
        Assert.Equal(5, (await server.Json("photos")).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Where_a_key_is_needed_the_page_asks_for_it_once()
    {
        await using var server = await RunningServer.Start(withKey: true);
        await using var visit = await site.Visit(server: server);
        await visit.Page.GetByLabel("API key").FillAsync("wrong");
        await visit.Button("Open").ClickAsync();
        await visit.See("no API key of this server");
        await visit.IsAccessible();
        await visit.Page.GetByLabel("API key").FillAsync(server.Key!);
        await visit.Button("Open").ClickAsync();
        await visit.See("Who are you looking for");
        await visit.Choose(Samples.Photos[0]); // with the antiforgery token
        await visit.Page.ReloadAsync();
        await visit.Cards.First.WaitForAsync();
    }
}
