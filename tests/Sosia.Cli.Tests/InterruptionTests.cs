using System.Diagnostics;
using System.Text.Json;

namespace Sosia.Cli.Tests;

/// <summary>Ctrl-C, kill -9, two writers, readers beside a writer.</summary>
[Slow]
public sealed class InterruptionTests : IDisposable
{
    /// <summary>Several times what a fast machine reads before the first photos are committed and a signal has arrived.</summary>
    private const int Many = 300;

    private readonly SosiaProgram _sosia = new();

    public void Dispose() => _sosia.Dispose();

    [Fact]
    public void Ctrl_C_is_130_and_the_next_run_goes_on_without_loss_or_doubling()
    {
        _sosia.PutMany(Many);
        using var index = _sosia.Start("index", _sosia.Photos, "--json");
        index.StandardInput.Close();
        Assert.NotNull(index.StandardOutput.ReadLine()); // the first photos are committed
        index.Send(Signal.Interrupt);
        var reported = 1 + index.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
        index.WaitForExit();

        Assert.Equal(130, index.ExitCode);
        Assert.Equal(
            "Cancelled: what was finished is kept, and the same command goes on from there.",
            index.StandardError.ReadToEnd().Trim()
        );
        var (searchable, waiting) = Status();
        Assert.Equal((reported, Many - reported), (searchable, waiting));
        Assert.InRange(reported, 1, Many - 1);

        var rest = _sosia.Run("index", _sosia.Photos, "--json").JsonLines[^1];
        Assert.Equal((Many - reported, reported), (rest.GetProperty("photos").GetInt32(), rest.GetProperty("skipped").GetInt32()));
        Assert.Equal((Many, 0), Status());
    }

    [Fact]
    public async Task Killed_at_any_moment_it_loses_and_doubles_nothing()
    {
        const int Photos = 90;
        var random = new Random(11);
        _sosia.PutMany(Photos);
        var reported = new HashSet<string>();
        for (var round = 0; round < 6; round++)
        {
            using var index = _sosia.Start("index", _sosia.Photos, "--json");
            index.StandardInput.Close();
            var kill = Task.Run(async () =>
            {
                await Task.Delay(random.Next(250, 1500));
                index.Kill(); // nothing where it has ended already
            });
            while (index.StandardOutput.ReadLine() is { } line)
                if (line.StartsWith("{\"path\"", StringComparison.Ordinal) && line.EndsWith('}'))
                    reported.Add(JsonDocument.Parse(line).RootElement.GetProperty("path").GetString()!);
            index.WaitForExit();
            await kill;

            if (!File.Exists(Path.Combine(_sosia.Collection, "catalogue.db")))
                continue;
            var verified = _sosia.Run("verify");
            Assert.True(verified.Code is 0 or 10, verified.Out + verified.Error);
            if (verified.Code == 10)
                continue;
            var paths = _sosia.Run("photos", "--json").JsonLines.Select(photo => photo.GetProperty("path").GetString()!).ToArray();
            Assert.Equal(paths.Length, paths.Distinct().Count());
            Assert.Subset(paths.ToHashSet(), reported);
            var (searchable, waiting) = Status();
            Assert.Equal(paths.Length, searchable);
            Assert.True(searchable + waiting is Photos or 0);
        }
        Assert.Equal(0, _sosia.Run("index", _sosia.Photos).Code);
        Assert.Equal((Photos, 0), Status());
        Assert.Equal(Photos, _sosia.Run("status", "--json").Json.GetProperty("faces").GetInt32());
        Assert.Equal(0, _sosia.Run("verify").Code);
    }

    [Fact]
    public void Beside_a_running_index_a_second_is_refused_and_readers_answer_from_what_is_there()
    {
        _sosia.PutMany(Many);
        using var index = _sosia.Start("index", _sosia.Photos, "--json");
        index.StandardInput.Close();
        Assert.NotNull(index.StandardOutput.ReadLine());
        index.Send(Signal.Stop); // so that it is in the middle of its work for as long as this takes

        var second = _sosia.Run("index", _sosia.Photos);
        Assert.Equal((11, ""), (second.Code, second.Out));
        Assert.Contains($"is being indexed by process {index.Id} on {System.Environment.MachineName}", second.Sentence);

        var (searchable, waiting) = Status();
        Assert.Equal(Many, searchable + waiting);
        Assert.True(searchable > 0 && waiting > 0);
        var found = _sosia.Run("search", Path.Combine(_sosia.Photos, "0000.jpg"), "--threshold", "0.4", "--json");
        Assert.InRange(found.Code, 0, 1);
        Assert.Equal($"{waiting} of {Many} photos wait to be indexed; the answer is from the others.", found.Sentence);
        Assert.Equal(0, _sosia.Run("verify").Code);
        Assert.Contains(
            _sosia.Run("doctor", "--json").Json.GetProperty("checks").EnumerateArray(),
            check => check.GetProperty("says").GetString()!.Contains($"process {index.Id}", StringComparison.Ordinal)
        );

        index.Send(Signal.Continue);
        index.StandardOutput.ReadToEnd();
        index.WaitForExit();
        Assert.Equal(0, index.ExitCode);
        Assert.Equal((Many, 0), Status());
    }

    [Fact]
    public async Task A_photo_is_forgotten_while_an_index_runs_which_goes_on_and_loses_nothing_else()
    {
        _sosia.PutMany(Many);
        using var index = _sosia.Start("index", _sosia.Photos, "--json");
        index.StandardInput.Close();
        var path = JsonDocument.Parse((await index.StandardOutput.ReadLineAsync())!).RootElement.GetProperty("path").GetString()!;
        var rest = index.StandardOutput.ReadToEndAsync();

        var started = Stopwatch.GetTimestamp();
        var receipt = _sosia.Run("forget", path, "--json");
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0, 10);
        Assert.False(index.HasExited);
        Assert.Equal((0, ""), (receipt.Code, receipt.Error));
        Assert.Equal((1, true), (receipt.Json.GetProperty("photos").GetInt32(), receipt.Json.GetProperty("overwritten").GetBoolean()));

        await rest;
        await index.WaitForExitAsync();
        Assert.Equal(0, index.ExitCode);
        Assert.Equal((Many - 1, 0), Status());
        Assert.Equal(2, _sosia.Ask("forget", path).Code); // it is not there
        Assert.Equal(Many - 1, _sosia.Run("index", _sosia.Photos, "--json").JsonLines[^1].GetProperty("skipped").GetInt32() - 1);
        Assert.Equal((Many - 1, 0), Status());
        Assert.Equal(0, _sosia.Run("verify").Code);
    }

    private (int Searchable, int Waiting) Status()
    {
        var photos = _sosia.Ask("status", "--json").Json.GetProperty("photos");
        return (photos.GetProperty("searchable").GetInt32(), photos.GetProperty("waiting").GetInt32());
    }
}
