using System.Globalization;
using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;

namespace Sosia.Page.Tests;

/// <summary>Somebody with the page open, and what a person does with it.</summary>
internal sealed class Visit : IAsyncDisposable
{
    private readonly List<string> _errors = [];
    private readonly List<string> _elsewhere = [];
    private readonly IBrowserContext _context;
    private readonly Uri _server;

    private Visit(IBrowserContext context, IPage page, Uri server)
    {
        (_context, Page, _server) = (context, page, server);
        page.PageError += (_, error) => _errors.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
                _errors.Add(message.Text);
        };
        page.Request += (_, request) =>
        {
            if (
                !request.Url.StartsWith(server.AbsoluteUri, StringComparison.Ordinal)
                && !request.Url.StartsWith("blob:", StringComparison.Ordinal)
                && !request.Url.StartsWith("data:", StringComparison.Ordinal)
            )
                _elsewhere.Add(request.Url);
            if (request.Url.Contains("/api/v1/search", StringComparison.Ordinal))
                Searches++;
        };
    }

    public IPage Page { get; }

    /// <summary>How often the server was asked to search.</summary>
    public int Searches { get; private set; }

    public ILocator Cards => Page.Locator(".card");

    /// <summary>The cards above the line.</summary>
    public ILocator Above => Page.Locator("ol[aria-label='Matches, best first'] .card");

    /// <summary>Photos above the line, those that were folded into others with them.</summary>
    public async Task<int> PhotosAbove()
    {
        var folded = await Above.Locator("details.like summary").AllInnerTextsAsync();
        return await Above.CountAsync() + folded.Sum(text => int.Parse(text.Split(' ')[1], CultureInfo.InvariantCulture));
    }

    /// <param name="context">A browser of its own.</param>
    /// <param name="page">The address that the server printed.</param>
    /// <param name="address">Where to go on the page.</param>
    public static async Task<Visit> Open(IBrowserContext context, Uri page, string address)
    {
        context.SetDefaultTimeout(45_000); // other tests run programs at the same time; how fast the page is, bench measures
        var visit = new Visit(context, await context.NewPageAsync(), new Uri(page, "/"));
        var token = page.Query.TrimStart('?');
        await visit.Go(token.Length > 0 ? $"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{token}" : address);
        return visit;
    }

    public async Task Go(string address)
    {
        await Page.GotoAsync(new Uri(_server, address).AbsoluteUri);
        await Page.Locator("main h1").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
    }

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name });

    /// <summary>Chooses a photo and waits for the results.</summary>
    public async Task Choose(params string[] photos)
    {
        await Page.Locator("input[type=file]").SetInputFilesAsync(photos);
        await Page.WaitForURLAsync("**/search?query=*");
        await Cards.First.WaitForAsync();
    }

    /// <summary>Does something that searches, and waits until it is on the screen.</summary>
    public async Task Searching(Func<Task> act)
    {
        var old = await Page.Locator(".tools").ElementHandleAsync();
        await act();
        await Page.WaitForFunctionAsync("old => !old.isConnected", old);
    }

    public static async Task<string[]> Names(ILocator cards) => [.. await cards.Locator(".file").AllTextContentsAsync()];

    public static async Task<double[]> Scores(ILocator cards) =>
        [
            .. (await cards.Locator(".score strong").AllTextContentsAsync()).Select(text =>
                double.Parse(text, System.Globalization.CultureInfo.InvariantCulture)
            ),
        ];

    public Task See(string text) => Page.GetByText(new Regex(text)).First.WaitForAsync();

    public async Task Screenshot(string name)
    {
        await Page.WaitForLoadStateAsync(LoadState.NetworkIdle, new() { Timeout = 60_000 }); // pictures are made while it waits
        await Page.ScreenshotAsync(new() { Path = Path.Combine(Site.Screenshots, $"{name}.png") });
    }

    /// <summary>axe finds nothing, WCAG 2.2 AA and best practices.</summary>
    /// <param name="contrastOnly">Whether only the colours differ from what was looked at already.</param>
    public async Task IsAccessible(bool contrastOnly = false)
    {
        var found = await Page.RunAxe(
            new AxeRunOptions
            {
                RunOnly = contrastOnly
                    ? RunOnlyOptions.Rules("color-contrast")
                    : RunOnlyOptions.Tags("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"),
            }
        );
        Assert.True(
            found.Violations.Length == 0,
            string.Join(
                "\n",
                found.Violations.Select(violation =>
                    $"{Page.Url} {violation.Id}: {violation.Help}: {string.Join(" | ", violation.Nodes.Take(3).Select(node => node.Html))}"
                )
            )
        );
    }

    public async Task HasNoSidewaysScroll() =>
        Assert.True(
            await Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"),
            $"{Page.Url} is wider than the screen."
        );

    /// <summary>Drops or pastes a photo, as the browser tells the page of it.</summary>
    public async Task Give(string kind, string photo) =>
        await Page.EvaluateAsync(
            """
            ([kind, name, data]) => {
              const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
              const transfer = new DataTransfer();
              transfer.items.add(new File([bytes], name, { type: "image/jpeg" }));
              document.body.dispatchEvent(kind === "drop"
                ? new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true })
                : new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }));
            }
            """,
            new[] { kind, Path.GetFileName(photo), Convert.ToBase64String(await File.ReadAllBytesAsync(photo)) }
        );

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        Assert.Empty(_errors);
        Assert.Empty(_elsewhere);
    }
}
