using Sosia.Vectors.Files;

namespace Sosia.Vectors.Tests.Plain;

/// <summary>Rows in memory, for tests.</summary>
internal sealed class Table(float[][] rows, int dimensions) : IRowReader
{
    public int Count => rows.Length;
    public int Dimensions => dimensions;

    public ReadOnlySpan<float> Row(int row) => rows[row];

    /// <summary>What a seed draws: of any size, with duplicates, near-ties, few values, all-equal rows, one outlier dimension.</summary>
    public static (Table Rows, Table Queries, Random More) Draw(int seed)
    {
        var random = new Random(seed);
        var dimensions = random.Next(4) == 0 ? 1 : random.Next(1, 70);
        var count = random.Next(8) == 0 ? random.Next(3) : random.Next(1, 400);
        Func<int, float> value = random.Next(5) switch
        {
            0 => _ => random.Next(3),
            1 => _ => 7.25f,
            2 => i => (float)(random.NextDouble() * (i == 0 ? 1e6 : 1)),
            3 => _ => (float)Math.Round(random.NextDouble(), 1),
            _ => _ => (float)(random.NextDouble() * 2 - 1),
        };
        float[] Row() => [.. Enumerable.Range(0, dimensions).Select(value)];
        var rows = Enumerable.Range(0, count).Select(_ => Row()).ToArray();
        for (var i = 1; i < count; i++)
            if (random.Next(4) == 0)
                rows[i] = [.. rows[random.Next(i)]];
            else if (random.Next(8) == 0)
                rows[i] = [.. rows[i - 1].Select(x => x * (1 + 1e-7f))];
        var queries = Enumerable.Range(0, 5).Select(i => i == 0 && count > 0 ? rows[random.Next(count)] : Row()).ToArray();
        return (new Table(rows, dimensions), new Table(queries, dimensions), random);
    }
}

/// <summary>What every index must answer: all distances in float64 by plain sums, sorted.</summary>
internal static class Oracle
{
    public static double Minkowski(double p, ReadOnlySpan<float> query, ReadOnlySpan<float> row)
    {
        var sum = 0.0;
        for (var i = 0; i < query.Length; i++)
            sum += Math.Pow(Math.Abs((double)query[i] - row[i]), p);
        return Math.Pow(sum, 1 / p);
    }

    public static (int Row, double Distance)[] Search(double p, ReadOnlySpan<float> query, IRowReader rows, SearchRequest request)
    {
        var all = new List<(int Row, double Distance)>();
        for (var row = 0; row < rows.Count; row++)
        {
            var distance = Minkowski(p, query, rows.Row(row));
            if ((float)distance > request.Radius || request.Allowed?.Contains(row) == false || request.Where?.Invoke(row) == false)
                continue;
            all.Add((row, distance));
        }
        return [.. all.OrderBy(found => Math.Round(found.Distance, 6)).ThenBy(found => found.Row).Take(request.K)];
    }

    /// <summary>The same rows in the same order; where two distances differ by less than float64's own rounding, either way.</summary>
    public static void Same((int Row, double Distance)[] expected, Neighbor[] found, Func<int, double> distance)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.Equal(found.Length, found.Select(neighbor => neighbor.Row).Distinct().Count());
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i].Distance, found[i].Distance, 1e-6 + expected[i].Distance * 1e-6);
            if (expected[i].Row == found[i].Row)
                continue;
            // Two ways of adding up may round to different sides of a sixth decimal.
            var (theirs, ours) = (expected[i].Distance, distance(found[i].Row));
            Assert.True(
                Math.Abs(theirs - ours) < 1.01e-6 + theirs * 1e-12 && IsEdge(theirs, ours),
                $"Place {i}: expected row {expected[i].Row} at {theirs:R}, got {found[i].Row} at {ours:R}."
            );
        }
    }

    private static bool IsEdge(double a, double b) => OnEdge(a) || OnEdge(b);

    private static bool OnEdge(double value) => value > 1e5 || Math.Abs(Math.Abs(value * 1e6 - Math.Round(value * 1e6)) - 0.5) < 1e-5;

    /// <summary>Reads a reference result beside the project; skipped where there is none, failing in CI.</summary>
    public static string Fixture(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, "shared", "fixtures", "knn", name);
            if (File.Exists(file))
                return file;
        }
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("CI") == "true",
            $"There is no shared/fixtures/knn/{name} in any directory above {AppContext.BaseDirectory}."
        );
        throw new FileNotFoundException($"CI needs shared/fixtures/knn/{name}.");
    }

    public static (long[] Rows, double[] Distances) Reference(string name) =>
        (NpyFile.Read<long>(Fixture($"{name}-indices.npy"), out _), NpyFile.Read<double>(Fixture($"{name}-distances.npy"), out _));
}
