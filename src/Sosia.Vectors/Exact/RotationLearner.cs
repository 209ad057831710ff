using System.Numerics;
using System.Runtime.InteropServices;
using Sosia.Vectors.Metrics;

namespace Sosia.Vectors.Exact;

/// <summary>
/// Learns a rotation from a sample: block power iteration on the covariance (orthogonal iteration, Golub and Van Loan 8.2), which finds the
/// leading subspace as well as is needed here: a worse one would cost time, never a row. Then it chooses how many coordinates to keep.
/// </summary>
internal static class RotationLearner
{
    /// <summary>Rows that are learnt from, at most.</summary>
    public const int SampleRows = 8192;

    private const int MostDirections = 248;
    private const int Iterations = 6;
    private const int LongestRotated = 4096;
    private const int RowsForMean = 256;

    /// <summary>A row that has to be compared costs about as much as reading so many bytes in order, because it lies elsewhere.</summary>
    private const double BytesToReach = 1500;

    /// <summary>The same for a second record, several of which are fetched at once.</summary>
    private const double BytesToReachSecond = 500;

    /// <summary>What is lost by codes of a byte, as a share of the variance.</summary>
    private const double LostByCodes = 0.008;

    /// <param name="rows">The table.</param>
    /// <param name="usable">Which rows are worth learning from.</param>
    /// <param name="learning">What for.</param>
    public static Rotation Learn(IRowReader rows, Func<int, bool> usable, Learning learning)
    {
        var (count, directionOnly, hasHalf, threads) = learning;
        // Too long for a covariance: rows are only centred.
        if (rows.Dimensions > LongestRotated)
            return new Rotation(Mean(rows, usable, directionOnly), null, rows.Dimensions);
        var sample = Sample(rows, usable, directionOnly, out var mean);
        var none = new Rotation(mean, null, rows.Dimensions);
        var (dimensions, padded, most) = (rows.Dimensions, none.Padded, RecordLayout.For(1, hasHalf).Codes);
        while (most + RecordLayout.Line <= Math.Min(MostDirections, dimensions / 2))
            most += RecordLayout.Line;
        // Too short to gain from a rotation.
        if (most > dimensions / 2 || sample.Length < padded * most)
            return none;

        var covariance = Covariance(sample, padded, threads);
        var directions = Leading(covariance, padded, most, Iterations, threads);
        var energies = Energies(covariance, directions, padded);
        var trace = 0.0;
        for (var i = 0; i < dimensions; i++)
            trace += covariance[i * padded + i];
        var keep = Cheapest(energies, trace, (count, rows.Dimensions), hasHalf);
        if (keep == 0)
            return none;
        var all = keep + RecordLayout.SecondCodes <= most ? keep + RecordLayout.SecondCodes : keep;
        return new Rotation(mean, directions[..(all * padded)], keep);
    }

    /// <summary>The leading directions alone, for callers that want to know the spectrum.</summary>
    internal static Rotation Leading(IRowReader rows, int count, int iterations)
    {
        var sample = Sample(rows, _ => true, directionOnly: false, out var mean);
        var padded = Projection.Pad(rows.Dimensions);
        return new Rotation(mean, Leading(Covariance(sample, padded, 1), padded, count, iterations, threads: 1), count);
    }

    /// <summary>
    /// Rows spread evenly over the table, centred and transposed: all values of the first coordinate, then of the second, and so on.
    /// </summary>
    private static float[] Sample(IRowReader rows, Func<int, bool> usable, bool directionOnly, out float[] mean)
    {
        var numbers = Spread(rows, SampleRows, usable);
        var (dimensions, padded) = (rows.Dimensions, Projection.Pad(rows.Dimensions));
        mean = Mean(rows, numbers, directionOnly);
        var count = Projection.Pad(Math.Max(1, numbers.Length));
        var sample = new float[(long)padded * count];
        for (var n = 0; n < numbers.Length; n++)
        {
            var row = rows.Row(numbers[n]);
            var scale = Scale(row, directionOnly);
            for (var i = 0; i < dimensions; i++)
                sample[(long)i * count + n] = (float)(row[i] * scale - mean[i]);
        }
        return sample;
    }

    private static int[] Spread(IRowReader rows, int most, Func<int, bool> usable)
    {
        var count = Math.Min(rows.Count, most);
        return [.. Enumerable.Range(0, count).Select(i => (int)((long)i * rows.Count / count)).Where(usable)];
    }

    private static float[] Mean(IRowReader rows, Func<int, bool> usable, bool directionOnly) =>
        Mean(rows, Spread(rows, RowsForMean, usable), directionOnly);

    private static float[] Mean(IRowReader rows, int[] numbers, bool directionOnly)
    {
        var sums = new double[rows.Dimensions];
        foreach (var number in numbers)
        {
            var row = rows.Row(number);
            var scale = Scale(row, directionOnly) / numbers.Length;
            for (var i = 0; i < sums.Length; i++)
                sums[i] += row[i] * scale;
        }
        return Array.ConvertAll(sums, sum => (float)sum);
    }

    /// <summary>
    /// The factor that gives a row norm 1, where only its direction counts; for rows of tiny values beyond the range of float32.
    /// </summary>
    private static double Scale(ReadOnlySpan<float> row, bool directionOnly) => directionOnly ? 1 / Math.Sqrt(Sums.Dot64(row, row)) : 1;

    private static float[] Covariance(float[] sample, int padded, int threads)
    {
        var count = sample.Length / padded;
        var covariance = new float[padded * padded];
        Workers.ForEach(
            padded / 4,
            threads,
            block =>
            {
                Projection.Apply(
                    sample.AsSpan(4 * block * count, 4 * count),
                    sample,
                    count,
                    covariance.AsSpan(4 * block * padded, 4 * padded)
                );
                return 0;
            }
        );
        for (var i = 0; i < covariance.Length; i++)
            covariance[i] /= count;
        return covariance;
    }

    private static float[] Leading(float[] covariance, int padded, int count, int iterations, int threads)
    {
        var random = new Random(1);
        var directions = new float[count * padded];
        // Where padding has no variance the first iteration makes these coordinates exactly 0.
        foreach (ref var value in directions.AsSpan())
            value = random.NextSingle() - 0.5f;
        for (var i = 0; i < iterations; i++)
        {
            var next = new float[directions.Length];
            Workers.ForEach(
                count / 4,
                threads,
                block =>
                {
                    var (from, four) = (4 * block * padded, 4 * padded);
                    Projection.Apply(directions.AsSpan(from, four), covariance, padded, next.AsSpan(from, four));
                    return 0;
                }
            );
            directions = next;
            Orthonormalize(directions, padded);
        }
        return directions;
    }

    /// <summary>Modified Gram–Schmidt, twice, so that rounding leaves nothing of earlier directions.</summary>
    public static void Orthonormalize(float[] directions, int padded)
    {
        for (var j = 0; j < directions.Length; j += padded)
        {
            var own = directions.AsSpan(j, padded);
            Normalize(own, j / padded);
            for (var pass = 0; pass < 2; pass++)
            {
                for (var i = 0; i < j; i += padded)
                {
                    var other = directions.AsSpan(i, padded);
                    var share = (float)Sums.Dot64(own, other);
                    var ownVectors = MemoryMarshal.Cast<float, Vector<float>>(own);
                    var otherVectors = MemoryMarshal.Cast<float, Vector<float>>(other);
                    for (var v = 0; v < ownVectors.Length; v++)
                        ownVectors[v] -= share * otherVectors[v];
                }
                Normalize(own, j / padded);
            }
        }
    }

    private static void Normalize(Span<float> direction, int number)
    {
        var length = Math.Sqrt(Sums.Dot64(direction, direction));
        // A zero vector: any direction serves, and orthogonalising makes it a new one.
        if (!(length > 1e-30))
            direction[number] = 1;
        else
            foreach (ref var value in direction)
                value = (float)(value / length);
    }

    /// <summary>Variance along each direction.</summary>
    private static double[] Energies(float[] covariance, float[] directions, int padded)
    {
        var energies = new double[directions.Length / padded];
        var product = new float[padded];
        for (var j = 0; j < energies.Length; j++)
        {
            var direction = directions.AsSpan(j * padded, padded);
            Projection.ApplyOne(direction, covariance, padded, product);
            energies[j] = Math.Max(0, Sums.Dot64(direction, product));
        }
        return energies;
    }

    /// <summary>
    /// The number of coordinates for which a record and the rows that its bound can't rule out cost least, scores taken as normally
    /// distributed; 0 for no rotation. An estimate, which affects speed only.
    /// </summary>
    private static int Cheapest(double[] energies, double trace, (int Count, int Dimensions) rows, bool hasHalf)
    {
        var rest = Math.Max(0, trace - energies.Sum());
        var others = Math.Max(1, rows.Dimensions - energies.Length);
        var spread = Math.Sqrt(energies.Sum(energy => energy * energy) + rest * rest / others);
        var threshold = spread * NormalQuantile(Math.Min(0.5, SearchRequest.DefaultK / (double)Math.Max(1, rows.Count)));
        double Left(double slack) => UpperTail((threshold - slack) / Math.Max(spread, 1e-30));
        double RestAfter(int kept) => Math.Max(0, trace - energies.Take(kept).Sum());
        var row = rows.Dimensions * sizeof(float) + BytesToReach;

        var (best, least) = (0, RecordLayout.For(rows.Dimensions, hasHalf).Bytes + Left(LostByCodes * trace) * row);
        for (var keep = RecordLayout.For(1, hasHalf).Codes; keep <= energies.Length; keep += RecordLayout.Line)
        {
            var left = Left(RestAfter(keep) + LostByCodes * trace);
            var second = keep + RecordLayout.SecondCodes;
            var cost =
                RecordLayout.For(keep, hasHalf).Bytes
                + (
                    second <= energies.Length
                        ? left * (RecordLayout.Second.Bytes + BytesToReachSecond) + Left(RestAfter(second) + 2 * LostByCodes * trace) * row
                        : left * row
                );
            if (cost < least)
                (best, least) = (keep, cost);
        }
        return best;
    }

    private static double UpperTail(double z) => z <= 0 ? 0.5 : Math.Min(0.5, Math.Exp(-z * z / 2) / (z + Math.Sqrt(z * z + 2.5)) * 0.8);

    private static double NormalQuantile(double share)
    {
        var (low, high) = (0.0, 10.0);
        for (var i = 0; i < 50; i++)
        {
            var middle = (low + high) / 2;
            if (UpperTail(middle) > share)
                low = middle;
            else
                high = middle;
        }
        return low;
    }
}

/// <summary>What a rotation is learnt for.</summary>
/// <param name="Count">Rows that will be searched.</param>
/// <param name="DirectionOnly">Whether rows count with unit length.</param>
/// <param name="HasHalf">Whether records hold ½‖x‖².</param>
/// <param name="Threads">Threads to learn with.</param>
internal readonly record struct Learning(int Count, bool DirectionOnly, bool HasHalf, int Threads);
