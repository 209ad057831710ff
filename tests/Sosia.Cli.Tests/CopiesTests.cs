using System.Text.Json;
using NetVips;

namespace Sosia.Cli.Tests;

/// <summary>Copies and bursts: folded in a search, found by their picture, listed as duplicates; and when photos were taken.</summary>
[Slow]
public sealed class CopiesTests : IDisposable
{
    private readonly SosiaProgram _sosia = new();

    public CopiesTests()
    {
        Directory.CreateDirectory(Path.Combine(_sosia.Photos, "more"));
        Put("a.jpg", Portraits.Whole(0));
        Put("more/a again.jpg", Portraits.Whole(0));
        Put("a small.jpg", Changed(Portraits.Whole(0), image => image.Resize(0.6)));
        Put("more/a mirrored.jpg", Changed(Portraits.Whole(0), image => image.Flip(Enums.Direction.Horizontal)));
        Put("a near.jpg", Portraits.Again(0)); // another picture of the same person
        Put("burst 1.jpg", Taken(Portraits.Around(0), 0, "2024:06:01 12:30:00"));
        Put("burst 2.jpg", Taken(Portraits.Around(0), 26, "2024:06:01 12:30:40"));
        Put("later.jpg", Taken(Portraits.Around(0), 60, "2024:06:01 12:35:00"));
        Put("b.jpg", Portraits.Whole(2));
        _sosia.Ask("index", _sosia.Photos);
    }

    public void Dispose() => _sosia.Dispose();

    [Fact]
    public void A_search_folds_copies_and_bursts_and_counts_what_is_different()
    {
        var query = At("a.jpg");
        var folded = Matches("search", query);
        var first = folded.Single(match => Name(match) == "a.jpg");
        Assert.Equal(["a small.jpg", "more/a again.jpg", "more/a mirrored.jpg"], Paths(first, "copies").Order(StringComparer.Ordinal));
        var burst = folded.Single(match => Name(match) is "burst 1.jpg" or "burst 2.jpg");
        Assert.Single(Paths(burst, "burst"));
        Assert.Equal(Enumerable.Range(1, folded.Length), folded.Select(match => match.GetProperty("rank").GetInt32()));
        Assert.Contains("later.jpg", folded.Select(Name)); // nearly the same picture, and five minutes later

        var all = Matches("search", query, "--unfold");
        Assert.Equal(7, all.Length);
        Assert.All(all, match => Assert.Empty(Paths(match, "burst")));
        Assert.Equal(folded.Take(2).Select(Name), Matches("search", query, "-k", "2").Select(Name));
        Assert.Contains("and 3 like it", _sosia.Ask("search", query).Out);
    }

    [Fact]
    public void By_copy_finds_the_same_picture_and_no_other_of_the_person()
    {
        var query = Path.Combine(_sosia.Photos, "..", "query.jpg");
        File.WriteAllBytes(query, Changed(Portraits.Whole(0), image => image.Crop(12, 16, 220, 296)));
        var copies = Matches("search", query, "--by", "copy");
        Assert.Equal(
            ["a mirrored.jpg", "a small.jpg", "a.jpg"],
            copies.Select(match => Path.GetFileName(Name(match))).Order(StringComparer.Ordinal)
        );
        Assert.All(copies, match => Assert.Equal("copy", match.GetProperty("foundBy").GetString()));
        Assert.Equal(0, _sosia.Ask("why", At("a small.jpg"), "--query", query, "--by", "copy").Code);
        Assert.Contains("shows another picture", _sosia.Ask("why", At("a near.jpg"), "--query", query, "--by", "copy").Out);
        Assert.Equal(1, _sosia.Ask("search", Portraits.Sample(2), "--by", "copy").Code);
        Assert.Contains("leave --face out", _sosia.Ask("search", query, "--by", "copy", "--face", "1").Sentence);
    }

    [Fact]
    public void Duplicates_lists_the_files_of_each_picture_the_best_first_and_deletes_nothing()
    {
        var groups = _sosia.Ask("duplicates", "--json").JsonLines;
        var group = Assert.Single(groups);
        var files = group.GetProperty("files").EnumerateArray().ToArray();
        Assert.Equal(4, files.Length);
        Assert.Equal(At("a.jpg"), group.GetProperty("best").GetString());
        Assert.Equal(At("a small.jpg"), files[^1].GetProperty("path").GetString());
        Assert.Equal(
            files.Select(file => file.GetProperty("width").GetInt32()).OrderDescending(),
            files.Select(file => file.GetProperty("width").GetInt32())
        );
        Assert.All(
            files,
            file => Assert.Equal(new FileInfo(file.GetProperty("path").GetString()!).Length, file.GetProperty("bytes").GetInt64())
        );
        Assert.Contains("1 picture in several files: 3 files beside the best", _sosia.Ask("duplicates").Out);
        var none = _sosia.Ask("duplicates", "--from", "2024-06-01", "--to", "2024-06-01");
        Assert.Equal((1, "No picture lies in several files."), (none.Code, none.Out.Trim()));
    }

    [Fact]
    public void One_photo_has_no_duplicates_and_a_collection_of_none_is_said_to_be_missing()
    {
        using var other = new SosiaProgram();
        Assert.Equal(10, other.Ask("duplicates").Code);
        File.WriteAllBytes(Path.Combine(other.Photos, "a.jpg"), Portraits.Whole(0));
        other.Ask("index", other.Photos);
        Assert.Equal((1, "No picture lies in several files."), (other.Ask("duplicates").Code, other.Ask("duplicates").Out.Trim()));
        Assert.Equal(0, other.Ask("search", At("a small.jpg"), "--by", "copy").Code);
        Assert.Equal(0, other.Ask("forget", Path.Combine(other.Photos, "a.jpg")).Code);
        Assert.Equal((1, "No picture lies in several files."), (other.Ask("duplicates").Code, other.Ask("duplicates").Out.Trim()));
        Assert.Equal(1, other.Ask("search", At("a small.jpg"), "--by", "copy").Code);
    }

    [Fact]
    public void A_search_can_be_limited_to_times_and_folders_and_sorted_by_time()
    {
        var query = At("a.jpg");
        Assert.Equal(
            ["burst 1.jpg", "burst 2.jpg", "later.jpg"],
            Matches("search", query, "--unfold", "--from", "2024-06-01", "--to", "2024-06-01", "--sort", "oldest").Select(Name)
        );
        Assert.Equal(["burst 2.jpg"], Matches("search", query, "--from", "2024-06-01T12:30:10", "--to", "2024-06-01T12:31").Select(Name));
        Assert.Equal(
            ["later.jpg", "burst 2.jpg", "burst 1.jpg"],
            Matches("search", query, "--unfold", "--to", "2024", "--sort", "newest").Select(Name)
        );
        var taken = Matches("search", query, "--from", "2024-06-01T12:35", "--to", "2024")[0].GetProperty("taken");
        Assert.Equal(("2024-06-01T12:35:00", "exif"), (taken.GetProperty("at").GetString(), taken.GetProperty("from").GetString()));
        var folders = Matches("search", query, "--unfold", "--under", Path.Combine(_sosia.Photos, "more"), "--under", At("nowhere"));
        Assert.Equal(2, folders.Length); // the mirrored one, and the photo that lies there too
        Assert.Contains("Expected a day or time as 2024", _sosia.Ask("search", query, "--from", "yesterday").Sentence);
        Assert.Contains("the end lies before the start", _sosia.Ask("search", query, "--from", "2024", "--to", "2023").Sentence);
    }

    private JsonElement[] Matches(params string[] arguments) =>
        [.. _sosia.Ask([.. arguments, "--json"]).Json.GetProperty("matches").EnumerateArray()];

    private string At(string name) => Path.Combine(_sosia.Photos, name);

    private string Name(JsonElement match) => Path.GetRelativePath(_sosia.Photos, match.GetProperty("path").GetString()!);

    private string[] Paths(JsonElement match, string name) =>
        [.. match.GetProperty(name).EnumerateArray().Select(path => Path.GetRelativePath(_sosia.Photos, path.GetString()!))];

    private void Put(string name, byte[] bytes) => File.WriteAllBytes(At(name), bytes);

    private static byte[] Changed(byte[] file, Func<Image, Image> change)
    {
        using var image = Image.NewFromBuffer(file);
        using var changed = change(image);
        return changed.JpegsaveBuffer(q: 85, keep: Enums.ForeignKeep.None);
    }

    /// <summary>A part of a picture, begun so far to the right, with the time at which it was taken.</summary>
    private static byte[] Taken(byte[] file, int left, string time)
    {
        using var image = Image.NewFromBuffer(file);
        using var part = image.Crop(left, left, image.Width - 60, image.Height - 60);
        using var taken = part.Mutate(changed => changed.Set(GValue.GStrType, "exif-ifd2-DateTimeOriginal", time));
        return taken.JpegsaveBuffer(q: 85);
    }
}
