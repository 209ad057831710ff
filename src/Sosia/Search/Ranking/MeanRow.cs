namespace Sosia.Search.Ranking;

/// <summary>Several references of one person as one.</summary>
internal static class MeanRow
{
    /// <summary>The mean of rows, of unit length again.</summary>
    public static float[] Of(IReadOnlyList<float[]> rows)
    {
        var mean = new float[rows[0].Length];
        foreach (var row in rows)
            for (var i = 0; i < mean.Length; i++)
                mean[i] += row[i];
        var length = MathF.Sqrt(mean.Sum(value => value * value));
        for (var i = 0; i < mean.Length; i++)
            mean[i] /= length;
        return mean;
    }
}
