using NetVips;

namespace Sosia.Cli.Tests;

/// <summary><c>sosia calibrate</c> and <c>sosia case certificate</c>, on photos that show five people each.</summary>
[Slow]
public sealed class CertificateTests(CertificateTests.Indexed indexed) : IClassFixture<CertificateTests.Indexed>
{
    private const int Photos = 104; // ten pairs each

    private readonly SosiaProgram _sosia = indexed.Sosia;

    [Fact]
    public void A_collection_is_calibrated_by_its_own_photos_and_goes_back()
    {
        var before = Threshold();
        var made = _sosia.Ask("calibrate", "--json").Json;
        Assert.Equal(1, made.GetProperty("leftOut").GetInt32()); // the mirror
        Assert.InRange(made.GetProperty("comparisons").GetInt64(), 1000, 10 * Photos);
        var decides = made.GetProperty("rates").EnumerateArray().Single(rate => rate.GetProperty("rate").GetDouble() == 1e-4);
        Assert.Equal(before, decides.GetProperty("modelScore").GetSingle(), 4);
        Assert.Equal(decides.GetProperty("score").GetSingle(), Threshold(), 4);
        Assert.True(decides.GetProperty("low").GetDouble() <= 1e-4 && 1e-4 <= decides.GetProperty("high").GetDouble());
        Assert.Contains("From now on scores mean this", _sosia.Ask("calibrate").Out);
        Assert.Contains("photos of several people in this collection", _sosia.Ask("status").Out);

        var file = Assert.Single(Directory.GetFiles(Path.Combine(_sosia.Collection, "calibrations")));
        var text = File.ReadAllText(file);
        File.WriteAllText(file, text.Replace("0.", "1."));
        var refused = _sosia.Ask("search", Path.Combine(_sosia.Photos, "0.jpg"));
        Assert.NotEqual(0, refused.Code);
        Assert.Contains("sosia calibrate", refused.Error);
        Assert.Equal(0, _sosia.Ask("calibrate", "--remove").Code);
        Assert.Equal(before, Threshold());
        Assert.Contains("no calibration of its own", _sosia.Ask("calibrate", "--remove").Out);
    }

    [Fact]
    public void An_absent_person_is_certified_and_one_who_is_there_is_not()
    {
        var absent = _sosia["absent.jpg"];
        File.WriteAllBytes(absent, Portraits.Of(5));
        Assert.Equal(0, _sosia.Ask("case", "new", "Mila <b>", "--like", absent, "--purpose", "asked by her family").Code);
        var unknown = _sosia.Ask("case", "certificate", "Mila <b>");
        Assert.Equal(1, unknown.Code); // nobody is named: how often a search misses somebody is not known
        Assert.Contains("name 5 people or more", unknown.Out);

        var groups = _sosia
            .Ask("people", "list", "--json")
            .JsonLines.Where(group => group.GetProperty("faces").GetArrayLength() > 50)
            .ToArray();
        Assert.Equal(5, groups.Length);
        foreach (var group in groups)
            Assert.Equal(0, _sosia.Ask("people", "name", group.GetProperty("id").GetString()!, $"Person {group.GetProperty("id")}").Code);
        var page = _sosia["absent.html"];
        var certificate = _sosia.Ask("case", "certificate", "Mila <b>", "--html", page, "--json");
        Assert.Equal(0, certificate.Code);
        var said = certificate.Json;
        Assert.True(said.GetProperty("holds").GetBoolean());
        Assert.Equal(0, said.GetProperty("matches").GetInt32());
        Assert.Equal(Photos + 1, said.GetProperty("photos").GetProperty("searchable").GetInt32());
        var misses = said.GetProperty("misses");
        Assert.Equal(5, misses.GetProperty("people").GetInt32());
        Assert.InRange(misses.GetProperty("upperBound").GetDouble(), misses.GetProperty("rate").GetDouble(), 0.2);
        var html = File.ReadAllText(page);
        Assert.Contains("Mila &lt;b&gt;", html);
        Assert.Contains(said.GetProperty("space").GetString()!, html);
        Assert.Contains("at most", _sosia.Ask("case", "certificate", "Mila <b>").Out);

        var present = _sosia["present.jpg"];
        File.WriteAllBytes(present, Portraits.Of(0));
        Assert.Equal(0, _sosia.Ask("case", "new", "There", "--like", present).Code);
        var there = _sosia.Ask("case", "certificate", "There");
        Assert.Equal(1, there.Code);
        Assert.Contains("photos may show the person", there.Out);
    }

    private float Threshold() =>
        _sosia.Ask("search", Path.Combine(_sosia.Photos, "0.jpg"), "--json").Json.GetProperty("threshold").GetSingle();

    /// <summary>The photos, indexed once.</summary>
    public sealed class Indexed : IDisposable
    {
        internal SosiaProgram Sosia { get; } = new();

        public Indexed()
        {
            for (var i = 0; i < Photos; i++)
                Sosia.Put($"{i}.jpg", Together(i));
            Sosia.Put("mirror.jpg", Mirrored());
            Assert.Equal(0, Sosia.Ask("index", Sosia.Photos).Code);
        }

        public void Dispose() => Sosia.Dispose();

        /// <summary>Five people side by side, each a little brighter or darker than in the photo before.</summary>
        private static byte[] Together(int number)
        {
            var tiles = Enumerable.Range(0, 5).Select(person => Image.NewFromBuffer(Portraits.Whole(person))).ToArray();
            using var joined = Image.Arrayjoin(tiles, across: 5);
            using var lit = (joined * (0.7 + 0.005 * number)).Cast(Enums.BandFormat.Uchar);
            return lit.JpegsaveBuffer(q: 60 + number % 36);
        }

        private static byte[] Mirrored()
        {
            using var one = Image.NewFromBuffer(Portraits.Whole(0));
            using var mirror = one.FlipHor();
            using var joined = one.Join(mirror, Enums.Direction.Horizontal);
            return joined.JpegsaveBuffer(q: 90);
        }
    }
}
