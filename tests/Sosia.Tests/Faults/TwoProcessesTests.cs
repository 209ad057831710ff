using System.Diagnostics;

namespace Sosia.Tests.Faults;

/// <summary>
/// Two processes on one collection: of two that index the second is refused, all others wait for each other or see what is committed;
/// nothing is lost and nothing doubled.
/// </summary>
[Slow]
public sealed class TwoProcessesTests : IDisposable
{
    private const int Usual = 50,
        Many = 1000;
    private const int Steps = 12,
        FirstOfOther = 10_000;

    private static readonly (LifeOf One, LifeOf Other)[] Pairs =
    [
        (LifeOf.Indexing, LifeOf.Indexing),
        (LifeOf.Forgetting, LifeOf.Searching),
        (LifeOf.Renewing, LifeOf.Renewing),
        (LifeOf.Indexing, LifeOf.Forgetting),
        (LifeOf.Everything, LifeOf.Searching),
        (LifeOf.Forgetting, LifeOf.Forgetting),
    ];

    private readonly TemporaryDirectory _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Neither_loses_or_doubles_what_the_other_did()
    {
        var said = new Dictionary<string, int>();
        var wrong = new List<string>();
        foreach (var seed in FaultRun.Seeds("two", Usual, Many))
        {
            var (directory, lived) = (_place[$"collection-{seed}"], new LivedThrough());
            foreach (var line in await Live(directory, seed, LifeOf.Indexing, 0))
                lived.Take(line);
            var (one, other) = Pairs[seed % Pairs.Length];
            var both = await Task.WhenAll(Live(directory, seed, one, lived.Next + 100), Live(directory, seed + 1, other, FirstOfOther));
            foreach (var line in both.SelectMany(lines => lines))
            {
                lived.Take(line);
                var what = line.Split(' ')[0];
                said[what] = said.GetValueOrDefault(what) + 1;
                if (what == "refused")
                    wrong.Add($"seed {seed}, {one} and {other}: {line}");
            }
            wrong.AddRange(lived.WhatIsWrong(directory).Select(sentence => $"seed {seed}, {one} and {other}: {sentence}"));
            Directory.Delete(directory, recursive: true);
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(
            !FaultRun.IsUsual || said.ContainsKey("stored") && said.ContainsKey("forgotten") && said.ContainsKey("asked"),
            string.Join(", ", said)
        );
    }

    private static async Task<string[]> Live(string directory, int seed, LifeOf of, int first)
    {
        using var child = Process.Start(ChildLife.Told(directory, seed, Steps, first, of))!;
        var said = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        return said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
