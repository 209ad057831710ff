using System.Diagnostics;

namespace Sosia.Tests.Faults;

/// <summary>
/// The power is cut at any moment: the disk holds what a file system may leave after losing what was not synced. What was acknowledged is
/// there, once, and what was forgotten stays so.
/// </summary>
[Slow]
public sealed class PowerLossTests : IDisposable
{
    private const int Usual = 300,
        Many = 10_000;

    /// <summary>Moments that are tried of one recorded life.</summary>
    private const int OfOneLife = 100;

    private const int Steps = 30;

    private readonly TemporaryDirectory _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Nothing_acknowledged_is_lost_and_nothing_is_doubled()
    {
        FaultyDisk.Need();
        var (log, life) = ((DiskLog?)null, -1);
        var wrong = new List<string>();
        foreach (var seed in FaultRun.Seeds("power", Usual, Many))
        {
            if (seed / OfOneLife != life || log is null)
                log = await Recorded(life = seed / OfOneLife);
            var random = new Random(seed);
            var lost = (LostWrites)(seed % 2);
            var moment = random.Next(log.Count + 1);
            using var after = new TemporaryDirectory();
            log.LayDown(after["disk"], moment, lost, random);
            var lived = new LivedThrough();
            foreach (var line in log.Said(moment))
                lived.Take(line);
            if (lived.WhatIsWrong(Path.Combine(after["disk"], "collection")) is { Count: > 0 } sentences)
                wrong.Add($"seed {seed}, {lost}, after {moment} of {log.Count}: {string.Join("; ", sentences)}");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private async Task<DiskLog> Recorded(int life)
    {
        var (disk, log) = (_place[$"disk-{life}"], _place[$"log-{life}"]);
        Directory.CreateDirectory(disk);
        var told = ChildLife.Told(Path.Combine(disk, "collection"), life, Steps);
        told.Environment.Record(disk, log);
        using var child = Process.Start(told)!;
        var said = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.EndsWith("done\n", said);
        return new DiskLog(log, disk);
    }
}
