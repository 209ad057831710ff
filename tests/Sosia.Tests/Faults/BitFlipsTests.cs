using Sosia.Catalogue;
using Sosia.Faces;
using Sosia.Hosting;
using Sosia.Models;
using Sosia.Models.Store;
using Sosia.Pictures;
using Sosia.Pipeline;
using Sosia.Search.Calibrating;
using Sosia.Search.Ranking;
using Sosia.Tests.Search.Local;

namespace Sosia.Tests.Faults;

/// <summary>One bit of one file is another than was written: that is noticed, or it changes no answer. Never a wrong match.</summary>
[Slow]
public sealed class BitFlipsTests : IDisposable
{
    private const int Usual = 500,
        Many = 20_000;
    private const int Photos = 300,
        Newest = 20;
    private static readonly int[] Asked = [0, 17, 91, 160, 299];

    private readonly TemporaryDirectory _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void In_the_catalogue_and_in_index_files_change_no_answer_unnoticed()
    {
        using var rows = new StoredRows(Photos - Newest) { RowsASegment = 100 };
        rows.Index.Renew(default);
        rows.Index.Drop();
        rows.Add(Newest); // the index does not know them
        var truth = Answers(rows);
        string[] files = [rows.Store.File, rows.IndexPath, .. rows.SegmentPaths];
        byte[][] sound = [.. files.Select(File.ReadAllBytes)];
        var wrong = new List<string>();
        var noticed = 0;
        foreach (var seed in FaultRun.Seeds("bits", Usual, Many))
        {
            var which = seed % 3 < 2 ? 0 : 1 + seed / 3 % (files.Length - 1); // the catalogue twice as often
            File.WriteAllBytes(files[which], Mutator.Flip(sound[which], new Random(seed)));
            try
            {
                if (!Answers(rows).SequenceEqual(truth))
                    wrong.Add($"seed {seed}, {Path.GetFileName(files[which])}");
            }
            catch (CatalogueException damaged) when (damaged.Problem is CatalogueProblem.Damaged or CatalogueProblem.TooNew)
            {
                noticed++;
            }
            File.WriteAllBytes(files[which], sound[which]);
        }
        Assert.True(wrong.Count == 0, $"{wrong.Count} wrong, {noticed} noticed\n{string.Join('\n', wrong)}");
        Assert.True(!FaultRun.IsUsual || noticed > 0, "No flip was noticed.");
    }

    [Fact]
    public void In_a_small_picture_make_it_be_made_again()
    {
        var path = new PictureCache(_place.Path).OfPhoto(Some.Sha256("a"), 160);
        byte[] picture = [.. Enumerable.Range(0, 4000).Select(i => (byte)(i * i))];
        PictureCache.Get(path, () => picture, () => true);
        var sound = File.ReadAllBytes(path);
        foreach (var seed in FaultRun.Seeds("bits-pictures", 50, 2000))
        {
            File.WriteAllBytes(path, Mutator.Flip(sound, new Random(seed)));
            Assert.Equal(picture, PictureCache.Get(path, () => picture, () => true));
        }
    }

    /// <summary>A flip in a text that is shown, such as what it was measured on, is noticed too.</summary>
    [Fact]
    public void In_a_calibration_are_noticed()
    {
        var model = RealFiles.Model("face-512");
        var sound = File.ReadAllBytes(model.CalibrationPath!);
        var truth = Read(sound);
        foreach (var seed in FaultRun.Seeds("bits-calibration", 100, 5000))
            try
            {
                var read = Read(Mutator.Flip(sound, new Random(seed)));
                Assert.Equal(truth.Threshold(ScoringRule.Plain, 1), read.Threshold(ScoringRule.Plain, 1));
                Assert.Equal(truth.ToJson(), read.ToJson());
            }
            catch (ArgumentException)
            {
                // noticed
            }

        static Calibration Read(byte[] bytes) =>
            Calibration.Parse(System.Text.Encoding.UTF8.GetString(bytes), SpaceOfFaces(RealFiles.Models));
    }

    /// <summary>A number of the manifest that changes what a network makes changes the name of its space, which no collection holds then.</summary>
    [Fact]
    public void In_the_manifest_are_noticed_or_name_another_space()
    {
        var (directory, truth) = (_place["models"], SpaceOfFaces(RealFiles.Models));
        Directory.CreateDirectory(directory);
        foreach (var file in Directory.GetFiles(RealFiles.Models))
            File.CreateSymbolicLink(Path.Combine(directory, Path.GetFileName(file)), file);
        var manifest = Path.Combine(directory, ModelManifest.FileName);
        var sound = File.ReadAllBytes(manifest);
        File.Delete(manifest);
        var entry = Entry(sound);
        var (noticed, elsewhere) = (0, 0);
        foreach (var seed in FaultRun.Seeds("bits-manifest", 200, 5000))
            try
            {
                var bytes = Mutator.Flip(sound, new Random(seed));
                if (SpaceOf(bytes) != truth)
                    elsewhere++;
                else
                    Assert.Equal(WhatItMakes(entry), WhatItMakes(Entry(bytes)));
            }
            catch (ModelException)
            {
                noticed++;
            }
        Assert.True(!FaultRun.IsUsual || noticed > 0 && elsewhere > 0, $"{noticed} noticed, {elsewhere} of another space");

        string SpaceOf(byte[] bytes)
        {
            File.WriteAllBytes(manifest, bytes);
            return SpaceOfFaces(directory);
        }

        ModelEntry Entry(byte[] bytes)
        {
            File.WriteAllBytes(manifest, bytes);
            return new ModelStore(directory, new UserDirectories("/nonexistent")).Default(ModelKind.FaceEmbedding).Entry;
        }

        // Without the input's name: a network that has no such input is refused when it is loaded.
        static string WhatItMakes(ModelEntry made) =>
            System.Text.Json.JsonSerializer.Serialize(
                new
                {
                    made.Sha256,
                    Input = made.Input with
                    {
                        Name = "",
                    },
                    made.Output,
                }
            );
    }

    private static string SpaceOfFaces(string models) =>
        FaceSpace.Of(new ModelStore(models, new UserDirectories("/nonexistent")), null, new DetectorOptions()).Key;

    /// <summary>What a search shows: which photos, where they lie, how near, and which face.</summary>
    private static List<string> Answers(StoredRows rows)
    {
        using var index = rows.NewIndex();
        using var reader = rows.Store.OpenReader();
        var answers = new List<string>();
        foreach (var number in Asked)
        {
            var best = index.Ask(reader, table => table.Best([StoredRows.Row(number)], photos: 20));
            var photos = reader.FindPhotos([.. best.Select(score => score.Photo)]);
            var faces = reader.FindFaces([.. best.Select(score => new FaceId(score.Owner))]);
            foreach (var score in best)
                answers.Add(
                    photos.TryGetValue(score.Photo, out var photo) && faces.TryGetValue(new(score.Owner), out var face)
                        ? $"{photo.Sha256} {string.Join('|', photo.Paths)} {face.Photo} {face.Box} {score.Score:F5}"
                        : throw new CatalogueException(CatalogueProblem.Damaged, "a match has no photo")
                );
        }
        return answers;
    }
}
