using System.Diagnostics;
using System.Globalization;
using Sosia.Catalogue.Sqlite;

namespace Sosia.Tests.Faults;

/// <summary><c>kill -9</c> at any moment of saying who is who: what was taken holds, and a change is there whole or not at all.</summary>
[Slow]
public sealed class KilledWhileSpeakingTests : IDisposable
{
    private const int Usual = 40,
        Many = 500,
        EndsOfOne = 10;

    private readonly TemporaryDirectory _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Nothing_that_was_said_is_lost()
    {
        var (ends, said) = (0, 0);
        foreach (var seed in FaultRun.Seeds("killed-speaking", Usual, Many))
        {
            var directory = _place[$"collection-{ends++ / EndsOfOne}"];
            using var child = Process.Start(ChildLife.Told(directory, seed, int.MaxValue, of: LifeOf.Speaking))!;
            var random = new Random(seed);
            var lines = new List<string>();
            if (await child.StandardOutput.ReadLineAsync() is { } first)
                lines.Add(first);
            var rest = child.StandardOutput.ReadToEndAsync();
            await Task.Delay(random.Next(0, 300), TestContext.Current.CancellationToken);
            child.Kill();
            lines.AddRange((await rest).Split('\n')[..^1]);
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.All(lines, line => Assert.StartsWith("holds ", line));
            said += lines.Count;

            using var reader = new SqliteCatalogueStore(directory).OpenReader();
            var last = lines[^1]["holds ".Length..];
            var known = long.Parse(last.AsSpan(0, last.IndexOf(' ')), CultureInfo.InvariantCulture);
            var now = ChildSpeaker.LastChange(reader);
            Assert.True(now == known || now == known + 1, $"seed {seed}: change {known} was taken, and the last one is {now}");
            if (now == known)
                Assert.Equal(last, ChildSpeaker.StateOf(reader));
            Assert.Equal(now, reader.ReadJournal(null, int.MaxValue).Count);
            Assert.Empty(reader.Verify(TestContext.Current.CancellationToken));
        }
        Assert.True(!FaultRun.IsUsual || said > 2 * ends, $"Only {said} changes were made in {ends} lives.");
    }
}
