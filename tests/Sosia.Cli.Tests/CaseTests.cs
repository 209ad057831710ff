using System.Text.Json;

namespace Sosia.Cli.Tests;

/// <summary><c>sosia case</c>: what it finds, what it remembers, and what it refuses.</summary>
[Slow]
public sealed class CaseTests : IDisposable
{
    private readonly SosiaProgram _sosia = new();

    public CaseTests()
    {
        for (var person = 0; person < 4; person++)
            _sosia.Put($"{person}.jpg", Portraits.Of(person));
        _sosia.Put("again/0.jpg", Portraits.Again(0));
        File.WriteAllBytes(_sosia["outside.jpg"], Portraits.Around(0));
        Assert.Equal(0, _sosia.Ask("index", _sosia.Photos).Code);
    }

    public void Dispose() => _sosia.Dispose();

    [Fact]
    public void A_case_finds_with_a_photo_from_outside_also_when_that_is_gone_and_says_what_is_new()
    {
        Assert.Equal(0, Case("new", "Mila", "--like", _sosia["outside.jpg"], "--purpose", "a test").Code);
        File.Delete(_sosia["outside.jpg"]);
        Assert.Equal(["0.jpg", "again/0.jpg"], Paths(Case("matches", "mila", "--json", "--peek")));
        var first = Case("matches", "Mila", "--json");
        Assert.All(Matches(first), match => Assert.True(match.GetProperty("new").GetBoolean()));
        Assert.All(Matches(first), match => Assert.EndsWith("outside.jpg", match.GetProperty("reference").GetProperty("path").GetString()));
        Assert.All(Matches(first), match => Assert.InRange(match.GetProperty("falseMatchRate").GetDouble(), 0, 1e-4));
        Assert.Equal(1, Case("matches", "Mila", "--new").Code);
        Assert.Equal(["0.jpg", "again/0.jpg"], Paths(Case("matches", "Mila", "--json")));

        _sosia.Put("later.jpg", Portraits.Of(6)); // the first person once more, in a file of its own
        Assert.Equal(0, _sosia.Ask("index", _sosia.Photos).Code);
        Assert.Equal(["later.jpg"], Paths(Case("matches", "Mila", "--new", "--json", "--peek")));
        Assert.Equal(["later.jpg"], Paths(Case("matches", "Mila", "--new", "--json")));
        Assert.Equal(1, Case("matches", "Mila", "--new").Code);
    }

    [Fact]
    public void What_was_rejected_never_comes_back_unless_it_is_undone()
    {
        Assert.Equal(0, Case("new", "Mila", "--like", Photo("0.jpg"), "--not", Photo("1.jpg")).Code);
        Assert.Equal(["again/0.jpg"], Paths(Case("matches", "Mila", "--json")));
        Assert.Equal(0, Case("reject", "Mila", Photo("again/0.jpg")).Code);
        Assert.Equal(1, Case("matches", "Mila", "--threshold", "0.2", "-k", "1", "--under", Path.Combine(_sosia.Photos, "again")).Code);
        Assert.Equal(0, _sosia.Ask("people", "undo").Code);
        Assert.Equal(["again/0.jpg"], Paths(Case("matches", "Mila", "--json")));
    }

    [Fact]
    public void The_reference_that_is_nearest_is_named()
    {
        Assert.Equal(0, Case("new", "Two", "--like", Photo("0.jpg"), Photo("1.jpg"), "--not", Photo("2.jpg"), Photo("3.jpg")).Code);
        var match = Assert.Single(Matches(Case("matches", "Two", "--json")));
        Assert.EndsWith("0.jpg", match.GetProperty("reference").GetProperty("path").GetString());
        var shown = Case("show", "Two", "--json").Json;
        Assert.Equal(
            ["for", "for", "against", "against"],
            shown.GetProperty("faces").EnumerateArray().Select(face => face.GetProperty("role").GetString())
        );
    }

    [Fact]
    public void An_expired_or_closed_case_is_locked_and_says_how_to_go_on()
    {
        Assert.Equal(0, Case("new", "Old", "--like", Photo("0.jpg"), "--expires", "2020-01-01").Code);
        Assert.Contains("expired on 2020-01-01 and is locked", Case("matches", "Old").Sentence);
        Assert.Contains("locked", Case("list").Out);
        Assert.Equal(0, Case("describe", "Old", "--expires", "2999-01-01").Code);
        Assert.Equal(0, Case("matches", "Old").Code);
        Assert.Equal(0, Case("close", "Old").Code);
        Assert.Contains("is closed", Case("add", "Old", "--like", Photo("1.jpg")).Sentence);
        Assert.Equal(0, Case("describe", "Old", "--open").Code);
        Assert.Equal(0, Case("matches", "Old").Code);
    }

    [Fact]
    public void A_deleted_case_leaves_nothing_and_a_forgotten_reference_is_none_any_more()
    {
        Assert.Equal(0, Case("new", "Unusual Name", "--like", Photo("0.jpg")).Code);
        Assert.Equal(0, _sosia.Ask("forget", Photo("0.jpg")).Code);
        Assert.Contains("no photo of the person that can be used", Case("matches", "Unusual Name").Sentence);
        Assert.Equal(0, Case("delete", "Unusual Name").Code);
        Assert.Empty(Case("list", "--json").JsonLines);
        foreach (var file in Directory.EnumerateFiles(_sosia.Collection, "*", SearchOption.AllDirectories))
            Assert.DoesNotContain("Unusual Name", File.ReadAllText(file));
    }

    [Fact]
    public void Mistakes_get_one_sentence()
    {
        Assert.Contains("There is no case Nobody", Refused("matches", "Nobody"));
        Assert.Equal(0, Case("new", "Mila").Code);
        Assert.Contains("already", Refused("new", "MILA"));
        Assert.Contains("add one with `sosia case add`", Refused("matches", "Mila"));
        Assert.Contains("--like", Refused("add", "Mila"));
        Assert.Contains("no photo", Refused("reject", "Mila", _sosia["outside.jpg"]));
        File.WriteAllBytes(_sosia["empty.png"], Portraits.WithoutFace());
        Assert.Contains("No face was found", Refused("add", "Mila", "--like", _sosia["empty.png"]));
        Assert.Empty(Case("show", "Mila", "--json").Json.GetProperty("faces").EnumerateArray());
    }

    private string Photo(string name) => Path.Combine(_sosia.Photos, name);

    private Ran Case(params string[] words) => _sosia.Ask(["case", .. words]);

    private string Refused(params string[] words)
    {
        var refused = Case(words);
        Assert.Equal(2, refused.Code);
        return refused.Sentence;
    }

    private static JsonElement[] Matches(Ran ran) => [.. ran.Json.GetProperty("matches").EnumerateArray()];

    private string[] Paths(Ran ran) =>
        [.. Matches(ran).Select(match => Path.GetRelativePath(_sosia.Photos, match.GetProperty("path").GetString()!)).Order()];
}
