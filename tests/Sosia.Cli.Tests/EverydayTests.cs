using System.Text.Json;

namespace Sosia.Cli.Tests;

/// <summary>Commands as people type them: what is left out, moved, compared, written, explained.</summary>
[Slow]
public sealed class EverydayTests : IDisposable
{
    private readonly SosiaProgram _sosia = new();

    public EverydayTests()
    {
        _sosia.Put("a.jpg", Portraits.Of(0));
        _sosia.Put("b.jpg", Portraits.Again(0));
        _sosia.Put("c.jpg", Portraits.Of(1));
        _sosia.Put("Screenshots/d.jpg", Portraits.Of(2));
        _sosia.Put("e.png", Portraits.WithoutFace());
    }

    public void Dispose() => _sosia.Dispose();

    [Fact]
    public void What_is_excluded_is_not_indexed_and_what_was_indexed_goes_if_it_is_little()
    {
        Assert.Equal(0, _sosia.Ask("index", _sosia.Photos, "--exclude", "screenshots", "--exclude", "*.PNG").Code);
        Assert.Equal(["a.jpg", "b.jpg", "c.jpg"], Known());
        Assert.Equal(0, _sosia.Ask("index", _sosia.Photos).Code);
        Assert.Equal(5, Known().Length);
        Assert.Equal(0, _sosia.Ask("index", _sosia.Photos, "--exclude", "Screenshots/").Code); // one of five
        Assert.Equal(["a.jpg", "b.jpg", "c.jpg", "e.png"], Known());
        var kept = _sosia.Ask("index", _sosia.Photos, "--exclude", Path.Combine(_sosia.Photos, "*.jpg"));
        Assert.Equal(3, kept.Code);
        Assert.Contains("left out by --exclude", kept.Error);
        Assert.Equal(4, Known().Length);
        Assert.Equal(0, _sosia.Ask("index", _sosia.Photos, "--exclude", "*.jpg", "--force").Code);
        Assert.Equal(["e.png"], Known());
    }

    [Fact]
    public void A_moved_folder_is_known_at_its_new_place_without_reading_a_photo()
    {
        Assert.Equal(0, _sosia.Ask("index", _sosia.Photos).Code);
        Directory.Move(_sosia.Photos, _sosia["disk"]);
        Assert.Equal(2, _sosia.Ask("relocate", _sosia.Photos, _sosia["nowhere"]).Code);
        Assert.Equal(2, _sosia.Ask("relocate", _sosia["nowhere"], _sosia["disk"]).Code);
        Assert.Equal(2, _sosia.Ask("relocate", _sosia.Photos, Path.Combine(_sosia.Photos, "deeper")).Code);
        File.Delete(_sosia["disk/e.png"]);
        var moved = _sosia.Ask("relocate", _sosia.Photos, _sosia["disk"], "--json").Json;
        Assert.Equal((5, 1), (moved.GetProperty("files").GetInt32(), moved.GetProperty("changed").GetInt32()));
        var indexed = _sosia.Ask("index", _sosia["disk"], "--json").JsonLines[^1];
        Assert.Equal(0, indexed.GetProperty("photos").GetInt32());
        Assert.Equal(4, indexed.GetProperty("skipped").GetInt32());
        Assert.All(Lines(), line => Assert.StartsWith(_sosia["disk"], line.GetProperty("path").GetString()));
    }

    [Fact]
    public void What_arrives_in_a_watched_folder_is_indexed_while_people_are_named()
    {
        using var watch = _sosia.Start("watch", _sosia.Photos, "--json", "--exclude", "Screenshots");
        Until(() => Known().Length == 4);
        _sosia.Put("2024.05/er/new.jpg", Portraits.Of(3));
        Until(() => Known().Contains("new.jpg"));
        var group = _sosia.Ask("people", "list", "--all", "--json").JsonLines[0].GetProperty("id").GetString()!;
        Assert.Equal(0, _sosia.Ask("people", "name", group, "Ada").Code);
        _sosia.Put("Screenshots/other.jpg", Portraits.Of(4));
        _sosia.Put(".hidden/other.jpg", Portraits.Of(4));
        File.Delete(Path.Combine(_sosia.Photos, "e.png"));
        Until(() => !Known().Contains("e.png"));
        File.WriteAllBytes(Path.Combine(_sosia.Photos, "c.jpg"), Portraits.Of(5));
        Directory.Move(Path.Combine(_sosia.Photos, "2024.05"), Path.Combine(_sosia.Photos, "moved"));
        Until(() => Lines().Any(line => line.GetProperty("path").GetString()!.Contains("/moved/er/new.jpg", StringComparison.Ordinal)));
        Assert.Equal(["a.jpg", "b.jpg", "c.jpg", "new.jpg"], Known());
        _sosia.Put("f.jpg", Portraits.Of(9)); // one of five may go without a word
        Until(() => Known().Length == 5);
        Directory.Move(Path.Combine(_sosia.Photos, "moved"), _sosia["away.from.here"]); // one message for all that is in it
        Until(() => Known().Length == 4);
        Assert.Contains("Ada", _sosia.Ask("people", "list").Out);
        watch.Send(Signal.Interrupt);
        Assert.True(watch.WaitForExit(30_000));
        Assert.Equal(0, watch.ExitCode);
        Assert.Equal(2, _sosia.Ask("watch", _sosia.Photos, "--every", "0").Code);

        static void Until(Func<bool> holds)
        {
            for (var tries = 0; !holds(); tries++)
            {
                Assert.True(tries < 120, "What changed was not seen in time.");
                Thread.Sleep(500);
            }
        }
    }

    [Fact]
    public void Photos_are_listed_by_state()
    {
        Assert.Equal(0, _sosia.Ask("index", _sosia.Photos).Code);
        _sosia.Put("broken.jpg", [1, 2, 3]);
        Assert.Equal(3, _sosia.Ask("index", _sosia.Photos).Code);
        Assert.Equal(4, Lines("--state", "searchable").Length);
        Assert.EndsWith("e.png", Assert.Single(Lines("--state", "noFace")).GetProperty("path").GetString());
        Assert.EndsWith("broken.jpg", Assert.Single(Lines("--state", "unreadable")).GetProperty("path").GetString());
        Assert.Empty(Lines("--state", "waiting"));
        Assert.Equal(2, _sosia.Ask("photos", "--state", "unreadable", "--failed").Code);
    }

    [Fact]
    public void Faces_are_compared_a_search_is_written_and_explained_as_it_was_asked()
    {
        Assert.Equal(0, _sosia.Ask("index", _sosia.Photos).Code);
        var (a, b, c) = (Path.Combine(_sosia.Photos, "a.jpg"), Path.Combine(_sosia.Photos, "b.jpg"), Path.Combine(_sosia.Photos, "c.jpg"));
        var group = Portraits.Sample(3);
        var one = _sosia.Ask("compare", group, c, "--face", "1", "--json");
        var two = _sosia.Ask("compare", group, c, "--face", "2", "--json");
        Assert.Equal([0, 1], new[] { one.Code, two.Code }.Order());
        var other = one.Code == 0 ? "1" : "2";
        Assert.Equal(0, _sosia.Ask("compare", c, group, "--face-b", other).Code);
        Assert.Contains("--face-b 1 to", _sosia.Ask("compare", c, group).Error);

        Assert.Equal(0, _sosia.Ask("search", a, "--out", _sosia["found.csv"]).Code);
        Assert.Contains("b.jpg", File.ReadAllText(_sosia["found.csv"]));
        var old = _sosia.Ask("export", a, "--out", _sosia["old.csv"]);
        Assert.Contains("sosia search --out FILE", old.Error);
        Assert.Equal(File.ReadAllText(_sosia["found.csv"]), File.ReadAllText(_sosia["old.csv"]));
        Assert.Equal(2, _sosia.Ask("search", a, "--out", _sosia["found.2024"]).Code);
        Assert.Equal(2, _sosia.Ask("search", "--also", a, b, c).Code); // --also takes one: two photos are left

        Assert.Equal(0, _sosia.Ask("why", b, "--query", a, "--also", b, "--combine", "best", "--expand").Code);
        Assert.Equal(1, _sosia.Ask("why", b, "--query", a, "--under", Path.Combine(_sosia.Photos, "Screenshots")).Code);
        Assert.Contains("--public-url", _sosia.Ask("serve", "--host", "photos.example").Sentence);
        Assert.Contains("sosia eval folder", _sosia.Ask("eval", "lfw", _sosia["."]).Sentence);
        Assert.Contains("came with Sosia", _sosia.Ask("models", "remove", "face-512").Sentence);
    }

    private JsonElement[] Lines(params string[] options) => _sosia.Ask(["photos", "--json", .. options]).JsonLines;

    private string[] Known() =>
        [.. Lines().Select(line => Path.GetFileName(line.GetProperty("path").GetString()!)).Order(StringComparer.Ordinal)];
}
