namespace Sosia.Embeddings;

/// <summary>Brings rows to length 1, so that their inner product is the cosine.</summary>
internal static class UnitLength
{
    /// <returns>False when the row has no direction: all zero, or not numbers. It is left as it is.</returns>
    public static bool TryNormalise(Span<float> row)
    {
        double sum = 0;
        foreach (var value in row)
            sum += (double)value * value;
        if (!(sum > 0 && double.IsFinite(sum)))
            return false;
        var factor = (float)(1 / Math.Sqrt(sum));
        if (!float.IsFinite(factor))
            return false;
        for (var i = 0; i < row.Length; i++)
            row[i] *= factor;
        return true;
    }
}
