using System.Diagnostics;

namespace Sosia.Training.Tests.Run;

public class ResumeTests
{
    [Fact]
    public void A_killed_run_of_the_sample_ends_with_the_same_bits_as_one_that_was_left_alone()
    {
        Needs.Libtorch();
        var (lfw, labels) = Needs.Lfw();
        using var directory = new TemporaryDirectory();
        string[] Arguments(string name) =>
            [
                "baseline",
                lfw,
                "--order",
                labels,
                "--labels",
                "250",
                "--side",
                "58",
                "--filters",
                "16,32,32",
                "--epochs",
                "6",
                "--rate",
                "0.0003",
                "--threads",
                "2",
                "--out",
                directory[name],
            ];
        var (code, _, error) = ProgramRun.Run(Arguments("whole"));
        Assert.True(code == 0, error);

        using (var killed = ProgramRun.Start([.. Arguments("killed"), "--checkpoint-minutes", "0.0001"])) // a checkpoint a step
        {
            var checkpoint = Path.Combine(directory["killed"], "checkpoint.bin");
            var waited = Stopwatch.StartNew();
            while (!File.Exists(checkpoint) && !killed.HasExited && waited.Elapsed < TimeSpan.FromMinutes(2))
                Thread.Sleep(2);
            killed.Kill(); // SIGKILL
            killed.WaitForExit();
            Assert.True(File.Exists(checkpoint), killed.StandardError.ReadToEnd());
        }
        Assert.False(File.Exists(Path.Combine(directory["killed"], "baseline.onnx")), "The run was over before it was killed.");
        (code, _, error) = ProgramRun.Run([.. Arguments("killed"), "--resume"]);
        Assert.True(code == 0, error);
        Assert.Contains("Going on from", error, StringComparison.Ordinal);

        Assert.Equal(
            File.ReadAllBytes(Path.Combine(directory["whole"], "baseline.onnx")),
            File.ReadAllBytes(Path.Combine(directory["killed"], "baseline.onnx"))
        );
        Assert.Equal(
            WeightsOf(Path.Combine(directory["whole"], "checkpoint.bin")),
            WeightsOf(Path.Combine(directory["killed"], "checkpoint.bin"))
        );
        Assert.Equal(LossesOf(directory["whole"]), LossesOf(directory["killed"]));
        Assert.Empty(Directory.EnumerateFiles(directory["killed"], "*.part"));
    }

    /// <summary>All that stands behind the header: weights, moments and their checksum.</summary>
    private static byte[] WeightsOf(string checkpoint)
    {
        var bytes = File.ReadAllBytes(checkpoint);
        return bytes[(16 + BitConverter.ToInt32(bytes, 12) + 32)..];
    }

    private static IEnumerable<string> LossesOf(string run) =>
        File.ReadLines(Path.Combine(run, "run.csv")).Select(line => string.Join(',', line.Split(',').Take(5)));
}
