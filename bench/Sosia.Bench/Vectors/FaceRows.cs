using Sosia.Vectors;
using Sosia.Vectors.Exact;
using Sosia.Vectors.Metrics;

namespace Sosia.Bench.Vectors;

/// <summary>
/// Draws unit rows as the face network makes them: several photos of each of many people, in shuffled order, in 512 dimensions none of
/// which is special.
/// </summary>
internal sealed class FaceRows
{
    public const int Dimensions = 512;
    private const int RowsATime = 1024;
    private readonly FaceSpectrum _spectrum = FaceSpectrum.Load();
    private readonly float[] _turn; // dimensions × directions
    private readonly float[] _mean = new float[Dimensions];
    private readonly int _width;

    public FaceRows(int seed = 7)
    {
        var random = new Random(seed);
        _width = Projection.Pad(_spectrum.Between.Length);
        var directions = new float[_spectrum.Between.Length * Dimensions];
        foreach (ref var value in directions.AsSpan())
            value = random.NextSingle() - 0.5f;
        RotationLearner.Orthonormalize(directions, Dimensions);
        _turn = new float[Dimensions * _width];
        for (var j = 0; j < _spectrum.Between.Length; j++)
        for (var i = 0; i < Dimensions; i++)
            _turn[i * _width + j] = directions[j * Dimensions + i];
        foreach (ref var value in _mean.AsSpan())
            value = (float)(_spectrum.MeanLength * Normal(random) / Math.Sqrt(Dimensions));
    }

    /// <summary>A table of so many rows and some queries: other photos of people who are in it.</summary>
    public (IRowReader Rows, IRowReader Queries) Draw(int rows, int queries, int photosAPerson = 5, int seed = 1)
    {
        var people = Math.Max(1, rows / photosAPerson);
        var (table, asked) = (new RowTable(Dimensions), new RowTable(Dimensions));
        foreach (var block in Blocks(rows, 0, photosAPerson, seed))
            table.Append(block);
        for (var i = 0; i < queries; i += RowsATime)
            asked.Append(Block(seed, people, 1_000_000 + i, Math.Min(RowsATime, queries - i)));
        return (table.Snapshot(), asked.Snapshot());
    }

    /// <summary>The same rows piece by piece, from one on; more of them than memory holds.</summary>
    public IEnumerable<float[]> Blocks(int rows, int firstRow, int photosAPerson = 5, int seed = 1)
    {
        var people = Math.Max(1, rows / photosAPerson);
        var blocks = (rows + RowsATime - 1) / RowsATime;
        const int together = 16;
        for (var at = firstRow / RowsATime; at < blocks; at += together)
        {
            var drawn = new float[Math.Min(together, blocks - at)][];
            Parallel.For(0, drawn.Length, i => drawn[i] = Block(seed, people, at + i, Math.Min(RowsATime, rows - (at + i) * RowsATime)));
            foreach (var block in drawn)
                yield return block;
        }
    }

    /// <summary>Unit rows without structure.</summary>
    public static (IRowReader Rows, IRowReader Queries) DrawIsotropic(int rows, int queries)
    {
        var random = new Random(3);
        var table = new RowTable(Dimensions);
        var row = new float[Dimensions];
        for (var i = 0; i < rows + queries; i++)
        {
            for (var j = 0; j < Dimensions; j++)
                row[j] = (float)Normal(random);
            Normalize(row);
            table.Append(row);
        }
        var all = table.Snapshot();
        return (new Part(all, 0, rows), new Part(all, rows, queries));
    }

    private float[] Block(int seed, int people, int block, int count)
    {
        var random = new Random(HashCode.Combine(seed, block, 11));
        var padded = (count + 3) & ~3;
        var straight = new float[padded * _width];
        for (var row = 0; row < count; row++)
        {
            // A person is a seed: the same numbers whichever photo is drawn.
            var person = new Random(unchecked(seed * 1_000_003 + random.Next(people)));
            for (var j = 0; j < _spectrum.Between.Length; j++)
                straight[row * _width + j] = (float)(
                    Math.Sqrt(_spectrum.Between[j]) * Normal(person) + Math.Sqrt(_spectrum.Within[j]) * Normal(random)
                );
        }
        var rows = new float[padded * Dimensions];
        Projection.Apply(straight, _turn, _width, rows);
        for (var row = 0; row < count; row++)
        {
            var own = rows.AsSpan(row * Dimensions, Dimensions);
            for (var i = 0; i < Dimensions; i++)
                own[i] += _mean[i];
            Normalize(own);
        }
        return rows[..(count * Dimensions)];
    }

    private static void Normalize(Span<float> row)
    {
        var length = Math.Sqrt(Sums.Dot64(row, row));
        foreach (ref var value in row)
            value = (float)(value / length);
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}

/// <summary>Some rows of another table that follow each other.</summary>
internal sealed class Part(RowSnapshot rows, int first, int count) : IDirectRows
{
    public int Count => count;
    public int Dimensions => rows.Dimensions;

    public ReadOnlySpan<float> Row(int row) => rows.Row(first + row);

    public void Prefetch(int row) => ((IDirectRows)rows).Prefetch(first + row);
}
