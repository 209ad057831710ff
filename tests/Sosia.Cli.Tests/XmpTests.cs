using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using NetVips;

namespace Sosia.Cli.Tests;

/// <summary><c>sosia people import|export --xmp</c>, beside ExifTool, whose word on XMP others take.</summary>
[Slow]
public sealed class XmpTests : IDisposable
{
    private readonly SosiaProgram _sosia = new();

    public void Dispose() => _sosia.Dispose();

    [Fact]
    public void Names_go_to_sidecars_that_ExifTool_reads_and_come_back_in_every_orientation()
    {
        NeedsExifTool();
        using var portrait = Image.NewFromBuffer(Portraits.Around(0));
        for (var orientation = 1; orientation <= 8; orientation++)
            Put($"{orientation}.jpg", portrait, orientation);
        Assert.Equal(0, _sosia.Ask("index", _sosia.Photos).Code);
        var group = People().Single(person => person.GetProperty("faces").GetArrayLength() >= 8);
        Assert.Equal(0, _sosia.Ask("people", "name", group.GetProperty("id").GetString()!, "Zoë 🌻").Code);
        var originals = HashesOf(_sosia.Photos);

        var exported = _sosia.Ask("people", "export", "--xmp");
        Assert.Equal(0, exported.Code);
        Assert.Contains("8 sidecars written", exported.Out);
        Assert.Equal(originals, HashesOf(_sosia.Photos).Where(file => !file.Key.EndsWith(".xmp", StringComparison.Ordinal)));
        var upright = StoredBox(Regions(Path.Combine(_sosia.Photos, "1.jpg.xmp")));
        for (var orientation = 1; orientation <= 8; orientation++)
        {
            var regions = Regions(Path.Combine(_sosia.Photos, $"{orientation}.jpg.xmp"));
            Assert.Equal("Zoë 🌻", regions.GetProperty("RegionInfo").GetProperty("RegionList")[0].GetProperty("Name").GetString());
            Assert.Equal(
                "Zoë 🌻",
                regions.GetProperty("RegionInfoMP").GetProperty("Regions")[0].GetProperty("PersonDisplayName").GetString()
            );
            var expected = Turned(upright, portrait, orientation);
            Assert.InRange(Overlap(StoredBox(regions), expected), 0.9, 1); // the detector sees each a little differently
            Assert.InRange(Overlap(StoredBoxOfMicrosoft(regions), StoredBox(regions)), 0.999, 1.001);
        }
        Assert.Contains("0 sidecars written, 8 files", _sosia.Ask("people", "export", "--xmp").Out);

        // Another collection learns the names from the sidecars; ExifTool puts one into its photo, and takes the sidecar away.
        ExifTool("-tagsfromfile", "3.jpg.xmp", "-xmp-mwg-rs:all", "-xmp-mp:all", "-overwrite_original", "3.jpg");
        File.Delete(Path.Combine(_sosia.Photos, "3.jpg.xmp"));
        string[] other = ["--collection", _sosia["other"]];
        Assert.Equal(0, _sosia.Ask(["index", _sosia.Photos, .. other]).Code);
        Assert.DoesNotContain("Zoë", _sosia.Ask(["people", "list", .. other]).Out); // names come in only when asked for
        var imported = _sosia.Ask(["people", "import", "--xmp", .. other]);
        Assert.Equal(0, imported.Code);
        Assert.Contains("8 faces of 1 person taken over, 0 of them not found before", imported.Out);
        Assert.Contains("0 faces of 1 person taken over, 0 of them not found before; 8 known", Ask(other, "import", "--xmp").Out);
        Assert.Equal(0, Ask(other, "undo").Code);
        Assert.DoesNotContain("Zoë", _sosia.Ask(["people", "list", .. other]).Out);
    }

    [Fact]
    public void A_named_face_that_was_not_found_is_added_and_what_can_not_be_taken_is_told()
    {
        NeedsExifTool();
        using var portrait = Image.NewFromBuffer(Portraits.Around(0));
        Put("1.jpg", portrait, 6);
        _sosia.Put("2.jpg", Portraits.Around(1));
        // The corner behind the person: no face. Noted by ExifTool inside the stored picture, which lies on its side.
        var box = new[] { 4.0, 4.0, 80.0, 100.0 };
        var stored = Turned(box, portrait, 6);
        Note("1.jpg", portrait.Height, portrait.Width, stored);
        Note("2.jpg", 1000, 1000, stored);
        Assert.Equal(0, _sosia.Ask("index", _sosia.Photos).Code);
        var imported = _sosia.Ask("people", "import", "--xmp");
        Assert.Equal(3, imported.Code);
        Assert.Contains("2.jpg notes faces of a picture of 1000 × 1000", imported.Sentence);
        Assert.Contains("1 face of 1 person taken over, 1 of them not found before", imported.Out);
        var face = People().Single(person => NameOf(person) == "Ada").GetProperty("faces")[0].GetProperty("box");
        var read = new[] { "left", "top", "width", "height" }.Select(side => face.GetProperty(side).GetDouble()).ToArray();
        Assert.InRange(Overlap(read, box), 0.99, 1);
        Assert.Equal(2, _sosia.Ask("people", "import").Code);
        Assert.Equal(2, _sosia.Ask("people", "export", "people.json", "--xmp").Code);

        void Note(string name, int width, int height, double[] at) =>
            ExifTool(
                FormattableString.Invariant(
                    $"-RegionInfo={{AppliedToDimensions={{W={width},H={height},Unit=pixel}},RegionList=[{{Name=Ada,Type=Face,Area={{X={(at[0] + at[2] / 2) / portrait.Height},Y={(at[1] + at[3] / 2) / portrait.Width},W={at[2] / portrait.Height},H={at[3] / portrait.Width},Unit=normalized}}}}]}}"
                ),
                "-overwrite_original",
                name
            );
    }

    private Ran Ask(string[] other, params string[] arguments) => _sosia.Ask(["people", .. arguments, .. other]);

    private JsonElement[] People() => _sosia.Ask("people", "list", "--all", "--json").JsonLines;

    private static string? NameOf(JsonElement person) => person.TryGetProperty("name", out var name) ? name.GetString() : null;

    private void Put(string name, Image upright, int orientation)
    {
        using var stored = Stored(upright, orientation);
        using var noted = stored.Mutate(image => image.Set(GValue.GIntType, "orientation", orientation));
        _sosia.Put(name, noted.JpegsaveBuffer(q: 95));
    }

    /// <summary>The picture that is upright after a decoder turned it as EXIF says.</summary>
    private static Image Stored(Image upright, int orientation) =>
        orientation switch
        {
            2 => upright.FlipHor(),
            3 => upright.Rot180(),
            4 => upright.FlipVer(),
            5 => upright.Rot90().FlipHor(),
            6 => upright.Rot270(),
            7 => upright.Rot270().FlipHor(),
            8 => upright.Rot90(),
            _ => upright.Copy(),
        };

    /// <summary>Where a box of the upright picture lies in the one that is stored: found by turning a picture of the box.</summary>
    private static double[] Turned(double[] box, Image upright, int orientation)
    {
        using var black = Image.Black(upright.Width, upright.Height);
        using var drawn = black
            .Mutate(image => image.DrawRect([255.0], (int)box[0], (int)box[1], (int)box[2], (int)box[3], fill: true))
            .Cast(Enums.BandFormat.Uchar);
        using var turned = Stored(drawn, orientation);
        return
        [
            .. turned
                .FindTrim(threshold: 100, background: [0.0])
                .Select(side => Convert.ToDouble(side, System.Globalization.CultureInfo.InvariantCulture)),
        ];
    }

    private static double Overlap(double[] one, double[] other)
    {
        var width = Math.Min(one[0] + one[2], other[0] + other[2]) - Math.Max(one[0], other[0]);
        var height = Math.Min(one[1] + one[3], other[1] + other[3]) - Math.Max(one[1], other[1]);
        var shared = Math.Max(0, width) * Math.Max(0, height);
        return shared / (one[2] * one[3] + other[2] * other[3] - shared);
    }

    private static double[] StoredBox(JsonElement regions)
    {
        var info = regions.GetProperty("RegionInfo");
        var sides = info.GetProperty("AppliedToDimensions");
        var area = info.GetProperty("RegionList")[0].GetProperty("Area");
        var (width, height) = (Number(sides, "W"), Number(sides, "H"));
        var (w, h) = (Number(area, "W") * width, Number(area, "H") * height);
        return [Number(area, "X") * width - w / 2, Number(area, "Y") * height - h / 2, w, h];
    }

    private static double[] StoredBoxOfMicrosoft(JsonElement regions)
    {
        var sides = regions.GetProperty("RegionInfo").GetProperty("AppliedToDimensions");
        var numbers = regions
            .GetProperty("RegionInfoMP")
            .GetProperty("Regions")[0]
            .GetProperty("Rectangle")
            .GetString()!
            .Split(',')
            .Select(number => double.Parse(number, System.Globalization.CultureInfo.InvariantCulture))
            .ToArray();
        return
        [
            numbers[0] * Number(sides, "W"),
            numbers[1] * Number(sides, "H"),
            numbers[2] * Number(sides, "W"),
            numbers[3] * Number(sides, "H"),
        ];
    }

    private static double Number(JsonElement of, string name) =>
        of.GetProperty(name) is { ValueKind: JsonValueKind.Number } number
            ? number.GetDouble()
            : double.Parse(of.GetProperty(name).GetString()!, System.Globalization.CultureInfo.InvariantCulture);

    private JsonElement Regions(string path) =>
        JsonDocument.Parse(ExifTool("-j", "-struct", "-xmp-mwg-rs:all", "-xmp-mp:all", path)).RootElement[0];

    private static Dictionary<string, string> HashesOf(string folder) =>
        Directory
            .GetFiles(folder)
            .Order(StringComparer.Ordinal)
            .ToDictionary(path => Path.GetFileName(path), path => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))));

    private string ExifTool(params string[] arguments)
    {
        using var program = Process.Start(
            new ProcessStartInfo("exiftool", arguments)
            {
                WorkingDirectory = _sosia.Photos,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var said = program.StandardOutput.ReadToEnd();
        program.WaitForExit();
        Assert.True(program.ExitCode == 0, program.StandardError.ReadToEnd());
        return said;
    }

    private static void NeedsExifTool()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, "exiftool"))))
            Assert.SkipUnless(
                Environment.GetEnvironmentVariable("CI") == "true",
                "There is no exiftool: apt install libimage-exiftool-perl."
            );
    }
}
