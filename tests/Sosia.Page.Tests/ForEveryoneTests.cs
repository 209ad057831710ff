namespace Sosia.Page.Tests;

/// <summary>Screen readers, contrast, zoom, phones, dark and light; and what the page weighs.</summary>
[Slow]
public class ForEveryoneTests(Site site)
{
    private static readonly string[] Views =
    [
        "/",
        "/search?face=1",
        "/photos",
        "/photos/1",
        "/people",
        "/groups/1",
        "/cases",
        "/faces",
        "/faces/1",
        "/failures",
        "/jobs",
    ];

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Axe_finds_nothing_on_any_view(ColorScheme scheme)
    {
        await using var visit = await site.Visit(change: options => options.ColorScheme = scheme);
        foreach (var view in Views)
        {
            await visit.Go(view);
            await visit.IsAccessible(contrastOnly: scheme is ColorScheme.Dark);
            if (view.StartsWith("/search", StringComparison.Ordinal))
                await visit.Screenshot($"results-{scheme}".ToLowerInvariant());
        }
    }

    /// <summary>A browser at 200% gives the page half the pixels of the window: 640 of 1,280; at 400%, WCAG's reflow, 320.</summary>
    [Theory]
    [InlineData("zoom", 640, 430)]
    [InlineData("phone", 390, 844)]
    [InlineData("reflow", 320, 568)]
    public async Task Nothing_is_cut_off_at_200_percent_and_on_a_phone(string name, int width, int height)
    {
        await using var visit = await site.Visit(change: options =>
            (options.ViewportSize, options.DeviceScaleFactor) = (new() { Width = width, Height = height }, 2)
        );
        foreach (var view in Views)
        {
            await visit.Go(view);
            await visit.HasNoSidewaysScroll();
            if (view.StartsWith("/search", StringComparison.Ordinal))
                await visit.Screenshot(name);
        }
    }

    [Fact]
    public async Task A_screen_reader_is_told_what_was_found()
    {
        await using var visit = await site.Visit();
        await visit.Choose(Samples.Photos[0]);
        await visit.Page.WaitForFunctionAsync("/[0-9]+ match|Results/.test(document.getElementById('live').textContent)");
        await visit.Page.GetByRole(AriaRole.Status).First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await visit.IsAccessible();
    }

    [Fact]
    public async Task The_page_weighs_at_most_150_KB_compressed()
    {
        await using var visit = await site.Visit("/search?face=1");
        await visit.Cards.First.WaitForAsync();
        var weight = await visit.Page.EvaluateAsync<int>(
            """
            [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
              .filter(entry => !new URL(entry.name).pathname.startsWith("/api/")).reduce((sum, entry) => sum + entry.encodedBodySize, 0)
            """
        );
        Assert.InRange(weight, 5_000, 150_000);
    }
}
