using System.Text.Json;

namespace Sosia.Cli.Tests;

/// <summary><c>sosia people</c>, and searches by name.</summary>
[Slow]
public sealed class PeopleTests : IDisposable
{
    private readonly SosiaProgram _sosia = new();

    public PeopleTests()
    {
        for (var person = 0; person < 3; person++)
        {
            Put($"{person}.jpg", Portraits.Of(person));
            Put($"again/{person}.jpg", Portraits.Again(person));
        }
        Put("group.jpg", File.ReadAllBytes(Portraits.Sample(3))); // shows persons 1 and 2 together
        Assert.Equal(0, _sosia.Ask("index", _sosia.Photos).Code);
    }

    public void Dispose() => _sosia.Dispose();

    [Fact]
    public void Groups_are_named_searched_and_named_back_by_undo()
    {
        var grouped = _sosia.Ask("people", "group", "--json");
        Assert.Equal(0, grouped.Code);
        Assert.True(grouped.Json.GetProperty("groups").GetInt32() >= 3);
        var one = GroupOf("1.jpg");
        Assert.Contains("again/1.jpg", string.Join(' ', PathsOf(one)));
        Assert.Equal(JsonValueKind.Null, one.TryGetProperty("name", out var none) ? none.ValueKind : JsonValueKind.Null);

        Assert.Equal(0, Say("name", Id(one), "José Uno").Code);
        var person = PersonOf("José Uno");
        Assert.Equal(FacesOf(one).Order(), FacesOf(person).Order());
        var found = _sosia.Ask("search", "--person", "jose\u0301 uno", "--json", "--unfold");
        Assert.Equal(0, found.Code);
        var matches = found.Json.GetProperty("matches").EnumerateArray().ToArray();
        Assert.Equal(
            PathsOf(one).Order(),
            matches.Where(match => match.TryGetProperty("confirmed", out _)).Select(match => match.GetProperty("path").GetString()!).Order()
        );

        Assert.Equal(0, Say("undo").Code);
        Assert.DoesNotContain(People(), person => person.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String);
        Assert.Equal(0, Say("undo", "2").Code); // the undoing itself
        Assert.Equal(FacesOf(one).Order(), FacesOf(PersonOf("José Uno")).Order());
    }

    [Fact]
    public void What_was_said_survives_removing_the_files_and_indexing_them_again()
    {
        Assert.Equal(0, Say("name", Id(GroupOf("0.jpg")), "Zero").Code);
        var before = PathsOf(PersonOf("Zero"));
        Directory.Move(_sosia.Photos, _sosia["moved"]);
        Directory.CreateDirectory(_sosia.Photos);
        Assert.Equal(0, _sosia.Ask("index", _sosia.Photos, "--force").Code);
        Assert.Empty(FacesOf(PersonOf("Zero")));
        Assert.True(PersonOf("Zero").GetProperty("elsewhere").GetInt32() > 0);
        Assert.Equal(0, _sosia.Ask("index", _sosia["moved"]).Code);
        Assert.Equal(before.Select(Path.GetFileName).Order(), PathsOf(PersonOf("Zero")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Photos_of_people_together_and_apart_are_found()
    {
        Assert.Equal(0, Say("name", Id(GroupOf("1.jpg")), "One").Code);
        Assert.Equal(0, Say("name", Id(GroupOf("2.jpg")), "Two").Code);
        Assert.Equal(["group.jpg"], Found("--with", "One", "--with", "Two"));
        Assert.DoesNotContain("group.jpg", Found("--person", "One", "--without", "Two"));
        Assert.Contains("1.jpg", Found("--person", "One", "--without", "Two"));
        Assert.Equal(1, _sosia.Ask("search", "--with", "One", "--with", "Two", "--under", Path.Combine(_sosia.Photos, "again")).Code);
        var company = _sosia.Ask("people", "show", "One", "--json").Json.GetProperty("appearsWith").EnumerateArray();
        Assert.Equal(
            ("Two", 1),
            company.Select(with => (with.GetProperty("name").GetString(), with.GetProperty("photos").GetInt32())).First()
        );
    }

    [Fact]
    public void A_rejected_face_never_comes_back()
    {
        var face = FacesOf(GroupOf("again/0.jpg")).Single(id => PathOf(id).EndsWith("again/0.jpg", StringComparison.Ordinal));
        Assert.Equal(0, Say("name", Id(GroupOf("0.jpg")), "Zero").Code);
        Assert.Equal(0, Say("reject", "Zero", "--face", $"{face}").Code);
        Assert.Equal(["0.jpg"], Found("--person", "Zero"));
        Assert.Equal(0, _sosia.Ask("people", "group").Code);
        Assert.Equal(["0.jpg"], Found("--person", "Zero"));
        Assert.Equal(1, _sosia.Ask("people", "suggest", "Zero").Code);
        Assert.Equal(0, Say("undo").Code);
        Assert.Equal(["0.jpg", "again/0.jpg"], Found("--person", "Zero"));
    }

    [Fact]
    public void A_suggested_face_is_shown_and_confirmed()
    {
        var first = FacesOf(GroupOf("0.jpg")).Single(id => Path.GetFileName(PathOf(id)) == "0.jpg" && !PathOf(id).Contains("again"));
        Assert.Equal(0, Say("name", Id(GroupOf("0.jpg")), "Zero", "--face", $"{first}").Code);
        var suggested = _sosia.Ask("people", "suggest", "Zero", "--json");
        Assert.Equal(0, suggested.Code);
        var suggestion = Assert.Single(suggested.JsonLines);
        Assert.EndsWith("again/0.jpg", suggestion.GetProperty("path").GetString());
        Assert.InRange(suggestion.GetProperty("falseMatchRate").GetDouble(), 0, 1e-4);
        Assert.Equal(0, Say("name", "Zero", "Zero", "--face", $"{suggestion.GetProperty("id").GetInt64()}").Code);
        Assert.Equal(2, FacesOf(PersonOf("Zero")).Length);
        Assert.Contains("find 2 of 2 confirmed faces", _sosia.Ask("people", "check", "Zero").Out);
        Assert.Equal(1, _sosia.Ask("people", "suggest", "Zero").Code);
    }

    [Fact]
    public void People_are_merged_and_split()
    {
        var (zero, one) = (GroupOf("0.jpg"), GroupOf("1.jpg"));
        Assert.Equal(0, Say("name", Id(zero), "Zero").Code);
        Assert.Equal(0, Say("name", Id(one), "One").Code);
        Assert.Equal(0, Say("merge", "Zero", "One").Code);
        Assert.Equal(FacesOf(zero).Concat(FacesOf(one)).Order(), FacesOf(PersonOf("Zero")).Order());
        Assert.Equal(2, _sosia.Ask("people", "show", "One").Code);
        string[] faces = [.. FacesOf(one).Select(face => $"{face}")];
        Assert.Equal(0, _sosia.Ask(["people", "split", "Zero", "--name", "Una", "--face", .. faces]).Code);
        Assert.Equal(FacesOf(one).Order(), FacesOf(PersonOf("Una")).Order());
        Assert.Equal(FacesOf(zero).Order(), FacesOf(PersonOf("Zero")).Order());
        Assert.Contains("change 4 said more of the same", _sosia.Ask("people", "undo", "3").Sentence);
        Assert.Equal(2, _sosia.Ask("people", "merge", "Zero", "Zero").Code);
    }

    [Fact]
    public void A_copy_of_the_collection_has_people_cases_journal_and_what_was_forgotten()
    {
        Assert.Equal(0, Say("name", Id(GroupOf("0.jpg")), "Zero").Code);
        Assert.Equal(0, Say("name", Id(GroupOf("1.jpg")), "One").Code);
        Assert.Equal(0, _sosia.Ask("case", "new", "Mila", "--like", Path.Combine(_sosia.Photos, "1.jpg")).Code);
        Assert.Equal(0, _sosia.Ask("forget", "--person", "One").Code);
        var copied = _sosia.Ask("copy", _sosia.Collection, _sosia["a new/copy"]);
        Assert.Equal(0, copied.Code);
        Assert.Empty(Directory.GetFiles(_sosia["a new"], "*.copying"));
        string[] there = ["--collection", _sosia["a new/copy"]];
        foreach (var question in new[] { "people list --json --all", "people journal --json", "case list --json", "status --json" })
            Assert.Equal(Told(_sosia.Ask([.. question.Split(' ')]).Out), Told(_sosia.Ask([.. question.Split(' '), .. there]).Out));
        Assert.Equal(0, _sosia.Ask(["index", _sosia.Photos, "--again", .. there]).Code);
        Assert.DoesNotContain("1.jpg", string.Join(' ', _sosia.Ask(["search", "--person", "Zero", "--json", .. there]).Out)); // forgotten still
        Assert.NotEqual(0, _sosia.Ask("copy", _sosia.Collection, _sosia["a new/copy"]).Code); // it holds one already
        Assert.NotEqual(0, _sosia.Ask("copy", _sosia["none"], _sosia["copy2"]).Code);

        static string Told(string answer) =>
            string.Join('\n', answer.Split('\n').Select(line => line.Split("\"collection\"")[0].Split("\"bytes\"")[0]));
    }

    [Fact]
    public void People_and_cases_go_to_another_collection_and_back_by_undo()
    {
        Assert.Equal(0, Say("name", Id(GroupOf("0.jpg")), "Zoë 🌻").Code);
        Assert.Equal(0, _sosia.Ask("case", "new", "Mila", "--like", Path.Combine(_sosia.Photos, "1.jpg"), "--purpose", "a test").Code);
        var file = _sosia["people.json"];
        Assert.Equal(0, Say("export", file).Code);
        Assert.Equal(File.ReadAllText(file), Say("export").Out);

        string[] other = ["--collection", _sosia["other"]];
        Assert.Equal(0, _sosia.Ask(["index", _sosia.Photos, .. other]).Code);
        Assert.Contains("1 person, 1 case", _sosia.Ask(["people", "import", file, .. other]).Out);
        var person = Assert.Single(_sosia.Ask(["people", "list", "--json", .. other]).JsonLines, person =>
            person.GetProperty("id").GetString() == "1"
        );
        Assert.Equal(PathsOf(PersonOf("Zoë 🌻")).Order(), PathsOf(person).Order());
        Assert.Equal(0, _sosia.Ask(["case", "matches", "Mila", .. other]).Code);
        Assert.Equal(0, _sosia.Ask(["people", "import", file, .. other]).Code); // once more: the same people
        Assert.Single(_sosia.Ask(["people", "list", "--json", .. other]).JsonLines, one => one.GetProperty("id").GetString()!.Length == 1);
        Assert.Equal(0, _sosia.Ask(["people", "undo", .. other]).Code);
        Assert.Equal(0, _sosia.Ask(["people", "undo", .. other]).Code);
        Assert.Empty(_sosia.Ask(["case", "list", "--json", .. other]).JsonLines);

        File.WriteAllText(file, File.ReadAllText(file).Replace("\"version\": 1", "\"version\": 2"));
        Assert.Contains("newer version", Refused("people", "import", file));
        File.WriteAllText(file, "{ \"format\": \"other\" }");
        Assert.Contains("no file of people", Refused("people", "import", file));
        File.WriteAllText(file, "{ \"format\": \"sosia-people\", \"version\": 1, \"people\": [null], \"cases\": [{}] }");
        Assert.Contains("lacks what it needs", Refused("people", "import", file));
        File.WriteAllText(file, "[");
        Assert.Contains("no file of people", Refused("people", "import", file));
    }

    [Fact]
    public void What_can_t_be_said_is_refused_in_one_sentence()
    {
        Assert.Contains("Nobody is called Ada", Refused("people", "show", "Ada"));
        Assert.Contains("at least one letter", Refused("people", "name", Id(GroupOf("0.jpg")), " "));
        Assert.Equal(0, Say("name", Id(GroupOf("0.jpg")), "Ada").Code);
        Assert.Equal(0, Say("name", Id(GroupOf("1.jpg")), "Ada", "--another").Code);
        Assert.Contains("2 people are called Ada: say which by number (1 with", Refused("search", "--person", "ada"));
        Assert.Contains("no face 999", _sosia.Ask("people", "reject", "1", "--face", "999").Sentence);
        Assert.Contains("no change 77", _sosia.Ask("people", "undo", "77").Sentence);
        Assert.Contains("not with both", Refused("search", Path.Combine(_sosia.Photos, "0.jpg"), "--person", "1"));
        Assert.Contains("Name a photo", Refused("search"));
        Assert.Contains("--without goes with", Refused("search", Path.Combine(_sosia.Photos, "0.jpg"), "--without", "1"));
    }

    [Fact]
    public void A_person_is_forgotten_with_name_faces_and_journal()
    {
        Assert.Equal(0, Say("name", Id(GroupOf("1.jpg")), "Secret Person").Code);
        var paths = PathsOf(PersonOf("Secret Person"));
        var forgotten = _sosia.Ask("forget", "--person", "Secret Person", "--json");
        Assert.Equal(0, forgotten.Code);
        Assert.Equal((1, paths.Length), (forgotten.Json.GetProperty("people").GetInt32(), forgotten.Json.GetProperty("faces").GetInt32()));
        Assert.Equal(2, _sosia.Ask("people", "show", "Secret Person").Code);
        Assert.Empty(_sosia.Ask("people", "journal", "--json").JsonLines);
        foreach (var file in Directory.EnumerateFiles(_sosia.Collection, "*", SearchOption.AllDirectories))
            Assert.DoesNotContain("Secret Person", File.ReadAllText(file));
        Assert.Equal(0, _sosia.Ask("index", _sosia.Photos).Code);
        Assert.DoesNotContain(People("--all"), group => PathsOf(group).Any(path => Path.GetFileName(path) == "1.jpg"));
    }

    private void Put(string name, byte[] bytes)
    {
        var path = Path.Combine(_sosia.Photos, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }

    private Ran Say(params string[] words) => _sosia.Ask(["people", .. words]);

    private string Refused(params string[] words)
    {
        var refused = _sosia.Ask(words);
        Assert.Equal(2, refused.Code);
        return refused.Sentence;
    }

    private JsonElement[] People(params string[] options) => [.. _sosia.Ask(["people", "list", "--json", .. options]).JsonLines];

    private JsonElement GroupOf(string photo) =>
        People("--all").First(group => PathsOf(group).Contains(Path.Combine(_sosia.Photos, photo)));

    private JsonElement PersonOf(string name) =>
        People().Single(person => person.TryGetProperty("name", out var named) && named.GetString() == name);

    private string PathOf(long face) =>
        People("--all")
            .SelectMany(person => person.GetProperty("faces").EnumerateArray())
            .First(shown => shown.GetProperty("id").GetInt64() == face)
            .GetProperty("path")
            .GetString()!;

    private string[] Found(params string[] options) =>
        [
            .. _sosia
                .Ask(["search", "--json", "--unfold", .. options])
                .Json.GetProperty("matches")
                .EnumerateArray()
                .Select(match => Path.GetRelativePath(_sosia.Photos, match.GetProperty("path").GetString()!))
                .Where(path => path != "group.jpg" || options.Contains("--with") || options.Contains("--without"))
                .Order(),
        ];

    private static string Id(JsonElement person) => person.GetProperty("id").GetString()!;

    private static long[] FacesOf(JsonElement person) =>
        [.. person.GetProperty("faces").EnumerateArray().Select(face => face.GetProperty("id").GetInt64())];

    private static string[] PathsOf(JsonElement person) =>
        [.. person.GetProperty("faces").EnumerateArray().Select(face => face.GetProperty("path").GetString()!)];
}
