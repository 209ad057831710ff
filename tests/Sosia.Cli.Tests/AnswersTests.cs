using System.Text.Json;

namespace Sosia.Cli.Tests;

/// <summary>Search, compare, why, status, photos, verify: exit codes, streams and JSON.</summary>
public sealed class AnswersTests(IndexedCollection indexed) : IClassFixture<IndexedCollection>
{
    private const string Line = "0.4";

    private readonly SosiaProgram _sosia = indexed.Program;

    [Fact]
    public void Index_says_in_one_line_what_it_did()
    {
        Assert.Equal((0, ""), (indexed.Indexed.Code, indexed.Indexed.Error));
        Assert.Matches(@"^9 photos indexed with 8 faces in \d+\.\d s\.\n$", indexed.Indexed.Out);
    }

    [Fact]
    public void Search_finds_the_person_and_marks_the_query()
    {
        var found = _sosia.Run("search", indexed.Photo("0.jpg"), "--threshold", Line, "--json");

        Assert.Equal((0, ""), (found.Code, found.Error));
        var matches = found.Json.GetProperty("matches").EnumerateArray().ToArray();
        Assert.Equal(
            [indexed.Photo("0.jpg"), indexed.Photo("again/0.jpg")],
            matches.Select(match => match.GetProperty("path").GetString())
        );
        Assert.Equal([true, false], matches.Select(match => match.GetProperty("isQuery").GetBoolean()));
        Assert.Equal([1, 2], matches.Select(match => match.GetProperty("rank").GetInt32()));
    }

    [Fact]
    public void The_JSON_of_a_search_has_the_names_that_were_published()
    {
        var json = _sosia.Ask("search", indexed.Photo("0.jpg"), "--threshold", Line, "--json").Json;

        HasNames(json, "query", "threshold", "matches", "openingMs", "indexMs", "elapsedMs");
        HasNames(json.GetProperty("query"), "path", "faces", "face");
        HasNames(json.GetProperty("query").GetProperty("faces")[0], "face", "box");
        HasNames(json.GetProperty("matches")[0], "rank", "photo", "path", "isQuery", "face", "score", "distance", "foundBy");
        HasNames(json.GetProperty("matches")[0].GetProperty("face"), "id", "box");
        HasNames(json.GetProperty("matches")[0].GetProperty("face").GetProperty("box"), "left", "top", "width", "height");
        Assert.Equal(1, json.GetProperty("query").GetProperty("face").GetInt32());
        Assert.Equal(0.4, json.GetProperty("threshold").GetDouble(), 1e-6);
    }

    [Fact]
    public void Nobody_is_an_answer()
    {
        var nobody = _sosia.Ask("search", indexed.Photo("1.jpg"), "--threshold", "0.8");
        Assert.Equal((1, ""), (nobody.Code, nobody.Error));
        Assert.Contains("Nobody in this collection: of 8 faces, none of another photo reaches the threshold 0.800.", nobody.Out);
        Assert.DoesNotContain("\e", nobody.Out);
    }

    [Fact, Slow]
    public void Limit_folder_and_everything_below_the_line_are_kept_to()
    {
        Assert.Equal(3, Matches("-k", "3", "--all").Length);
        Assert.Equal(8, Matches("--all").Length);
        Assert.Equal(2, Matches("--all", "--under", indexed.Photo("again")).Length);
        Assert.Equal(8, Matches("--all", "--also", indexed.Photo("3.jpg"), "--combine", "best").Length);
        string?[] best =
        [
            .. Matches("--also", indexed.Photo("3.jpg"), "--combine", "best").Select(match => match.GetProperty("path").GetString()),
        ];
        Assert.Equal(4, best.Length);
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    public void A_query_that_lies_on_its_side_finds_the_person(int quarters)
    {
        using var upright = NetVips.Image.NewFromBuffer(Portraits.Of(3));
        using var turned = quarters switch
        {
            1 => upright.Rot90(),
            2 => upright.Rot180(),
            _ => upright.Rot270(),
        };
        File.WriteAllBytes(_sosia[$"turned{quarters}.jpg"], turned.JpegsaveBuffer());

        var found = _sosia.Ask("search", _sosia[$"turned{quarters}.jpg"], "--threshold", Line, "--json");

        Assert.Equal(0, found.Code);
        Assert.Contains(
            indexed.Photo("3.jpg"),
            found.Json.GetProperty("matches").EnumerateArray().Select(match => match.GetProperty("path").GetString())
        );
    }

    [Fact]
    public void Of_several_faces_the_one_meant_is_named_and_can_be_chosen()
    {
        var several = _sosia.Ask("search", Portraits.Sample(3), "--threshold", Line, "--json");
        Assert.Matches(
            "3 faces found; using face [1-3], the largest and most central; choose another with --face 1 to 3",
            several.Sentence
        );

        var chosen = Enumerable
            .Range(1, 3)
            .Select(face => _sosia.Ask("search", Portraits.Sample(3), "--threshold", Line, "--json", "--face", $"{face}"))
            .ToArray();
        Assert.All(chosen, run => Assert.Equal("", run.Error));
        Assert.Equal([1, 2, 3], chosen.Select(run => run.Json.GetProperty("query").GetProperty("face").GetInt32()));
        Assert.Equal(2, chosen.Count(run => run.Code == 0)); // two of the three are in the collection

        var none = _sosia.Ask("search", Portraits.Sample(3), "--threshold", Line, "--face", "9");
        Assert.Equal(
            (2, $"There is no face 9 in {Portraits.Sample(3)}: 3 faces were found; faces are counted from 1."),
            (none.Code, none.Sentence)
        );
    }

    [Fact]
    public void A_page_with_everything_in_it_is_written()
    {
        Assert.Equal(0, _sosia.Ask("search", indexed.Photo("0.jpg"), "--threshold", Line, "--html", _sosia["page.html"]).Code);
        var page = File.ReadAllText(_sosia["page.html"]);
        Assert.Contains("data:image/webp;base64,", page);
        Assert.DoesNotContain("http", page);
    }

    [Fact]
    public void Compare_answers_by_its_exit_code()
    {
        var same = _sosia.Run("compare", indexed.Photo("0.jpg"), indexed.Photo("again/0.jpg"), "--threshold", Line, "--json");
        Assert.Equal((0, ""), (same.Code, same.Error));
        HasNames(same.Json, "score", "same", "threshold");
        Assert.True(same.Json.GetProperty("same").GetBoolean());

        var other = _sosia.Ask("compare", indexed.Photo("0.jpg"), indexed.Photo("1.jpg"), "--threshold", Line);
        Assert.Equal(1, other.Code);
        Assert.StartsWith("Not the same person: score ", other.Out);
    }

    [Fact]
    public void Why_names_the_reason()
    {
        (int, string) Ask(string photo, params string[] more)
        {
            var why = _sosia.Ask(["why", photo, "--query", indexed.Photo("0.jpg"), "--threshold", Line, "--json", .. more]);
            return (why.Code, why.Json.GetProperty("reason").GetString()!);
        }
        Assert.Equal((0, "found"), Ask(indexed.Photo("again/0.jpg")));
        Assert.Equal((1, "beyondLimit"), Ask(indexed.Photo("again/0.jpg"), "-k", "1"));
        Assert.Equal((1, "belowThreshold"), Ask(indexed.Photo("2.jpg")));
        Assert.Equal((1, "noFace"), Ask(indexed.Photo("empty.png")));
        Assert.Equal((1, "notInCollection"), Ask(Portraits.Sample(1)));
    }

    [Fact]
    public void Status_accounts_for_every_photo()
    {
        var status = _sosia.Ask("status", "--json");
        Assert.Equal((0, ""), (status.Code, status.Error));
        HasNames(status.Json, "photos", "faces", "spaces", "bytes");
        var photos = status.Json.GetProperty("photos");
        int[] counts =
        [
            .. new[] { "searchable", "tooPoor", "noFace", "unreadable", "waiting" }.Select(name => photos.GetProperty(name).GetInt32()),
        ];
        Assert.Equal([8, 0, 1, 0, 0], counts);
        Assert.Equal(counts.Sum(), photos.GetProperty("total").GetInt32());
        Assert.Equal(8, status.Json.GetProperty("faces").GetInt32());
        Assert.Equal(0, _sosia.Run("status").Code);
    }

    [Fact]
    public void Photos_are_listed_with_their_state()
    {
        var photos = _sosia.Ask("photos", "--json").JsonLines;
        Assert.Equal(9, photos.Length);
        Assert.Equal(
            "noFace",
            Assert
                .Single(photos, photo => photo.GetProperty("path").GetString() == indexed.Photo("empty.png"))
                .GetProperty("state")
                .GetString()
        );
        Assert.Equal("", _sosia.Run("photos", "--failed").Out);
    }

    [Fact]
    public void Verify_finds_the_catalogue_sound()
    {
        Assert.Equal(0, _sosia.Run("verify").Code);
        var verified = _sosia.Ask("verify", "--json").Json;
        Assert.True(verified.GetProperty("sound").GetBoolean());
        Assert.Contains("is sound", Assert.Single(verified.GetProperty("indexes").EnumerateArray()).GetString());
    }

    [Fact]
    public void Doctor_checks_models_formats_disk_and_processor()
    {
        var doctor = _sosia.Ask("doctor", "--json");
        Assert.Equal((0, true), (doctor.Code, doctor.Json.GetProperty("ok").GetBoolean()));
        Assert.Superset(
            new HashSet<string> { "model", "photos", "disk", "catalogue", "index", "lock", "processor" },
            doctor.Json.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString()!).ToHashSet()
        );
    }

    [Fact]
    public void A_reader_that_has_seen_enough_is_no_error() =>
        Assert.Equal("0", _sosia.Shell("\"$SOSIA\" photos | head -n 1 > /dev/null; echo -n ${PIPESTATUS[0]}").Out);

    private JsonElement[] Matches(params string[] options) =>
        [
            .. _sosia
                .Ask(["search", indexed.Photo("0.jpg"), "--threshold", Line, "--json", .. options])
                .Json.GetProperty("matches")
                .EnumerateArray(),
        ];

    private static void HasNames(JsonElement json, params string[] names) =>
        Assert.Superset(names.ToHashSet(), json.EnumerateObject().Select(property => property.Name).ToHashSet());
}
