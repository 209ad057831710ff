using System.Numerics;

namespace Sosia.Vectors.Metrics;

/// <summary>Finds values that are not numbers.</summary>
internal static class Finite
{
    /// <summary>What is wrong with a row, as a sentence; null when all its values are finite.</summary>
    public static string? InvalidReason(ReadOnlySpan<float> row)
    {
        if (All(row))
            return null;
        var at = 0;
        while (float.IsFinite(row[at]))
            at++;
        return $"value {at} is {(float.IsNaN(row[at]) ? "not a number" : "infinite")}";
    }

    /// <summary>
    /// Zero times a value is zero, unless the value is infinite or not a number; and what is not a number stays so in a sum.
    /// </summary>
    public static bool All(ReadOnlySpan<float> row)
    {
        Vector<float> sum = default,
            other = default;
        var i = 0;
        for (; i <= row.Length - 2 * Vector<float>.Count; i += 2 * Vector<float>.Count)
        {
            sum += new Vector<float>(row[i..]) * Vector<float>.Zero;
            other += new Vector<float>(row[(i + Vector<float>.Count)..]) * Vector<float>.Zero;
        }
        var rest = Vector.Sum(sum + other);
        for (; i < row.Length; i++)
            rest += row[i] * 0;
        return rest == 0;
    }
}
