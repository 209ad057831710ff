using System.Diagnostics;
using Sosia.Catalogue.Sqlite;
using Sosia.Search.Local;
using Sosia.Search.Local.Segments;
using Sosia.Tests.Search.Local;

namespace Sosia.Tests.Faults;

/// <summary><c>kill -9</c> at any moment of writing and merging segments: the index that is there gives the catalogue's answers.</summary>
[Slow]
public sealed class KilledWhileMergingTests : IDisposable
{
    private const int Usual = 40,
        Many = 200;

    /// <summary>A collection is left for a new one after this many ends.</summary>
    private const int EndsOfOne = 10;

    private readonly TemporaryDirectory _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task The_index_that_is_left_gives_the_answers_of_the_catalogue()
    {
        var (ends, next, renewed, atLeast) = (0, 0, 0, 0);
        foreach (var seed in FaultRun.Seeds("killed-merging", Usual, Many))
        {
            if (ends++ % EndsOfOne == 0)
                next = 0;
            var directory = _place[$"collection-{(ends - 1) / EndsOfOne}"];
            using var child = Process.Start(ChildLife.Told(directory, seed, int.MaxValue, next, LifeOf.Merging))!;
            var random = new Random(seed);
            // From the first, second or third time that it has brought the index up to date on, at any moment of the next one.
            var least = random.Next(1, 4);
            for (var told = 0; told < least && await child.StandardOutput.ReadLineAsync() is { } line; )
            {
                Take(line);
                told += line == "renewed" ? 1 : 0;
            }
            atLeast += least;
            var rest = child.StandardOutput.ReadToEndAsync();
            await Task.Delay(random.Next(0, 300), TestContext.Current.CancellationToken);
            child.Kill();
            foreach (var line in (await rest).Split('\n'))
                Take(line);
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
            Check(directory, seed);

            void Take(string line)
            {
                Assert.False(line.StartsWith("refused", StringComparison.Ordinal), line);
                if (line.StartsWith("stored ", StringComparison.Ordinal))
                    next = Math.Max(next, int.Parse(line["stored ".Length..]) + 1);
                if (line == "renewed")
                    renewed++;
            }
        }
        Assert.True(renewed >= atLeast && atLeast > ends, $"{renewed} of {atLeast} in {ends}");
    }

    private static void Check(string directory, int seed)
    {
        var file = new LocalIndexFile(directory, ChildLife.KeyOf);
        using var reader = new SqliteCatalogueStore(directory).OpenReader();
        var check = LocalIndex.Check(file, reader, ChildLife.KeyOf, default);
        Assert.True(check.Ok, $"seed {seed}: {check.Says}");
        Assert.Contains("is sound", check.Says);
        using var index = ChildLife.IndexOf(directory);
        var truth = new VectorTable(reader.ReadEmbeddings(reader.Spaces()[0].Id));
        AssertRight();
        index.Renew(default);
        AssertRight();
        Assert.Equal(
            file.TryReadList(reader.Identity, Some.Dimensions, out _)!.Segments.Select(segment => segment.Name).Order(),
            Files().Order()
        );

        IEnumerable<string> Files() =>
            Directory
                .GetFiles(Path.GetDirectoryName(file.Path)!)
                .Select(path => Path.GetFileName(path))
                .Where(name => name.Contains(".rows"));

        void AssertRight()
        {
            for (var number = 0; number < 5; number++)
            {
                float[][] query = [Some.Embedding(number)];
                Assert.Equal(
                    truth.Truth(query).Select(score => score.Score).Take(20),
                    index.Ask(reader, table => table.Best(query, photos: 20)).Select(score => score.Score)
                );
            }
        }
    }
}
