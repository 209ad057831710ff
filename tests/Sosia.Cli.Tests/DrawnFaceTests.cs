using System.Text.Json;

namespace Sosia.Cli.Tests;

/// <summary><c>sosia people draw</c>: faces that were not found.</summary>
[Slow]
public sealed class DrawnFaceTests : IDisposable
{
    private const string Corner = "4,4,80,100"; // behind the person: no face is found there

    private readonly SosiaProgram _sosia = new();
    private readonly string _photo;

    public DrawnFaceTests()
    {
        _photo = _sosia.Put("a.jpg", Portraits.Around(0));
        _sosia.Put("b.jpg", Portraits.Of(1));
        Assert.Equal(0, _sosia.Ask("index", _sosia.Photos).Code);
    }

    public void Dispose() => _sosia.Dispose();

    [Fact]
    public void A_drawn_face_stays_when_its_photo_is_read_again_or_removed_and_added_and_goes_by_undo()
    {
        var drawn = _sosia.Ask("people", "draw", _photo, "--box", Corner, "--name", "Zora");
        Assert.Equal(0, drawn.Code);
        Assert.Contains("of Zora", drawn.Out);
        Check();
        Assert.Equal(0, _sosia.Ask("index", _sosia.Photos, "--again").Code);
        Check();

        File.Move(_photo, _sosia["elsewhere.jpg"]);
        Assert.Equal(0, _sosia.Ask("index", _sosia.Photos, "--force").Code);
        Assert.Empty(FacesOf("Zora"));
        File.Move(_sosia["elsewhere.jpg"], _photo);
        Assert.Equal(0, _sosia.Ask("index", _sosia.Photos).Code);
        Check();
        Assert.Contains("a.jpg", _sosia.Ask("search", "--person", "Zora", "--json").Out);

        Assert.Equal(0, _sosia.Ask("people", "undo").Code);
        Assert.DoesNotContain("Zora", _sosia.Ask("people", "list").Out);
        Assert.Equal(2, FaceCount());
        Assert.Equal(0, _sosia.Ask("people", "undo", "2").Code); // the undoing itself
        Check();
        Assert.Empty(_sosia.Ask("verify").Error);

        void Check()
        {
            var box = Assert.Single(FacesOf("Zora")).GetProperty("box");
            Assert.Equal((4, 4, 80, 100), (Side(box, "left"), Side(box, "top"), Side(box, "width"), Side(box, "height")));
            Assert.Equal(3, FaceCount());
        }
    }

    [Fact]
    public void A_drawn_face_goes_to_another_collection_with_its_person()
    {
        Assert.Equal(0, _sosia.Ask("people", "draw", _photo, "--box", Corner, "--name", "Zora").Code);
        Assert.Equal(0, _sosia.Ask("people", "export", _sosia["people.json"]).Code);
        string[] other = ["--collection", _sosia["other"]];
        Assert.Equal(0, _sosia.Ask(["index", _sosia.Photos, .. other]).Code);
        Assert.Equal(0, _sosia.Ask(["people", "import", _sosia["people.json"], .. other]).Code);
        var zora = Assert.Single(_sosia.Ask(["people", "list", "--json", .. other]).JsonLines, person =>
            person.TryGetProperty("name", out _)
        );
        Assert.Single(zora.GetProperty("faces").EnumerateArray());
    }

    [Fact]
    public void A_box_around_a_face_that_was_found_names_that_face()
    {
        var found = FacesIn().Single(face => face.GetProperty("path").GetString() == _photo).GetProperty("box");
        var box = $"{Side(found, "left") + 2},{Side(found, "top") + 2},{Side(found, "width")},{Side(found, "height")}";
        Assert.Contains("was found there already", _sosia.Ask("people", "draw", _photo, "--box", box, "--name", "Zora").Out);
        Assert.Equal(2, FaceCount());
        Assert.Single(FacesOf("Zora"));
    }

    [Fact]
    public void A_box_that_can_not_be_is_refused_with_one_sentence()
    {
        foreach (var box in new[] { "1,2,3", "a,b,c,d", "9000,0,50,50", "0,0,0,50", "0,0,NaN,50" })
        {
            var refused = _sosia.Ask("people", "draw", _photo, "--box", box, "--name", "Zora");
            Assert.Equal(2, refused.Code);
            Assert.EndsWith(".", refused.Sentence);
        }
        Assert.Equal(2, _sosia.Ask("people", "draw", _sosia["none.jpg"], "--box", Corner).Code);
        Assert.DoesNotContain("Zora", _sosia.Ask("people", "list").Out);
        Assert.Empty(_sosia.Ask("people", "journal", "--json").JsonLines);
    }

    private JsonElement[] FacesIn() =>
        [.. _sosia.Ask("people", "list", "--all", "--json").JsonLines.SelectMany(person => person.GetProperty("faces").EnumerateArray())];

    private JsonElement[] FacesOf(string name) =>
        [
            .. _sosia
                .Ask("people", "list", "--all", "--json")
                .JsonLines.Where(person => person.TryGetProperty("name", out var its) && its.GetString() == name)
                .SelectMany(person => person.GetProperty("faces").EnumerateArray()),
        ];

    private int FaceCount() => FacesIn().Length;

    private static int Side(JsonElement box, string name) => (int)Math.Round(box.GetProperty(name).GetDouble());
}
