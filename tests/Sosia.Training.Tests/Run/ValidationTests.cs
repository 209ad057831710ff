using System.Globalization;
using System.Text.Json;

namespace Sosia.Training.Tests.Run;

/// <summary>Some photos of each person are kept aside, by the program itself.</summary>
public sealed class ValidationTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Run => _directory["run"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Accuracy_on_other_photos_stands_beside_training_accuracy_and_the_photos_are_named()
    {
        Needs.Libtorch();
        Some.People(_directory["people"], 34, ("Ann", 8), ("Bob", 8), ("Cid", 1));
        var (code, output, error) = ProgramRun.Run([.. Small("0.5"), "--epochs", "3", "--json"]);
        Assert.True(code == 0, error);
        Assert.Contains("8 of them are not learned, but asked about after each epoch.", error, StringComparison.Ordinal);

        var json = JsonDocument.Parse(output).RootElement;
        Assert.Equal(8, json.GetProperty("validationImages").GetInt32());
        var lines = File.ReadAllLines(Path.Combine(Run, "run.csv"));
        Assert.EndsWith("validationLoss,validationAccuracy", lines[0], StringComparison.Ordinal);
        var checks = lines.Skip(1).Select(line => line.Split(',')).Where(fields => fields[^1].Length > 0).ToArray();
        Assert.Equal(["1", "2", "3"], checks.Select(fields => fields[0]));
        Assert.Equal(json.GetProperty("validationAccuracy").GetDouble(), double.Parse(checks[^1][^1], CultureInfo.InvariantCulture));
        Assert.Equal(3 * 2, lines.Length - 1); // nine images are learned: two steps of six at most

        var kept = File.ReadAllLines(Path.Combine(Run, "validation.txt"));
        Assert.Equal(8, kept.Length);
        Assert.All(kept, file => Assert.True(File.Exists(Path.Combine(_directory["people"], file)), file));
    }

    [Fact]
    public void People_who_would_have_no_image_to_learn_stay_in_training_and_it_says_how_many()
    {
        Needs.Libtorch();
        Some.People(_directory["people"], 34, ("Ann", 8), ("Bob", 8), ("Cid", 1), ("Dan", 1), ("Eve", 1));
        var (code, _, error) = ProgramRun.Run([.. Small("0.9")[..^2], "--batch", "4", "--epochs", "1"]);
        Assert.True(code == 0, error);
        Assert.Matches("[1-5] people would have no image left to learn from, so all of theirs are learned|One person would have", error);
        Assert.Equal(["Ann", "Bob", "Cid", "Dan", "Eve"], File.ReadAllLines(Path.Combine(Run, "classes.txt")));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("-0.1")]
    [InlineData("NaN")]
    public void A_share_that_is_none_is_refused(string share)
    {
        Needs.Libtorch();
        Some.People(_directory["people"], 34, ("Ann", 8), ("Bob", 8));
        ProgramRun.Refuses(2, ["--validation", "from 0 to less than 1"], [.. Small("0")[..^4], "--batch", "6", $"--validation={share}"]);
    }

    [Fact]
    public void A_share_that_keeps_nothing_aside_is_refused()
    {
        Needs.Libtorch();
        Some.People(_directory["people"], 34, [.. Enumerable.Range(0, 8).Select(i => ($"Person{i}", 1))]);
        ProgramRun.Refuses(2, ["--validation 0.5", "keeps none of the 8 images aside"], Small("0.5"));
    }

    private string[] Small(string share) =>
        ["baseline", _directory["people"], "--out", Run, "--side", "34", "--filters", "16,16", "--validation", share, "--batch", "6"];
}
