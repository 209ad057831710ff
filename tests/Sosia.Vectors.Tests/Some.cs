namespace Sosia.Vectors.Tests;

/// <summary>Small tables.</summary>
internal static class Some
{
    public static RowSnapshot Table(params float[][] rows)
    {
        var table = new RowTable(rows.Length == 0 ? 1 : rows[0].Length);
        foreach (var row in rows)
            table.Append(row);
        return table.Snapshot();
    }

    /// <summary>Rows without structure.</summary>
    public static float[][] Isotropic(int seed, int rows, int dimensions) => Rows(seed, rows, dimensions, _ => 1);

    /// <summary>Rows whose spread falls from column to column, as that of embeddings does, turned so that no column is special.</summary>
    public static float[][] Structured(int seed, int rows, int dimensions, double fall = 0.08)
    {
        var straight = Rows(seed, rows, dimensions, i => Math.Exp(-fall * i));
        foreach (var row in straight)
            Mix(row);
        return straight;
    }

    public static float[][] Rows(int seed, int rows, int dimensions, Func<int, double> spread)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable
                .Range(0, rows)
                .Select(_ => Enumerable.Range(0, dimensions).Select(i => (float)(Normal(random) * spread(i))).ToArray()),
        ];
    }

    public static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>A few rounds of turning pairs of columns: orthogonal, and always the same.</summary>
    private static void Mix(float[] row)
    {
        for (var round = 1; round < 12; round++)
        for (var i = 0; i < row.Length; i++)
        {
            var j = (i + round * 7) % row.Length;
            if (j == i)
                continue;
            var (sin, cos) = Math.SinCos(0.7 + round + i);
            (row[i], row[j]) = ((float)(cos * row[i] - sin * row[j]), (float)(sin * row[i] + cos * row[j]));
        }
    }
}
