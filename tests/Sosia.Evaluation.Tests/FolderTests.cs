using NetVips;
using Sosia.Evaluation.Lfw;
using Sosia.Evaluation.Reports;

namespace Sosia.Evaluation.Tests;

/// <summary>Folders of real photos, embedded by the real pipeline.</summary>
[Slow]
public sealed class FolderTests : IDisposable
{
    private static readonly (string Person, int Sample, int X, int Y)[] Faces =
    [
        ("Ada", 1, 508, 472),
        ("Bea", 3, 690, 468),
        ("Cleo", 3, 1189, 348),
        ("Dan", 4, 1077, 303),
        ("Eve", 6, 361, 619),
        ("Fay", 6, 1580, 408),
    ];

    private readonly string _place = Directory.CreateTempSubdirectory("sosia-evaluation-").FullName;

    private string Photos => Path.Combine(_place, "photos");

    private string Rows => Path.Combine(_place, "rows");

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Fact]
    public void A_folder_of_six_people_is_embedded_once_and_everybody_is_found()
    {
        foreach (var (person, sample, x, y) in Faces)
            for (var image = 0; image < (person == "Fay" ? 1 : 3); image++)
                Put(person, image, sample, x, y);
        var folder = LabelledFolder.Read(Photos);
        Assert.Equal((16, 6, 5), (folder.Files.Count, folder.People, folder.PeopleWithTwoOrMore));

        var embedded = new FolderEmbedding(folder, directory: Rows).Run();
        Assert.Equal((16, 0), (embedded.Embedded, embedded.WithoutFace));
        Assert.Null(embedded.Figures); // too few photos to say anything of speed
        var result = Evaluator.Measure(embedded);
        Assert.Equal((15, 1, 1), (result.Retrieval.Queries, result.Retrieval.Map, result.RetrievalExpanded.Map));
        Assert.Null(result.SixImage);
        Assert.Null(result.Verification);
        Assert.Equal((5, 1), (result.OpenSet!.Gallery, result.OpenSet.Impostors));

        var again = new FolderEmbedding(folder, directory: Rows).Run();
        Assert.Equal(0, again.Embedded);
        Assert.Equal(embedded.Rows.Rows, again.Rows.Rows);
        Assert.Equal(16, new FolderEmbedding(folder, directory: Rows).Run(again: true).Embedded);

        var page = EvaluationPage.Make(Photos, result);
        Assert.Equal(4, page.Split("<svg").Length - 1);
        Assert.DoesNotContain("http://", page.Replace("http://www.w3.org", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
        Assert.Contains("0 of 15 queries", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_without_a_face_or_that_are_damaged_match_nothing()
    {
        foreach (var image in new[] { 0, 1 })
            Put("Ada", image, 1, 508, 472);
        Directory.CreateDirectory(Path.Combine(Photos, "Nobody"));
        using (var grey = (Image.Black(64, 64, 3) + 90).Cast(Enums.BandFormat.Uchar))
            grey.Pngsave(Path.Combine(Photos, "Nobody", "grey.png"));
        File.WriteAllBytes(Path.Combine(Photos, "Nobody", "cut.jpg"), [0xff, 0xd8, 0xff, 0xe0]);
        var embedded = new FolderEmbedding(LabelledFolder.Read(Photos), directory: Rows).Run();
        Assert.Equal((4, 2), (embedded.Rows.Count, embedded.WithoutFace));
        var result = Evaluator.Measure(embedded);
        Assert.Equal(4, result.Retrieval.Queries);
        Assert.InRange(result.Retrieval.Map, 0.5, 0.99);
    }

    [Fact]
    public void Two_hundred_images_of_LFW_come_back_well()
    {
        var folder = LabelledFolder.Read(Lfw());
        var people = folder
            .Labels.GroupBy(label => label)
            .Where(person => person.Count() is >= 2 and <= 6)
            .Take(60)
            .Select(person => person.Key)
            .ToHashSet();
        int[] kept = [.. Enumerable.Range(0, folder.Files.Count).Where(i => people.Contains(folder.Labels[i])).Take(200)];
        foreach (var i in kept)
        {
            Directory.CreateDirectory(Path.Combine(Photos, folder.Labels[i]));
            File.Copy(folder.Files[i], Path.Combine(Photos, folder.Labels[i], Path.GetFileName(folder.Files[i])));
        }
        var embedded = new FolderEmbedding(LabelledFolder.Read(Photos), directory: Rows).Run();
        Assert.Equal(0, embedded.WithoutFace);
        var rows = embedded.Rows;
        var all = Sosia.Evaluation.Measures.Retrieval.Measure(rows, Sosia.Evaluation.Measures.Retrieval.EveryoneWithTwoOrMore(rows));
        Assert.InRange(all.Map, 0.97, 1);
        Assert.InRange(all.Rank1, 0.97, 1);
    }

    [Fact]
    public void A_folder_that_holds_no_people_is_refused_in_a_sentence()
    {
        Assert.Contains("no folder", Assert.Throws<ArgumentException>(() => LabelledFolder.Read(Photos)).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(Photos);
        Assert.Contains(
            "no folders with images",
            Assert.Throws<ArgumentException>(() => LabelledFolder.Read(Photos)).Message,
            StringComparison.Ordinal
        );
        Put("Ada", 0, 1, 508, 472);
        var single = new FolderEmbedding(LabelledFolder.Read(Photos), directory: Rows).Run();
        Assert.Contains(
            "two images or more",
            Assert.Throws<ArgumentException>(() => Evaluator.Measure(single)).Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>The same face in another picture: a little larger and darker each time.</summary>
    private void Put(string person, int image, int sample, int x, int y)
    {
        Directory.CreateDirectory(Path.Combine(Photos, person));
        using var whole = Image.NewFromFile(Path.Combine(AppContext.BaseDirectory, "samples", $"sample{sample}.jpg"));
        using var cut = whole.Crop(x - 120, y - 160, 240, 320);
        using var changed = (cut.Resize(1 - 0.1 * image) * (1 - 0.08 * image)).Cast(Enums.BandFormat.Uchar);
        changed.Jpegsave(Path.Combine(Photos, person, $"{person}_{image + 1:0000}.jpg"), q: 90);
    }

    private static string Lfw()
    {
        if (Environment.GetEnvironmentVariable("SOSIA_LFW") is { Length: > 0 } set && Directory.Exists(set))
            return set;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "shared", "lfw") is var lfw && Directory.Exists(lfw))
                return lfw;
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("CI") == "true",
            "Labeled Faces in the Wild is neither at ../shared/lfw nor at $SOSIA_LFW."
        );
        throw new DirectoryNotFoundException("CI needs Labeled Faces in the Wild.");
    }
}
