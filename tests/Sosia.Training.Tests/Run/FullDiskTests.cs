using System.Diagnostics;

namespace Sosia.Training.Tests.Run;

public sealed class FullDiskTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private bool _mounted;

    private string Disk => _directory["disk"];

    private string Run => Path.Combine(Disk, "run");

    private string Filler => Path.Combine(Disk, "filler");

    public void Dispose()
    {
        if (_mounted)
            Shell("umount", "-l", Disk);
        _directory.Dispose();
    }

    [Fact]
    public async Task A_disk_that_fills_up_in_the_middle_costs_nothing_that_was_kept()
    {
        Needs.Libtorch();
        NeedSmallDisk();
        Some.People(_directory["people"], 34, ("Ann", 7), ("Bob", 5));
        string[] arguments =
        [
            "baseline",
            _directory["people"],
            "--side",
            "34",
            "--filters",
            "16,16",
            "--batch",
            "6",
            "--epochs",
            "60",
            "--threads",
            "2",
        ];

        using (var running = ProgramRun.Start([.. arguments, "--out", Run, "--checkpoint-minutes", "0.00001"])) // a checkpoint a step
        {
            var error = running.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            while (!File.Exists(Path.Combine(Run, "checkpoint.bin")) && !running.HasExited)
                Thread.Sleep(1);
            while (!running.WaitForExit(1))
                Fill();
            var said = await error;
            Assert.True(running.ExitCode == 2, said);
            var sentence = said.Trim().Split('\n')[^1];
            Assert.All(["No space left", "make room", "--resume"], says => Assert.Contains(says, sentence, StringComparison.Ordinal));
        }
        Assert.Empty(Directory.EnumerateFiles(Run).Select(Path.GetFileName).Except(["checkpoint.bin", "run.csv", "run.lock"]));
        // still full: said before the first step
        ProgramRun.Refuses(2, ["checkpoint takes", "make room"], [.. arguments, "--out", Run, "--resume"]);

        File.Delete(Filler);
        foreach (var (place, resume) in new[] { (Run, (string[])["--resume"]), (Path.Combine(Disk, "whole"), []) })
        {
            var (code, _, error) = ProgramRun.Run([.. arguments, "--out", place, .. resume]);
            Assert.True(code == 0, error);
        }
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(Disk, "whole", "baseline.onnx")),
            File.ReadAllBytes(Path.Combine(Run, "baseline.onnx"))
        );
    }

    /// <summary>96 MB of memory as a disk: a little more than the program wants free before it begins.</summary>
    private void NeedSmallDisk()
    {
        Directory.CreateDirectory(Disk);
        _mounted = OperatingSystem.IsLinux() && Shell("mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", Disk);
        if (!_mounted && Environment.GetEnvironmentVariable("SOSIA_TRAINING_ROOT") == "1")
            Assert.Fail("No file system can be mounted in this root.");
        Assert.SkipUnless(_mounted, "Only root can mount a file system to fill.");
    }

    private void Fill()
    {
        try
        {
            using var file = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
            for (var size = 1 << 20; size >= 512; size /= 2)
                FillWith(file, new byte[size]);
        }
        catch (IOException)
        {
            // Full already.
        }
    }

    private static void FillWith(FileStream file, byte[] bytes)
    {
        try
        {
            while (true)
                file.Write(bytes);
        }
        catch (IOException)
        {
            // Full, for pieces of this size.
        }
    }

    private static bool Shell(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
