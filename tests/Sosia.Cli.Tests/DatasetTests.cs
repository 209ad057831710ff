using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Sosia.Vectors.Files;

namespace Sosia.Cli.Tests;

/// <summary>From somebody's copy of LFW to the student project's three arrays.</summary>
public sealed class DatasetTests : IDisposable
{
    private readonly SosiaProgram _sosia = new();

    public void Dispose() => _sosia.Dispose();

    [Fact]
    public void An_archive_is_laid_out_and_counted_and_its_arrays_are_written_in_the_order_of_a_label_file()
    {
        using (var writer = new TarWriter(new GZipStream(File.Create(_sosia["lfw.tgz"]), CompressionLevel.Fastest)))
            foreach (
                var (place, person) in new[]
                {
                    ("AJ_Cook/AJ_Cook_0001", 0),
                    ("Aaron_Peirsol/Aaron_Peirsol_0001", 1),
                    ("Aaron_Peirsol/Aaron_Peirsol_0002", 2),
                    ("Jane_Doe/Jane_Doe_0001", 3),
                }
            )
                writer.WriteEntry(
                    new PaxTarEntry(TarEntryType.RegularFile, $"lfw/{place}.jpg") { DataStream = new MemoryStream(Portraits.Whole(person)) }
                );

        var laidOut = _sosia.Run("dataset", "lfw", "lfw.tgz", "--out", "lfw");
        Assert.Equal((3, $"3 images of 2 people, 1 of them with two or more, in {_sosia["lfw"]}\n"), (laidOut.Code, laidOut.Out));
        var said = laidOut.Error.Split('\n');
        Assert.Equal("1 file in it is no image of LFW and left out.", said[0]);
        Assert.Equal("13,230 images of 13,233 are missing:", said[1]);
        Assert.Equal("  and 13,210 more; --json names them all.", said[22]);
        var again = _sosia.Ask("dataset", "lfw", "lfw.tgz", "--out", "lfw");
        Assert.Equal((2, ""), (again.Code, again.Out));
        Assert.Contains("is there already", again.Sentence);
        Assert.Equal(13_230, _sosia.Ask("dataset", "lfw", "lfw", "--out", "again", "--json").Json.GetProperty("missing").GetArrayLength());

        File.WriteAllLines(_sosia["labels.txt"], ["Aaron_Peirsol", "AJ_Cook", "Aaron_Peirsol"]);
        var arrays = _sosia.Ask("dataset", "arrays", "lfw", "--out", "arrays", "--order", "labels.txt", "--json");
        Assert.Equal((0, 3, 2), (arrays.Code, arrays.Json.GetProperty("rows").GetInt32(), arrays.Json.GetProperty("classes").GetInt32()));
        Assert.Equal("3 images are not 250×250 and were fitted: the middle square, scaled.", arrays.Sentence);
        Assert.Equal([1L, 0L, 1L], NpyFile.Read<long>(_sosia["arrays/endlables.npy"], out _));
        Assert.Equal([3L, 250L, 250L, 3L], NpyHeader.Read(_sosia["arrays/imgs.npy"]).Shape);
        Assert.Contains(
            "Aaron_Peirsol",
            Encoding.UTF32.GetString(File.ReadAllBytes(_sosia["arrays/labellistarr.npy"])[NpyHeaderBytes..]),
            StringComparison.Ordinal
        );

        // Pictures are rows too: of 187,500 bytes.
        Assert.StartsWith("indices\n[[1 ", _sosia.Ask("knn", "arrays/imgs.npy", "--row", "1", "-k", "2").Out);

        Assert.Equal(
            "2 rows of 2 people in " + _sosia["two"] + "\n",
            _sosia.Ask("dataset", "arrays", "lfw", "--out", "two", "--order", "labels.txt", "--labels", "2").Out
        );
        Assert.Equal(
            "2 rows of 1 person in " + _sosia["one"] + "\n",
            _sosia.Ask("dataset", "arrays", "lfw", "--out", "one", "--order", WithLabels("Aaron_Peirsol", "Aaron_Peirsol")).Out
        );
    }

    [Fact]
    public void What_can_not_become_arrays_is_said_in_one_sentence_and_nothing_is_written()
    {
        _sosia.Put("Ann/1.jpg", Portraits.Whole(0));
        _sosia.Put("Bo/1.jpg", Portraits.Whole(1)[..3000]);
        Refused(
            $"{WithLabels("Ann", "Cy")} does not fit {_sosia.Photos}: line 2 names 'Cy', and there is no such folder.",
            "--order",
            "labels.txt"
        );
        Refused("--labels 3 asks for more people than the 2 there are in " + _sosia.Photos + ".", "--labels", "3");
        Refused(
            $"{Path.Combine(_sosia.Photos, "Bo", "1.jpg")}: The image is damaged (it ends too early); copy it again from where it came."
        );
        Assert.False(File.Exists(_sosia["arrays/imgs.npy"]));
        Directory.Delete(Path.Combine(_sosia.Photos, "Bo"), recursive: true);
        Assert.Equal(0, _sosia.Ask("dataset", "arrays", _sosia.Photos, "--out", "arrays").Code);
    }

    [Fact, Slow]
    public void A_disk_that_fills_up_in_the_middle_is_2_and_the_next_run_goes_on()
    {
        for (var i = 0; i < 70; i++)
            _sosia.Put($"Ann/{i:00}.jpg", Portraits.Of(i));
        _sosia.Environment["DOTNET_EnableWriteXorExecute"] = "0"; // keeps the runtime's own memory out of files
        // A file that may not grow is what a full disk looks like to the program. The first 64 pictures have 12,000,000 bytes.
        var full = _sosia.Shell("trap '' XFSZ; ulimit -f 12000; \"$SOSIA\" dataset arrays photos --out arrays");
        Assert.Equal((2, ""), (full.Code, full.Out));
        Assert.Equal(_sosia["arrays/imgs.npy"] + ": the system allows no file that long.", full.Sentence);
        Assert.Equal(
            ["imgs.npy.part", "imgs.npy.plan"],
            Directory.GetFiles(_sosia["arrays"]).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)
        );

        Assert.Equal(0, _sosia.Run("dataset", "arrays", "photos", "--out", "arrays").Code);
        var pictures = NpyFile.Read<byte>(_sosia["arrays/imgs.npy"], out var header);
        Assert.Equal(70, header.Shape[0]);
        const int PictureBytes = 250 * 250 * 3;
        Assert.Equal(pictures[..PictureBytes], pictures[(66 * PictureBytes)..(67 * PictureBytes)]); // every sixth is of the same photo
    }

    [Fact, Slow]
    public void A_copy_of_LFW_that_does_not_fit_on_the_disk_leaves_nothing()
    {
        for (var i = 1; i <= 26; i++)
            _sosia.Put($"Alejandro_Toledo/Alejandro_Toledo_{i:0000}.jpg", Portraits.Whole(i));
        var full = _sosia.ShellOnSmallDisk("100k", "\"$SOSIA\" dataset lfw photos --out small/lfw; code=$?; ls small; exit $code");
        Assert.Equal((2, ""), (full.Code, full.Out));
        Assert.StartsWith("No space left on device : '" + _sosia["small/lfw.part/"], full.Sentence);
    }

    private const int NpyHeaderBytes = 128;

    private string WithLabels(params string[] names)
    {
        File.WriteAllLines(_sosia["labels.txt"], names);
        return "labels.txt";
    }

    private void Refused(string sentence, params string[] arguments)
    {
        var ran = _sosia.Ask(["dataset", "arrays", _sosia.Photos, "--out", "arrays", .. arguments]);
        Assert.Equal((2, "", sentence), (ran.Code, ran.Out, ran.Sentence));
    }
}
