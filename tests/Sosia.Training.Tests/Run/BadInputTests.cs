using System.Security.Cryptography;

namespace Sosia.Training.Tests.Run;

public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Run => _directory["run"];

    private string People => _directory["people"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Fewer_images_than_a_batch_are_refused() => Refused(2, ["5 images", "batch of 6"], ("Ann", 3), ("Bob", 2));

    [Fact]
    public void One_person_only_is_refused() => Refused(2, ["one person only", "Ann"], ("Ann", 8));

    [Theory]
    [InlineData("Ann\nZoe\n", "line 2", "Zoe")]
    [InlineData("Ann\nAnn\nAnn\nAnn\nAnn\n", "line 5", "4 images")]
    public void A_label_file_that_does_not_fit_is_refused(string labels, string where, string what)
    {
        Needs.Libtorch();
        Some.People(People, 34, ("Ann", 4), ("Bob", 4));
        File.WriteAllText(_directory["labels.txt"], labels);
        ProgramRun.Refuses(2, ["does not fit", where, what], [.. Small, "--order", _directory["labels.txt"]]);
        NothingWritten();
    }

    [Fact]
    public void A_label_file_that_is_not_there_is_named()
    {
        Needs.Libtorch();
        Some.People(People, 34, ("Ann", 4), ("Bob", 4));
        ProgramRun.Refuses(2, ["nobody.txt", "can't be read"], [.. Small, "--order", _directory["nobody.txt"]]);
        NothingWritten();
    }

    [Fact]
    public void An_image_that_is_none_is_named()
    {
        Needs.Libtorch();
        Some.People(People, 34, ("Ann", 4), ("Bob", 4));
        File.WriteAllText(Path.Combine(People, "Bob", "Bob_0002.png"), "not an image");
        ProgramRun.Refuses(2, ["Bob_0002.png"], Small);
        NothingWritten();
    }

    [Fact]
    public void Checkpoints_of_other_settings_or_newer_versions_are_told_from_damaged_ones()
    {
        Needs.Libtorch();
        Some.People(People, 40, ("Ann", 4), ("Bob", 4)); // of another size: fitted, and it says so
        var (code, _, error) = ProgramRun.Run(Small);
        Assert.True(code == 0, error);
        Assert.Contains("8 of them are not 34×34 and are fitted", error, StringComparison.Ordinal);
        var checkpoint = Path.Combine(Run, "checkpoint.bin");
        var whole = File.ReadAllBytes(checkpoint);

        ProgramRun.Refuses(2, ["already", "--resume"], Small);
        ProgramRun.Refuses(2, ["filters 16,16", "16,32"], [.. Small.Take(4), "--resume", "--filters", "16,32"]);
        ProgramRun.Refuses(2, ["seed 1, not 2"], [.. Small.Take(4), "--resume", "--seed", "2"]);
        Some.People(People, 34, ("Cid", 4));
        ProgramRun.Refuses(2, ["other images or labels"], [.. Small.Take(4), "--resume"]);
        Directory.Delete(Path.Combine(People, "Cid"), recursive: true);

        byte[] newer = [.. whole],
            header = [.. whole],
            weights = [.. whole],
            empty = [.. whole[..12], 2, 0, 0, 0, .. "{}"u8, .. SHA256.HashData("{}"u8)];
        (newer[8], header[40], weights[^100]) = (2, (byte)(header[40] ^ 1), (byte)(weights[^100] ^ 1));
        foreach (
            var (bytes, expected, says) in new[]
            {
                (newer, 2, "version 2"),
                (header, 12, "damaged"),
                (weights, 12, "damaged"),
                (whole[..^1], 12, "damaged"),
                (whole[..9], 12, "damaged"),
                (empty, 12, "damaged"),
                ([], 12, "damaged"),
            }
        )
        {
            File.WriteAllBytes(checkpoint, bytes);
            ProgramRun.Refuses(expected, [says], [.. Small.Take(4), "--resume"]);
            Assert.Equal(bytes, File.ReadAllBytes(checkpoint)); // nothing is put in its place
        }
    }

    [Fact]
    public void Without_a_loadable_libtorch_one_sentence_says_what_to_do()
    {
        Needs.NoLibtorch();
        ProgramRun.Refuses(2, ["libtorch", "Debian 13"], "baseline", _directory.Path, "--out", Run);
        Assert.False(Directory.Exists(Run));
    }

    [Fact]
    public void Without_CUDA_one_sentence_says_what_to_do()
    {
        Needs.Libtorch();
        ProgramRun.Refuses(2, ["CUDA", "--device cpu"], "baseline", _directory.Path, "--out", Run, "--device", "cuda");
        Assert.False(Directory.Exists(Run));
    }

    private string[] Small => ["baseline", People, "--out", Run, "--side", "34", "--filters", "16,16", "--batch", "6", "--epochs", "1"];

    private void Refused(int code, string[] says, params (string Name, int Images)[] people)
    {
        Needs.Libtorch();
        Some.People(People, 34, people);
        ProgramRun.Refuses(code, says, Small);
        NothingWritten();
    }

    private void NothingWritten() => Assert.Equal(["run.lock"], Directory.EnumerateFiles(Run).Select(Path.GetFileName));
}
