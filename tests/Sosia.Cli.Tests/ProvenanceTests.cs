using System.Text.Json;

namespace Sosia.Cli.Tests;

/// <summary>How faces were found, as the program tells it.</summary>
[Slow]
public sealed class ProvenanceTests : IDisposable
{
    private const string Usual = "ultra-light-320, faces from 1/50 of the longest side",
        Larger = "ultra-light-320, faces from 40 pixels",
        Thorough = "ultra-light-320, faces from 20 pixels";

    private readonly SosiaProgram _sosia = new();

    public void Dispose() => _sosia.Dispose();

    [Fact]
    public void Status_counts_photos_by_how_their_faces_were_found_and_index_again_reads_what_differs()
    {
        _sosia.PutMany(3);
        Assert.Equal(0, _sosia.Run("index", _sosia.Photos).Code);
        Assert.Equal([(Usual, 3)], Provenances());
        Assert.DoesNotContain("Found by", _sosia.Ask("status").Out);

        _sosia.Put("new.jpg", Portraits.Of(7));
        Assert.Equal(1, Indexed("--smallest-face", "40"));
        Assert.Equal([(Usual, 3), (Larger, 1)], Provenances());
        Assert.Contains($"Found by              1   {Larger}", _sosia.Ask("status").Out);
        Assert.Contains("`sosia index DIR --again`", _sosia.Ask("status").Out);

        Assert.Equal(0, Indexed()); // unasked nothing is read again
        Assert.Equal(1, Indexed("--again"));
        Assert.Equal([(Usual, 4)], Provenances());
        Assert.Equal(0, Indexed("--again"));
        Assert.Equal(4, Indexed("--again", "--smallest-face", "40"));
        Assert.Equal([(Larger, 4)], Provenances());
        Assert.Equal(4, Indexed("--thorough")); // reads again what was found otherwise, without being told so
        Assert.Equal([(Thorough, 4)], Provenances());
        Assert.Equal(0, Indexed("--thorough"));
        Assert.Equal(0, _sosia.Ask("verify").Code);
    }

    /// <summary>Photos read by another run.</summary>
    private int Indexed(params string[] options) =>
        _sosia.Run(["index", _sosia.Photos, "--json", .. options]).JsonLines[^1].GetProperty("photos").GetInt32();

    private (string? Description, int Photos)[] Provenances() =>
        [
            .. _sosia
                .Ask("status", "--json")
                .Json.GetProperty("provenance")
                .EnumerateArray()
                .Select(found => (Description(found), found.GetProperty("photos").GetInt32())),
        ];

    private static string? Description(JsonElement found) =>
        found.TryGetProperty("description", out var description) ? description.GetString() : null;
}
