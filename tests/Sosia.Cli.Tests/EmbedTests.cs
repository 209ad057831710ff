using System.Text.Json;
using Sosia.Vectors.Files;

namespace Sosia.Cli.Tests;

/// <summary>Features of a folder: written, read by knn, gone on with.</summary>
public sealed class EmbedTests : IDisposable
{
    private const int Dimensions = 512;
    private readonly SosiaProgram _sosia = new();

    public void Dispose() => _sosia.Dispose();

    [Fact, Slow]
    public void Features_are_written_with_the_file_of_each_row_and_knn_shows_them_as_pictures()
    {
        PutPeople();
        var ran = _sosia.Run("embed", _sosia.Photos, "--out", "out/features.npy", "--json");
        Assert.Equal(
            (0, "", 3, Dimensions),
            (ran.Code, ran.Error, ran.Json.GetProperty("rows").GetInt32(), ran.Json.GetProperty("dimensions").GetInt32())
        );
        var features = NpyFile.Read<float>(_sosia["out/features.npy"], out _);
        var description = JsonDocument.Parse(File.ReadAllText(_sosia["out/features.json"])).RootElement;
        Assert.Equal(
            ["Ann/1.jpg", "Ann/2.jpg", "Bo/1.jpg"],
            description.GetProperty("files").EnumerateArray().Select(file => file.GetString())
        );
        Assert.Equal(["features.json", "features.npy"], Directory.GetFiles(_sosia["out"]).Select(file => Path.GetFileName(file)!).Order());

        Assert.Equal(0, _sosia.Ask("knn", "out/features.npy", "--row", "0", "--html", "found.html").Code);
        var page = File.ReadAllText(_sosia["found.html"]);
        Assert.Contains("<h1>Neighbours of row 0, Ann</h1>", page, StringComparison.Ordinal);
        Assert.Contains("Of the 2 other images, 1 show the same person", page, StringComparison.Ordinal);
        Assert.Equal(
            (1, 1, 1, 3),
            (
                Count(page, "<figure class=\"query\">"),
                Count(page, "<figure class=\"same\">"),
                Count(page, "<figure class=\"other\">"),
                Count(page, "src=\"data:image/jpeg;base64,")
            )
        );

        // The order of a label file, half the disk, and the student project's mistake.
        File.WriteAllLines(_sosia["labels.txt"], ["Bo", "Ann", "Ann"]);
        Assert.Equal(0, _sosia.Run("embed", _sosia.Photos, "--out", "out/half.npy", "--dtype", "float16", "--order", "labels.txt").Code);
        Assert.Equal(
            features[..Dimensions].Select(value => (Half)value),
            NpyFile.Read<Half>(_sosia["out/half.npy"], out _)[Dimensions..(2 * Dimensions)]
        );
        Assert.Equal(0, _sosia.Run("embed", _sosia.Photos, "--out", "out/raw.npy", "--input", "raw").Code);
        Assert.NotEqual(features, NpyFile.Read<float>(_sosia["out/raw.npy"], out _));
        var input = JsonDocument.Parse(File.ReadAllText(_sosia["out/raw.json"])).RootElement.GetProperty("input");
        Assert.Equal((0, 1), (input.GetProperty("mean")[0].GetSingle(), input.GetProperty("scale")[0].GetSingle()));
    }

    [Fact, Slow]
    public void The_network_that_was_trained_is_given_by_its_name_or_its_file()
    {
        PutPeople();
        var full = _sosia.Run("embed", _sosia.Photos, "--model", "baseline", "--out", "full.npy");
        Assert.Equal((0, $"3 rows × 107,648 in {_sosia["full.npy"]}\n"), (full.Code, full.Out));
        var ran = _sosia.Run("embed", _sosia.Photos, "--model", Trained(), "--dtype", "float16", "--out", "baseline.npy", "--json");
        Assert.Equal((0, "", 107_648), (ran.Code, ran.Error, ran.Json.GetProperty("dimensions").GetInt32()));
        var description = JsonDocument.Parse(File.ReadAllText(_sosia["baseline.json"])).RootElement;
        Assert.Equal(
            ("baseline", 0),
            (description.GetProperty("model").GetString(), description.GetProperty("input").GetProperty("mean")[0].GetSingle())
        );
        Assert.StartsWith("indices\n[[2 ", _sosia.Ask("knn", "baseline.npy", "--row", "2", "-k", "2").Out);
        Refused(
            $"The model file {_sosia["none.onnx"]} can't be read: Could not find file '{_sosia["none.onnx"]}'.",
            "--model",
            "none.onnx"
        );
    }

    [Fact, Slow]
    public void Ended_by_Ctrl_C_and_killed_it_goes_on_and_the_features_are_those_of_one_run()
    {
        const int Photos = 258; // four blocks of 64, and two more: a signal takes its time, and there must be work left when it comes
        for (var i = 0; i < Photos; i++)
            _sosia.Put($"Ann/{i:000}.jpg", Portraits.Of(i));
        Assert.NotEqual(0, Interrupt(Signal.Kill, rows: 64).Code);
        var asked = Interrupt(Signal.Interrupt, rows: 64);
        Assert.Equal(
            (130, "", "Cancelled: what was finished is kept, and the same command goes on from there."),
            (asked.Code, asked.Out, asked.Sentence)
        );
        Assert.Equal(
            ["features.npy.part", "features.npy.plan"],
            Directory.GetFiles(_sosia["out"]).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)
        );

        Assert.Equal(0, _sosia.Run(Embed).Code);
        var features = NpyFile.Read<float>(_sosia["out/features.npy"], out var header);
        Assert.Equal([Photos, Dimensions], header.Shape);
        for (var row = 0; row < Photos; row++) // six photos again and again: none of the rows is lost, doubled or half made
            Assert.True(
                features.AsSpan(row * Dimensions, Dimensions).SequenceEqual(features.AsSpan(row % 6 * Dimensions, Dimensions)),
                $"row {row}"
            );
    }

    [Fact, Slow]
    public void A_disk_that_is_too_small_is_told_before_anything_is_computed()
    {
        PutPeople();
        var ran = _sosia.ShellOnSmallDisk("4k", "\"$SOSIA\" embed photos --out small/features.npy; code=$?; ls small; exit $code");
        Assert.Equal((2, ""), (ran.Code, ran.Out));
        Assert.Equal(
            $"{_sosia["small/features.npy"]} needs 6,144 more bytes, and 4,096 are free there; choose another disk with --out, halve it "
                + "with --dtype float16, or pool with --pool average.",
            ran.Sentence
        );
    }

    [Fact]
    public void What_can_not_be_embedded_is_said_in_one_sentence_and_leaves_no_features()
    {
        PutPeople();
        Refused("Expected a file that ends in .npy, got " + _sosia["out/features.csv"] + ".", "--out", "out/features.csv");
        Refused(
            "The model 'face-512' makes face embeddings, and image embeddings are needed; choose another with `sosia models list`.",
            "--model",
            "face-512"
        );
        File.WriteAllLines(_sosia["labels.txt"], ["Ann", "Ann", "Ann"]);
        Refused(
            $"labels.txt does not fit {_sosia.Photos}: line 3 is row 3 of 'Ann', and the folder has 2 images.",
            "--order",
            "labels.txt"
        );
        var cut = _sosia.Put("Bo/2.jpg", Portraits.Whole(2)[..3000]);
        Refused(
            $"{cut}: The image is damaged (it ends too early); copy it again from where it came. Every image needs its row, so nothing "
                + "goes on without it."
        );
        Assert.False(File.Exists(_sosia["out/features.npy"]) || File.Exists(_sosia["out/features.json"]));
    }

    [Fact]
    public void Features_that_do_not_belong_to_a_folder_are_not_shown_with_its_pictures()
    {
        PutPeople();
        NpyFile.Write<float>(_sosia["mine.npy"], [1, 2, 3, 4], columns: 1);
        void Says(string sentence, params string[] arguments)
        {
            var ran = _sosia.Ask(["knn", "mine.npy", "--row", "0", "--html", "found.html", .. arguments]);
            Assert.Equal((2, "", sentence), (ran.Code, ran.Out, ran.Sentence));
            Assert.False(File.Exists(_sosia["found.html"]));
        }
        Says(
            "mine.npy has no mine.json beside it that says which image each row is of; name their folder with --images DIR, and their "
                + "order with --order FILE where it is not by path."
        );
        Says(
            "mine.npy does not belong to photos: it has 4 rows, and the folder gives 3 images; name the folder or the order (--order "
                + "FILE) that it was made of.",
            "--images",
            "photos"
        );

        _sosia.Put("Cy/1.jpg", Portraits.Whole(2));
        Assert.Equal(0, _sosia.Ask("knn", "mine.npy", "--row", "0", "--html", "found.html", "--images", "photos").Code);
        File.Delete(_sosia["found.html"]);
        File.WriteAllText(
            _sosia["mine.json"],
            JsonSerializer.Serialize(
                new
                {
                    model = "m",
                    sha256 = "0",
                    input = JsonDocument
                        .Parse(
                            """{"name":"i","width":1,"height":1,"fit":"stretch","interpolation":"area","layout":"nhwc","channels":"rgb","mean":[0],"scale":[1]}"""
                        )
                        .RootElement,
                    pooling = "none",
                    type = "float32",
                    dimensions = 1,
                    folder = _sosia["elsewhere"],
                    files = new[] { "Ann/1.jpg", "Ann/2.jpg", "Bo/1.jpg", "Bo/2.jpg" },
                }
            )
        );
        Says($"Row 0 is of {_sosia["elsewhere/Ann/1.jpg"]}, which is not there; say where the images are with --images DIR.");
        Says(
            $"Row 3 is of {_sosia["photos/Bo/2.jpg"]}, which is not there; say where the images are with --images DIR.",
            "--images",
            "photos"
        );
    }

    /// <summary>The baseline, as it lies in the repository.</summary>
    private static string Trained()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "docs", "training", "sample", "baseline.onnx") is var path && File.Exists(path))
                return path;
        throw new FileNotFoundException(
            $"There is no docs/training/sample/baseline.onnx in any directory above {AppContext.BaseDirectory}."
        );
    }

    private string[] Embed => ["embed", _sosia.Photos, "--out", "out/features.npy"];

    private void PutPeople()
    {
        _sosia.Put("Ann/1.jpg", Portraits.Whole(0));
        _sosia.Put("Ann/2.jpg", Portraits.Again(0));
        _sosia.Put("Bo/1.jpg", Portraits.Whole(3));
    }

    /// <summary>Sends a signal as soon as this run has brought so many rows to the disk.</summary>
    private Ran Interrupt(Signal signal, int rows)
    {
        var program = _sosia.Start(Embed);
        var started = program.StartTime.ToUniversalTime();
        while (
            !(
                new FileInfo(_sosia["out/features.npy.part"]) is { Exists: true } part
                && part.LastWriteTimeUtc > started
                && part.Length >= rows * Dimensions * sizeof(float)
            )
        )
        {
            Assert.False(program.HasExited, "It ended before it could be interrupted.");
            Thread.Sleep(5);
        }
        program.Send(signal);
        return SosiaProgram.End(program);
    }

    private void Refused(string sentence, params string[] arguments)
    {
        var ran = _sosia.Ask([
            "embed",
            _sosia.Photos,
            .. arguments.Contains("--out") ? arguments : ["--out", "out/features.npy", .. arguments],
        ]);
        Assert.Equal((2, "", sentence), (ran.Code, ran.Out, ran.Sentence));
    }

    private static int Count(string text, string what) => text.Split(what).Length - 1;
}
