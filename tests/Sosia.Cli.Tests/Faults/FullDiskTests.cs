using System.Globalization;
using System.Text.Json;

namespace Sosia.Cli.Tests.Faults;

/// <summary>
/// The disk is full from the n-th change on, for every n of a small run: one clear sentence and an exit code, nothing reported is lost, and
/// with room the same command goes on.
/// </summary>
[Slow]
public sealed class FullDiskTests
{
    private const int Usual = 40;
    private const int Photos = 3;

    [Fact]
    public void Index_says_so_loses_nothing_and_goes_on_when_there_is_room()
    {
        FaultyDisk.Need();
        var changes = Changes();
        Assert.InRange(changes, Usual, 10_000);
        var (wrong, refused) = (new List<string>(), 0);
        foreach (var seed in FaultRun.Seeds("full", Usual, changes))
        {
            var at = FaultRun.IsLong ? seed : 1 + (seed - 1) * changes / Usual;
            using var sosia = Folder();
            sosia.Environment.Fill(sosia["data"], at);
            var full = sosia.Run("index", sosia.Photos, "--json");
            sosia.Environment.Clear();
            var reported = full.Out.Split('\n').Where(line => line.StartsWith("{\"path\"", StringComparison.Ordinal)).ToArray();
            refused += full.Code == 2 ? 1 : 0;
            wrong.AddRange(WhatIsWrong(sosia, full, [.. reported.Select(PathOf)]).Select(sentence => $"change {at}: {sentence}"));
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(!FaultRun.IsUsual || refused > 0, "No run found the disk full.");
    }

    private static IEnumerable<string> WhatIsWrong(SosiaProgram sosia, Ran full, string[] reported)
    {
        // An index file that can't be kept, which costs the next search time, is no reason to fail; all else is.
        if (full.Code is not (0 or 2) || full.Code == 2 && full.Error.TrimEnd().Split('\n').Length != 1)
            yield return $"exit code {full.Code}: {full.Error.Trim()}";
        if (full.Code == 2 && !new[] { "disk", "space", "room" }.Any(word => full.Error.Contains(word, StringComparison.Ordinal)))
            yield return $"'{full.Error.Trim()}' does not say what to do";
        if (full.Code == 0 && reported.Length != Photos)
            yield return $"{reported.Length} photos of {Photos} were indexed, and the exit code is 0";
        var verified = sosia.Ask("verify");
        if (verified.Code is not (0 or 10))
            yield return $"verify: {verified.Out}{verified.Error}";
        if (verified.Code == 10 && reported.Length > 0)
            yield return "the catalogue is gone";
        if (verified.Code == 0 && reported.Except(sosia.Ask("photos", "--json").JsonLines.Select(PathOf)).ToArray() is { Length: > 0 } lost)
            yield return $"reported and lost: {string.Join(", ", lost)}";

        var again = sosia.Ask("index", sosia.Photos);
        if (again.Code != 0)
            yield return $"with room again: {again.Error}";
        var status = sosia.Ask("status", "--json").Json;
        if (status.GetProperty("photos").GetProperty("searchable").GetInt32() != Photos || status.GetProperty("faces").GetInt32() != Photos)
            yield return $"with room again: {status}";
    }

    /// <summary>How many changes a run makes that finds room.</summary>
    private static int Changes()
    {
        using var sosia = Folder();
        sosia.Environment.Fill(sosia["data"], 0, sosia["changes"]);
        Assert.Equal(0, sosia.Run("index", sosia.Photos).Code);
        return int.Parse(File.ReadAllText(sosia["changes"]), CultureInfo.InvariantCulture);
    }

    private static SosiaProgram Folder()
    {
        var sosia = new SosiaProgram();
        sosia.PutMany(Photos);
        return sosia;
    }

    private static string PathOf(string line) => PathOf(JsonDocument.Parse(line).RootElement);

    private static string PathOf(JsonElement photo) => photo.GetProperty("path").GetString()!;
}
