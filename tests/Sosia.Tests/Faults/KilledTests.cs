using System.Diagnostics;

namespace Sosia.Tests.Faults;

/// <summary>
/// <c>kill -9</c> at any moment of indexing, forgetting, making the index anew and bringing an old catalogue forward: what was acknowledged
/// is there, once, and what was forgotten stays so.
/// </summary>
[Slow]
public sealed class KilledTests : IDisposable
{
    private const int Usual = 60,
        Many = 2000;

    /// <summary>A collection is left for a new one after this many ends.</summary>
    private const int EndsOfOne = 10;

    private const int UntilKilled = int.MaxValue;

    private readonly TemporaryDirectory _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Nothing_acknowledged_is_lost_and_nothing_is_doubled()
    {
        var (lived, ends, forgotten) = (new LivedThrough(), 0, 0);
        foreach (var seed in FaultRun.Seeds("killed", Usual, Many))
        {
            if (ends++ % EndsOfOne == 0)
                lived = new LivedThrough();
            var directory = _place[$"collection-{(ends - 1) / EndsOfOne}"];
            using var child = Process.Start(ChildLife.Told(directory, seed, UntilKilled, lived.Next))!;
            var random = new Random(seed);
            // Half of the lives get as far as their first commit, however busy the machine is; the others are ended while they start too.
            if (random.Next(2) == 0 && await child.StandardOutput.ReadLineAsync() is { } first)
                lived.Take(first);
            var rest = child.StandardOutput.ReadToEndAsync();
            await Task.Delay(random.Next(0, 1000), TestContext.Current.CancellationToken);
            child.Kill();
            var lines = (await rest).Split('\n')[..^1];
            foreach (var line in lines)
                lived.Take(line);
            forgotten += lines.Count(line => line.StartsWith("forgotten", StringComparison.Ordinal));
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.DoesNotContain(lines, line => line.StartsWith("refused", StringComparison.Ordinal));
            var wrong = lived.WhatIsWrong(directory);
            Assert.True(wrong.Count == 0, $"seed {seed}: {string.Join("; ", wrong)}");
        }
        Assert.True(!FaultRun.IsUsual || lived.Next > 20, "Nothing was stored.");
        Assert.True(!FaultRun.IsUsual || forgotten > 0, "Nothing was forgotten.");
    }
}
