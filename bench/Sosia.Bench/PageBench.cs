using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;
using Sosia.Server;

namespace Sosia.Bench;

/// <summary>
/// The page in Chromium over loopback: from the drop of a photo to the first results drawn, the slider, scrolling, and the page's weight.
/// </summary>
internal static class PageBench
{
    private const string Chromium = "/usr/bin/chromium";
    private const int WarmUp = 3;

    /// <summary>Results are drawn when their first picture is decoded and a frame has been presented.</summary>
    private const string Drop = """
        async ([name, data]) => {
          document.querySelector(".brand").click();
          while (!document.querySelector(".drop")) await new Promise(requestAnimationFrame);
          const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
          const transfer = new DataTransfer();
          transfer.items.add(new File([bytes], name, { type: "image/jpeg" }));
          const start = performance.now();
          document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
          let picture;
          while (!(picture = document.querySelector(".card img"))?.complete || !picture.naturalWidth) {
            if (performance.now() - start > 30_000)
              throw new Error(`No result after 30 s; the page says: ${document.body.innerText.slice(0, 300)}`);
            await new Promise(requestAnimationFrame);
          }
          await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
          return performance.now() - start;
        }
        """;

    private const string Slide = """
        async () => {
          const slider = document.querySelector("input[type=range]"), times = [];
          for (let at = 5; at < 95; at++) {
            const start = performance.now();
            slider.value = at / 100;
            slider.dispatchEvent(new Event("input"));
            document.body.offsetHeight;
            times.push(performance.now() - start);
            await new Promise(requestAnimationFrame);
          }
          return times;
        }
        """;

    /// <summary>Work of the page in each frame of a fast scroll, which decides whether it stutters.</summary>
    private const string Scroll = """
        async () => {
          while (document.documentElement.scrollHeight < innerHeight * 2) await new Promise(requestAnimationFrame);
          const times = [];
          for (let frame = 0; frame < 300; frame++) {
            scrollBy(0, 400);
            await new Promise(requestAnimationFrame);
            const start = performance.now();
            await new Promise(done => requestAnimationFrame(done));
            times.push(performance.now() - start);
          }
          return times;
        }
        """;

    private const string Weight = """
        [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
          .filter(entry => !new URL(entry.name).pathname.startsWith("/api/")).reduce((sum, entry) => sum + entry.encodedBodySize, 0)
        """;

    /// <param name="directory">A collection that exists.</param>
    /// <param name="folder">Photos to drop, taken evenly.</param>
    /// <param name="drops">How many.</param>
    public static Task<int> Run(string directory, string folder, int drops = 30) =>
        WithPage(directory, (page, server) => Measure(page, server, folder, drops));

    /// <summary>From the drop of a photo to its first results.</summary>
    /// <inheritdoc cref="Run"/>
    public static Task<object> FirstResults(string directory, string folder, int drops) =>
        WithPage(directory, async (page, _) => Spread(await Drops(page, folder, drops)));

    private static async Task<T> WithPage<T>(string directory, Func<IPage, WebApplication, Task<T>> measure)
    {
        using var collection = Collection.Open(new CollectionOptions { Directory = directory });
        await using var server = SosiaServer.Create(collection, new ServerOptions { Port = 0 });
        await server.StartAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = Chromium,
                Args =
                [
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                ],
            }
        );
        var page = await browser.NewPageAsync();
        await page.GotoAsync(SosiaServer.PageAddresses(server)[0].AbsoluteUri);
        await page.Locator(".drop").WaitForAsync();
        return await measure(page, server);
    }

    private static async Task<List<double>> Drops(IPage page, string folder, int drops)
    {
        var photos = Directory.GetFiles(folder, "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
        var times = new List<double>();
        for (var i = 0; i < drops + WarmUp; i++)
        {
            var photo = photos[(int)((long)i * photos.Length / (drops + WarmUp))];
            var taken = await page.EvaluateAsync<double>(
                Drop,
                new[] { Path.GetFileName(photo), Convert.ToBase64String(await File.ReadAllBytesAsync(photo)) }
            );
            if (i >= WarmUp)
                times.Add(taken);
        }
        return times;
    }

    private static async Task<int> Measure(IPage page, WebApplication server, string folder, int drops)
    {
        var times = await Drops(page, folder, drops);
        var slider = await page.EvaluateAsync<double[]>(Slide);
        var weight = await page.EvaluateAsync<int>(Weight);
        await page.GotoAsync(server.Urls.First() + "/photos");
        await page.Locator(".cell").First.WaitForAsync();
        var frames = await page.EvaluateAsync<double[]>(Scroll);
        Console.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    drops,
                    firstResultsMs = Spread(times),
                    sliderMs = Spread(slider),
                    scrollFrameMs = Spread(frames),
                    pageBytes = weight,
                }
            )
        );
        return 0;
    }

    private static object Spread(IReadOnlyList<double> values)
    {
        var sorted = values.Order().ToArray();
        return new
        {
            median = Math.Round(sorted[sorted.Length / 2], 1),
            p95 = Math.Round(sorted[(int)(sorted.Length * 0.95)], 1),
            most = Math.Round(sorted[^1], 1),
        };
    }
}
