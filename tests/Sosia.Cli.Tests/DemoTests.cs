using System.Diagnostics;

namespace Sosia.Cli.Tests;

[Slow]
public sealed class DemoTests : IDisposable
{
    private readonly SosiaProgram _sosia = new();

    public void Dispose() => _sosia.Dispose();

    [Fact]
    public void The_demo_indexes_the_samples_finds_the_person_and_says_how_to_see_it_again_and_again()
    {
        foreach (var already in new[] { false, true })
        {
            var ran = _sosia.Run("demo");
            Assert.Equal(0, ran.Code);
            Assert.Contains(already ? "6 unchanged" : "6 photos indexed with 22 faces", ran.Out, StringComparison.Ordinal);
            Assert.Contains("sample3.jpg", ran.Out, StringComparison.Ordinal);
            Assert.Contains("1 photo with this person among 22 faces", ran.Out, StringComparison.Ordinal);
            Assert.Contains(Page, ran.Out, StringComparison.Ordinal);
            Assert.True(File.Exists(Page));
        }
    }

    [Fact]
    public void The_page_of_the_demo_needs_nothing_from_elsewhere_and_looks_like_the_picture_in_the_README()
    {
        Assert.Equal(0, _sosia.Run("demo").Code);
        var page = File.ReadAllText(Page);
        Assert.DoesNotContain("http", page, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(3, page.Split("data:image/webp;base64,").Length - 1); // the query, itself in the collection, and the match

        var program = InstalledBrowser.Need();
        var picture = Path.Combine(
            Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "../../../screenshots")).FullName,
            "demo.png"
        );
        File.Delete(picture);
        using var browser = Process.Start(
            program,
            [
                "--headless",
                .. InstalledBrowser.Switches,
                $"--user-data-dir={_sosia["browser"]}",
                "--hide-scrollbars",
                "--window-size=900,760",
                $"--screenshot={picture}",
                new Uri(Page).AbsoluteUri,
            ]
        );
        Assert.True(browser.WaitForExit(TimeSpan.FromMinutes(1)));
        Assert.True(new FileInfo(picture).Length > 20_000);
    }

    private string Page => _sosia["data/sosia/demo/result.html"];
}
