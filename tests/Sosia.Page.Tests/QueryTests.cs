namespace Sosia.Page.Tests;

/// <summary>The query shows its faces as boxes; more photos of the same person; yes, not this person, undo.</summary>
[Slow]
public class QueryTests(Site site)
{
    [Fact]
    public async Task The_faces_of_the_query_are_boxes_and_a_click_takes_another()
    {
        await using var visit = await site.Visit();
        await visit.Choose(Samples.Photos[0]);
        var boxes = visit.Page.Locator(".side .face-choice");
        Assert.Equal(3, await boxes.CountAsync());
        Assert.Equal(1, await visit.Page.Locator(".face-choice[aria-pressed=true]").CountAsync());
        var before = await Visit.Scores(visit.Cards);
        await visit.Searching(() => visit.Page.Locator(".face-choice[aria-pressed=false]").Last.ClickAsync());
        Assert.NotEqual(before, await Visit.Scores(visit.Cards));
        Assert.Equal(1, await visit.Page.Locator(".face-choice[aria-pressed=true]").CountAsync());
    }

    [Fact]
    public async Task A_box_of_ones_own_is_dragged_where_the_detector_failed()
    {
        await using var visit = await site.Visit();
        await visit.Choose(Samples.Photos[0]);
        var face = (await visit.Page.Locator(".face-choice").First.BoundingBoxAsync())!;
        await visit.Searching(async () =>
        {
            await visit.Page.Mouse.MoveAsync(face.X - 3, face.Y - 3);
            await visit.Page.Mouse.DownAsync();
            await visit.Page.Mouse.MoveAsync(face.X + 10, face.Y + 10);
            await visit.Page.Mouse.MoveAsync(face.X + face.Width + 2, face.Y + face.Height + 2);
            await visit.Page.Mouse.UpAsync();
        });
        Assert.Equal(4, await visit.Page.Locator(".face-choice").CountAsync());
        Assert.Equal("Face 4 of 4", await visit.Page.Locator(".face-choice[aria-pressed=true]").GetAttributeAsync("aria-label"));
        Assert.True((await Visit.Scores(visit.Cards))[0] > 0.5);
    }

    [Fact]
    public async Task A_box_is_drawn_with_the_keyboard_alone()
    {
        await using var visit = await site.Visit();
        await visit.Choose(Samples.Photos[0]);
        await visit.Button("Draw a box").FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        var box = visit.Page.Locator(".own-box");
        var before = (await box.BoundingBoxAsync())!;
        await visit.Page.Keyboard.PressAsync("ArrowRight");
        await visit.Page.Keyboard.PressAsync("Shift+ArrowDown");
        var after = (await box.BoundingBoxAsync())!;
        Assert.True(after.X > before.X && after.Height > before.Height);
        await visit.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(box).ToHaveCountAsync(0);
        await visit.Button("Draw a box").ClickAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.See("4 faces|can't be|too poor|No face|recognised");
    }

    [Fact]
    public async Task More_photos_of_the_same_person_are_added_and_taken_away()
    {
        await using var visit = await site.Visit();
        await visit.Choose(Samples.Photos[1]);
        await visit.Searching(() => visit.Page.Locator("input[type=file]").SetInputFilesAsync(Samples.Photos[2]));
        Assert.Equal(2, await visit.Page.Locator("[aria-label='Photos of this person'] li").CountAsync());
        await visit.Searching(() => visit.Page.Locator(".take-away").First.ClickAsync());
        Assert.Equal(0, await visit.Page.Locator("[aria-label='Photos of this person'] li").CountAsync());
    }

    [Fact]
    public async Task Saying_yes_or_not_this_person_moves_the_ranking_and_undo_takes_it_back()
    {
        await using var visit = await site.Visit();
        await visit.Choose(Samples.Photos[0]);
        var first = await Visit.Scores(visit.Cards);
        var name = (await Visit.Names(visit.Cards))[1];
        await visit.Searching(() => visit.Cards.Nth(1).Locator(".mark.no").ClickAsync());
        Assert.NotEqual(first, await Visit.Scores(visit.Cards));
        Assert.Contains("&not=", visit.Page.Url, StringComparison.Ordinal);
        Assert.NotEqual(name, (await Visit.Names(visit.Cards))[1]);
        Assert.Equal(1, await visit.Page.Locator(".others li").CountAsync());
        await visit.Searching(() => visit.Button("Undo").ClickAsync());
        Assert.Equal(first, await Visit.Scores(visit.Cards));

        await visit.Searching(() => visit.Cards.Nth(1).Locator(".mark.yes").ClickAsync());
        Assert.NotEqual(first, await Visit.Scores(visit.Cards));
        Assert.Equal(1, await visit.Page.Locator(".card[data-mark=yes]").CountAsync());
        Assert.Equal(2, await visit.Page.Locator("[aria-label='Photos of this person'] li").CountAsync());
    }

    [Fact]
    public async Task The_keyboard_moves_says_yes_no_and_skip_undoes_and_leaves()
    {
        await using var visit = await site.Visit();
        await visit.Choose(Samples.Photos[0]);
        Task<string?> Here() => visit.Page.EvaluateAsync<string?>("document.activeElement.dataset.photo ?? null");
        await visit.Page.Keyboard.PressAsync("ArrowRight");
        var start = await Here();
        await visit.Page.Keyboard.PressAsync("ArrowRight");
        var next = await Here();
        Assert.NotNull(start);
        Assert.NotEqual(start, next);
        await visit.Page.Keyboard.PressAsync("ArrowLeft");
        Assert.Equal(start, await Here());
        await visit.Page.Keyboard.PressAsync("s");
        Assert.Equal(next, await Here());
        await visit.Searching(() => visit.Page.Keyboard.PressAsync("y"));
        Assert.Equal(next, await visit.Page.Locator(".card[data-mark=yes]").GetAttributeAsync("data-photo"));
        Assert.Equal(next, await Here());
        await visit.Searching(() => visit.Page.Keyboard.PressAsync("u"));
        Assert.Equal(0, await visit.Page.Locator(".card[data-mark=yes]").CountAsync());
        await visit.Page.Keyboard.PressAsync("ArrowRight");
        await visit.Searching(() => visit.Page.Keyboard.PressAsync("n"));
        Assert.Equal(1, await visit.Page.Locator(".others li").CountAsync());
        await visit.Searching(() => visit.Page.Keyboard.PressAsync("Control+z"));
        await visit.Page.Keyboard.PressAsync("Escape");
        await visit.See("Who are you looking for");
    }
}
