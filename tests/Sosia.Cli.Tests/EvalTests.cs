namespace Sosia.Cli.Tests;

[Slow]
public sealed class EvalTests : IDisposable
{
    private readonly SosiaProgram _sosia = new();

    public void Dispose() => _sosia.Dispose();

    /// <summary>Calls people and their images as LFW does.</summary>
    private void NameAsLfw()
    {
        foreach (var folder in Directory.GetDirectories(_sosia.Photos))
        {
            var name = $"P{Path.GetFileName(folder)[^1]}";
            foreach (var (i, image) in Directory.GetFiles(folder).Order(StringComparer.Ordinal).Index())
                File.Move(image, Path.Combine(folder, $"{name}_{i + 1:D4}.jpg"));
            Directory.Move(folder, Path.Combine(_sosia.Photos, name));
        }
    }

    private void PutPeople()
    {
        for (var person = 0; person < 4; person++)
        {
            _sosia.Put($"person {person}/a.jpg", Portraits.Of(person));
            if (person < 3)
                _sosia.Put($"person {person}/b.jpg", Portraits.Again(person));
        }
    }

    [Fact]
    public void A_folder_is_measured_and_the_figures_have_the_published_names()
    {
        PutPeople();
        var ran = _sosia.Run("eval", "folder", _sosia.Photos, "--json");
        Assert.Equal(0, ran.Code);
        Assert.Equal(
            (7, 4, 3),
            (
                ran.Json.GetProperty("images").GetInt32(),
                ran.Json.GetProperty("people").GetInt32(),
                ran.Json.GetProperty("peopleWithTwoOrMore").GetInt32()
            )
        );
        foreach (var name in new[] { "retrieval", "retrievalExpanded" })
        {
            var retrieval = ran.Json.GetProperty(name);
            Assert.Equal(6, retrieval.GetProperty("queries").GetInt32());
            foreach (var figure in new[] { "map", "rank1", "rPrecision" })
                Assert.Equal(1, retrieval.GetProperty(figure).GetDouble());
        }
        var open = ran.Json.GetProperty("openSet");
        foreach (var name in new[] { "gallery", "genuine", "impostors", "dirAtFar1", "dirAtFar01" })
            Assert.True(open.TryGetProperty(name, out _), name);
        foreach (var name in new[] { "k", "skewness", "maxOccurrence" })
            Assert.True(ran.Json.GetProperty("hubness").TryGetProperty(name, out _), name);
        Assert.Equal(7, ran.Json.GetProperty("rows").GetProperty("embedded").GetInt32());
        Assert.False(ran.Json.TryGetProperty("throughput", out _)); // seven photos say nothing of speed
    }

    [Fact]
    public void A_second_run_embeds_nothing_and_says_so_and_the_report_stands_alone()
    {
        PutPeople();
        Assert.Equal(0, _sosia.Run("eval", "folder", _sosia.Photos).Code);
        var again = _sosia.Run("eval", "folder", _sosia.Photos, "--html", _sosia["report.html"]);
        Assert.Equal(0, again.Code);
        Assert.Contains("7 of 7 images were embedded by an earlier run", again.Error, StringComparison.Ordinal);
        Assert.Contains("mAP 100.00", again.Out, StringComparison.Ordinal);
        var page = File.ReadAllText(_sosia["report.html"]);
        Assert.Contains("<svg", page, StringComparison.Ordinal);
        Assert.DoesNotContain("src=\"http", page, StringComparison.Ordinal);
    }

    [Fact]
    public void LFW_without_its_pairs_is_measured_without_verification()
    {
        PutPeople();
        Assert.Contains("sosia eval folder", _sosia.Run("eval", "lfw", _sosia.Photos, "--json").Sentence); // it is not laid out as LFW
        NameAsLfw();
        var ran = _sosia.Run("eval", "lfw", _sosia.Photos, "--json");
        Assert.Equal(0, ran.Code);
        Assert.Contains("--pairs", ran.Error, StringComparison.Ordinal);
        Assert.False(ran.Json.TryGetProperty("verification", out _));
    }

    [Fact]
    public void Pairs_decide_verification_and_bad_ones_are_refused()
    {
        PutPeople();
        NameAsLfw();
        File.WriteAllText(_sosia["pairs.txt"], "2\t1\nP0\t1\t2\nP0\t1\tP1\t1\nP1\t1\t2\nP1\t1\tP2\t1\n");
        var verification = _sosia.Run("eval", "lfw", _sosia.Photos, "--json").Json.GetProperty("verification"); // found beside the folder
        Assert.Equal(
            (4, 1.0, 0.0),
            (
                verification.GetProperty("pairs").GetInt32(),
                verification.GetProperty("accuracy").GetDouble(),
                verification.GetProperty("std").GetDouble()
            )
        );

        File.WriteAllText(_sosia["pairs.txt"], "1\t1\nP0\t1\t2\nP0\t1\tP9\t1\n");
        var bad = _sosia.Run("eval", "lfw", _sosia.Photos, "--json");
        Assert.Equal(2, bad.Code);
        Assert.Contains("Line 3", bad.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_people_is_an_error_in_one_sentence()
    {
        var missing = _sosia.Run("eval", "folder", _sosia["nowhere"]);
        Assert.Equal(2, missing.Code);
        Assert.Contains("There is no folder", missing.Sentence, StringComparison.Ordinal);
        _sosia.Put("loose.jpg", Portraits.Of(0));
        var loose = _sosia.Run("eval", "lfw", _sosia.Photos);
        Assert.Equal(2, loose.Code);
        Assert.Contains("no folders with images", loose.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void One_person_alone_and_people_with_one_image_each_leave_nothing_to_measure()
    {
        _sosia.Put("Ann/a.jpg", Portraits.Of(0));
        _sosia.Put("Ann/b.jpg", Portraits.Again(0));
        foreach (
            var command in new[] { new[] { "eval", "folder", _sosia.Photos }, ["eval", "experiments", _sosia.Photos, "--models", "face"] }
        )
        {
            var alone = _sosia.Run(command);
            Assert.Equal(
                (
                    2,
                    "",
                    "There is one person only in this folder, Ann, so whatever comes back is right; give a folder with two people or more."
                ),
                (alone.Code, alone.Out, alone.Sentence)
            );
        }
        _sosia.Put("Bo/a.jpg", Portraits.Of(1));
        File.Delete(Path.Combine(_sosia.Photos, "Ann/b.jpg"));
        var single = _sosia.Run("eval", "folder", _sosia.Photos);
        Assert.Equal(
            (2, "", "Nobody in this folder has two images or more, so no image can be found by another one of the same person."),
            (single.Code, single.Out, single.Sentence)
        );
    }
}
