using Sosia.Evaluation.Datasets;

namespace Sosia.Cli.Tests;

/// <summary>The whole student project on a small made-up copy of LFW: 20 people with six images.</summary>
[Slow]
public sealed class StudentRunTests : IDisposable
{
    private readonly SosiaProgram _sosia = new();

    public void Dispose() => _sosia.Dispose();

    [Fact]
    public void One_run_makes_arrays_features_experiments_and_a_page_and_the_next_one_repeats_nothing()
    {
        var number = 0;
        foreach (var (person, images) in LfwNames.Images.Where(person => person.Value == 6).Take(20))
            for (var image = 1; image <= images; image++)
                _sosia.Put(LfwNames.Place(person, image), Portraits.Of(number++));

        // Without a program that can train all the rest is done, and it says so.
        var first = _sosia.Run("student", _sosia.Photos, "--out", "out", "--json");
        Assert.True(first.Code is 0 or 3, first.Error);
        Assert.Equal(first.Code == 3, first.Error.Contains("Nothing was trained:", StringComparison.Ordinal));
        Assert.Equal(first.Code == 0, File.Exists(_sosia["out/run/network.json"]));
        Assert.Equal(120, first.Json.GetProperty("images").GetInt32());
        Assert.Equal(first.Code == 0, first.Json.GetProperty("trained").GetBoolean());
        foreach (var file in new[] { "arrays/imgs.npy", "arrays/labellistarr.npy", "arrays/endlables.npy" })
            Assert.True(File.Exists(_sosia["out/" + file]), file);

        var page = File.ReadAllText(_sosia["out/student.html"]);
        foreach (
            var part in new[]
            {
                "<h2>The training</h2>",
                "<h2>The networks</h2>",
                "Who is found",
                "Do neighbours have the query&#39;s gender and age?",
                "side by side",
            }
        )
            Assert.True(
                page.Contains(part, StringComparison.Ordinal)
                    || page.Contains(part.Replace("&#39;", "'", StringComparison.Ordinal), StringComparison.Ordinal),
                part
            );
        Assert.Equal(first.Code == 3, page.Contains("Nothing was trained:", StringComparison.Ordinal));
        Assert.DoesNotContain("src=\"http", page, StringComparison.Ordinal);

        var written = Directory
            .GetFiles(_sosia["out"], "*.npy", SearchOption.AllDirectories)
            .ToDictionary(file => file, File.GetLastWriteTimeUtc);
        var second = _sosia.Run("student", _sosia.Photos, "--out", "out", "--json");
        Assert.Equal(first.Code, second.Code);
        Assert.All(
            written.Where(file =>
                file.Key.EndsWith("features.npy", StringComparison.Ordinal) || file.Key.EndsWith("imgs.npy", StringComparison.Ordinal)
            ),
            file => Assert.Equal(file.Value, File.GetLastWriteTimeUtc(file.Key))
        );
        Assert.Equal(first.Json.GetProperty("experiments").ToString(), second.Json.GetProperty("experiments").ToString());
    }
}
