using System.IO.Compression;
using System.Text.Json;

namespace Sosia.Page.Tests;

/// <summary>Results as a grid, best first; what scores mean; the line and the slider; why; export.</summary>
[Slow]
public class ResultsTests(Site site)
{
    [Fact]
    public async Task Results_come_best_first_each_photo_once_with_the_matched_face_boxed()
    {
        await using var visit = await site.Visit(change: options => options.ViewportSize = new() { Width = 1280, Height = 1240 });
        await visit.Choose(Samples.Photos[0]);
        await visit.Screenshot("results");
        var scores = await Visit.Scores(visit.Cards);
        Assert.Equal(scores.OrderDescending(), scores);
        var names = await Visit.Names(visit.Cards);
        Assert.Equal(names.Length, names.Distinct().Count());
        foreach (var card in await visit.Cards.AllAsync())
        {
            Assert.True(
                await card.Locator(".frame")
                    .EvaluateAsync<bool>(
                        """
                        frame => { const [outer, box] = [frame, frame.querySelector(".face-box")].map(e => e.getBoundingClientRect());
                          const [x, y] = [box.left + box.width / 2, box.top + box.height / 2]; return box.width > 8 && x > outer.left && x < outer.right && y > outer.top && y < outer.bottom; }
                        """
                    )
            );
        }
    }

    [Fact]
    public async Task Copies_are_one_card_that_opens_and_the_others_can_be_sorted_by_time()
    {
        await using var visit = await site.Visit();
        await visit.Choose(Samples.Photos[0]);
        var like = visit.Cards.First.Locator("details.like");
        Assert.Equal("and 3 like it", await like.Locator("summary").InnerTextAsync());
        Assert.False(await like.Locator("img").First.IsVisibleAsync());
        await like.Locator("summary").ClickAsync();
        await Assertions.Expect(like.Locator("img")).ToHaveCountAsync(3);
        Assert.True(await like.Locator("img").First.EvaluateAsync<bool>("async image => { await image.decode(); return image.naturalWidth > 0; }"));
        var names = await Visit.Names(visit.Cards);
        Assert.True(names.Length >= 5); // every one another picture
        Assert.Equal(names.Length, names.Select(name => name.Split('-', '.')[0]).Distinct().Count());

        await visit.Page.GetByLabel("Order of the matches").SelectOptionAsync("oldest");
        var taken = await visit.Page.Locator("ol[aria-label='Matches, oldest first'] .taken").AllTextContentsAsync();
        Assert.Equal(2, taken.Count);
        Assert.Equal(taken.Select(DateOf).Order(), taken.Select(DateOf));
        await visit.Page.GetByLabel("Order of the matches").SelectOptionAsync("newest");
        var newest = await visit.Page.Locator("ol[aria-label='Matches, newest first'] .taken").AllTextContentsAsync();
        Assert.Equal(taken.Reverse(), newest);
        await visit.IsAccessible();

        static DateTime DateOf(string words) =>
            DateTime.ParseExact(string.Join(',', words.Split(',')[..2]), "d MMMM yyyy, HH:mm", System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Similarity_is_told_with_its_meaning_in_words()
    {
        await using var visit = await site.Visit();
        await visit.Choose(Samples.Photos[0]);
        Assert.Matches("(about|fewer than) 1 false match in [0-9,]+", await visit.Cards.First.Locator(".meaning").InnerTextAsync());
        Assert.Matches("expect .* false match(es)? in this collection", await visit.Cards.First.InnerTextAsync());
        Assert.Matches("similarity [0-9.]+, .*1 false match in", (await visit.Cards.First.GetAttributeAsync("aria-label"))!);
    }

    [Fact]
    public async Task A_line_divides_and_the_slider_moves_it_without_asking_the_server()
    {
        await using var visit = await site.Visit();
        await visit.Choose(Samples.Photos[0]);
        Assert.True(await visit.Page.Locator(".line").IsVisibleAsync());
        var line = double.Parse(
            await visit.Page.Locator(".slider output").InnerTextAsync(),
            System.Globalization.CultureInfo.InvariantCulture
        );
        var (above, all) = (await visit.Above.CountAsync(), (await Visit.Scores(visit.Cards)).Length);
        Assert.InRange(above, 1, all - 1);
        Assert.All(await Visit.Scores(visit.Above), score => Assert.True(score >= line - 0.005));
        var asked = visit.Searches;
        var slider = visit.Page.GetByRole(AriaRole.Slider);
        await slider.FillAsync("0.95");
        Assert.True(await visit.Above.CountAsync() < above);
        Assert.Contains("0.95", await visit.Page.Locator(".line").InnerTextAsync(), StringComparison.Ordinal);
        await slider.FillAsync("0.1");
        Assert.True(await visit.Above.CountAsync() > above);
        var scores = await Visit.Scores(visit.Cards);
        Assert.Equal(scores.OrderDescending(), scores);
        await visit.Button("Back to the recommended line").ClickAsync();
        await Assertions.Expect(visit.Above).ToHaveCountAsync(above);
        Assert.Equal(asked, visit.Searches);
    }

    [Fact]
    public async Task Nobody_in_this_collection_is_said_clearly()
    {
        await using var server = await RunningServer.Start(samples: false);
        var folder = server.Beside("photos");
        Directory.CreateDirectory(folder);
        File.Copy(Samples.Photos[1], Path.Combine(folder, "somebody.jpg"));
        await Site.Index(server, folder);
        await using var visit = await site.Visit(server: server);
        await visit.Choose(Samples.Photos[3]);
        await visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Nobody in this collection" }).WaitForAsync();
        Assert.Equal(0, await visit.Above.CountAsync());
        await visit.IsAccessible();
        await visit.Screenshot("nobody");
    }

    [Fact]
    public async Task Why_opens_the_two_aligned_faces_with_quality_and_a_heat_map()
    {
        await using var visit = await site.Visit();
        await visit.Choose(Samples.Photos[0]);
        await visit.Cards.Nth(1).GetByRole(AriaRole.Button, new() { Name = "Why?" }).ClickAsync();
        await visit.Page.Locator(".pair").WaitForAsync(new() { Timeout = 30_000 });
        Assert.Equal(2, await visit.Page.Locator(".aligned img").CountAsync());
        foreach (var picture in await visit.Page.Locator(".aligned img").AllAsync())
            await visit.Page.WaitForFunctionAsync(
                "image => image.complete && image.naturalWidth === 112",
                await picture.ElementHandleAsync()
            );
        Assert.Equal(2, await visit.Page.GetByText("Sharpness").CountAsync());
        Assert.True(
            await visit
                .Page.Locator("canvas.heat")
                .First.EvaluateAsync<bool>(
                    "heat => heat.getContext('2d').getImageData(0, 0, heat.width, heat.height).data.some(value => value > 0)"
                )
        );
        await visit.Screenshot("why");
        await visit.IsAccessible();
        await visit.Page.GetByLabel("Show what the likeness rests on").UncheckAsync();
        await Assertions.Expect(visit.Page.Locator("canvas.heat").First).ToBeHiddenAsync();
        await visit.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(visit.Page.Locator("dialog")).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData("csv", "CSV table")]
    [InlineData("json", "JSON")]
    [InlineData("zip", "ZIP of originals")]
    [InlineData("html", "One HTML file")]
    public async Task Matches_are_exported(string format, string button)
    {
        await using var visit = await site.Visit();
        await visit.Choose(Samples.Photos[1]);
        var matches = await visit.PhotosAbove();
        await visit.Page.GetByText("Export", new() { Exact = true }).ClickAsync();
        var download = await visit.Page.RunAndWaitForDownloadAsync(() =>
            visit.Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync()
        );
        Assert.Equal($"matches.{format}", download.SuggestedFilename);
        var path = await download.PathAsync();
        var count = format switch
        {
            "csv" => (await File.ReadAllLinesAsync(path)).Length - 1,
            "json" => JsonDocument.Parse(await File.ReadAllTextAsync(path)).RootElement.GetArrayLength(),
            "zip" => Entries(path) - 1,
            _ => (await File.ReadAllTextAsync(path)).Contains("<html", StringComparison.OrdinalIgnoreCase) ? matches : 0,
        };
        Assert.Equal(matches, count);
    }

    private static int Entries(string path)
    {
        using var zip = ZipFile.OpenRead(path);
        return zip.Entries.Count;
    }

    [Fact]
    public async Task A_picture_for_the_README_is_taken_of_the_sample_photos()
    {
        await using var visit = await site.Visit(change: options => options.ViewportSize = new() { Width = 1280, Height = 800 });
        await visit.Choose(Samples.Photos[0]);
        await visit.Screenshot("readme");
        Assert.True(new FileInfo(Path.Combine(Site.Screenshots, "readme.png")).Length > 50_000);
    }
}
