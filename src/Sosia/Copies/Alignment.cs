using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sosia.Copies;

/// <summary>
/// Lays one picture over part of another: how alike they are where the first shows the same as a rectangle of the second, its edges up to a
/// seventh away from the other's. So a picture is found again that was cropped a little, or framed.
/// </summary>
internal static class Alignment
{
    private const int Side = PhotoDescriptor.Side;
    private const float Step = 0.05f;
    private const float Most = 3 * Step;

    /// <summary>The last step by which edges are moved: a fifth of a pixel.</summary>
    private const float Finest = 0.006f;

    /// <summary>
    /// What correlates less at the first step is not looked at more closely: no copy was found among 2,000 × 9 that does.
    /// </summary>
    private const float Hopeless = 0.5f;

    /// <summary>Columns and rows at each edge of the other picture that are not compared: a frame reaches so far into the detail.</summary>
    private const int Edge = 4;
    private const int Compared = Side - 2 * Edge;

    /// <summary>How far a row of the whole lies from the row of the part that it is sampled for.</summary>
    private const int Band = 6;

    /// <summary>
    /// The parts of a length that are tried: all that begin and end on a multiple of the step, and leave out no more than a seventh.
    /// </summary>
    private static readonly Taps[] Coarse = [.. Intervals().Select(cut => new Taps(cut.First, cut.Last))];

    /// <summary>The highest correlation of a part of a whole with another picture.</summary>
    /// <param name="whole">The picture that may show more, 32 × 32.</param>
    /// <param name="part">The other one, as <see cref="Normalise"/> makes it.</param>
    /// <returns>In [−1, 1].</returns>
    public static float Best(ReadOnlySpan<float> whole, ReadOnlySpan<float> part)
    {
        Span<float> columns = stackalloc float[Side * Side];
        columns.Clear();
        var room = new Room(columns, stackalloc float[Side * (2 * Band + 1)], stackalloc float[2 * Side], stackalloc float[Side]);
        var best = new Place(-1, Coarse[0], Coarse[0]);
        foreach (var x in Coarse)
            best = Better(best, whole, part, x, Coarse, room);
        for (var step = Step / 2; best.Correlation > Hopeless && step > Finest; step /= 2)
        {
            var rows = Around(best.Y, step);
            foreach (var x in Around(best.X, step))
                best = Better(best, whole, part, x, rows, room);
        }
        return best.Correlation;
    }

    /// <summary>What of a picture is compared, moved to mean 0 and scaled to length 1; the edges are 0.</summary>
    /// <returns>Null where the root mean square is below the least: there is nothing to compare.</returns>
    public static float[]? Normalise(ReadOnlySpan<float> picture, float least)
    {
        var inside = new float[Side * Side];
        var (sum, square) = (0f, 0f);
        for (var y = Edge; y < Side - Edge; y++)
        for (var x = Edge; x < Side - Edge; x++)
        {
            var value = picture[y * Side + x];
            (sum, square) = (sum + value, square + value * value);
        }
        var mean = sum / (Compared * Compared);
        var length = MathF.Sqrt(Math.Max(0, square - sum * mean));
        if (length < least * Compared)
            return null;
        for (var y = Edge; y < Side - Edge; y++)
        for (var x = Edge; x < Side - Edge; x++)
            inside[y * Side + x] = (picture[y * Side + x] - mean) / length;
        return inside;
    }

    /// <summary>The best place so far, or a better one at these columns.</summary>
    private static Place Better(Place best, ReadOnlySpan<float> whole, ReadOnlySpan<float> part, Taps x, ReadOnlySpan<Taps> rows, Room room)
    {
        Sample(whole, x, room.Columns);
        Multiply(room.Columns, part, room);
        foreach (var y in rows)
        {
            var correlation = Correlation(y, room.Products, room.Own, room.Sums);
            if (correlation > best.Correlation)
                best = new(correlation, x, y);
        }
        return best;
    }

    /// <summary>Every row sampled at the columns of a part.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a first search compares before anything else has made this warm
    private static void Sample(ReadOnlySpan<float> whole, Taps x, Span<float> into)
    {
        for (var row = 0; row < Side; row++)
        {
            var line = whole.Slice(row * Side, Side);
            var sampled = into.Slice(row * Side, Side);
            for (var i = Edge; i < Side - Edge; i++)
            {
                var at = x.First[i];
                sampled[i] = line[at] + x.Share[i] * (line[at + 1] - line[at]);
            }
        }
    }

    /// <summary>
    /// The products of rows that a sampled row can be a sum of: with the other picture's rows, with each other, and their sums.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(ReadOnlySpan<float> columns, ReadOnlySpan<float> part, Room room)
    {
        var products = room.Products;
        var own = room.Own;
        var sums = room.Sums;
        ref var first = ref MemoryMarshal.GetReference(columns);
        ref var other = ref MemoryMarshal.GetReference(part);
        for (var i = 0; i < Side; i++)
        {
            for (var r = Math.Max(0, i - Band); r <= Math.Min(Side - 1, i + Band); r++)
                products[i * (2 * Band + 1) + r - i + Band] = Dot(ref first, r * Side, ref other, i * Side);
            own[2 * i] = Dot(ref first, i * Side, ref first, i * Side);
            own[2 * i + 1] = i + 1 < Side ? Dot(ref first, i * Side, ref first, (i + 1) * Side) : 0;
            sums[i] = Sum(ref first, i * Side);
        }
    }

    /// <summary>The correlation of the part whose rows are sampled so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Correlation(Taps y, ReadOnlySpan<float> products, ReadOnlySpan<float> own, ReadOnlySpan<float> sums)
    {
        var (product, square, sum) = (0f, 0f, 0f);
        for (var i = Edge; i < Side - Edge; i++)
        {
            var (at, share) = (y.First[i], y.Share[i]);
            var line = i * (2 * Band + 1) - i + Band + at;
            product += (1 - share) * products[line] + share * products[line + 1];
            square += (1 - share) * (1 - share) * own[2 * at] + 2 * share * (1 - share) * own[2 * at + 1] + share * share * own[2 * at + 2];
            sum += (1 - share) * sums[at] + share * sums[at + 1];
        }
        var variance = square - sum * sum / (Compared * Compared);
        return variance > 0 ? product / MathF.Sqrt(variance) : -1;
    }

    private static float Dot(ref float one, int at, ref float other, int otherAt)
    {
        var sum = Vector256<float>.Zero;
        for (var i = 0; i < Side; i += Vector256<float>.Count)
            sum += Vector256.LoadUnsafe(ref one, (nuint)(at + i)) * Vector256.LoadUnsafe(ref other, (nuint)(otherAt + i));
        return Vector256.Sum(sum);
    }

    private static float Sum(ref float one, int at)
    {
        var sum = Vector256<float>.Zero;
        for (var i = 0; i < Side; i += Vector256<float>.Count)
            sum += Vector256.LoadUnsafe(ref one, (nuint)(at + i));
        return Vector256.Sum(sum);
    }

    private static Taps[] Around(Taps centre, float step) =>
        [
            .. from start in new[] { -step, 0, step }
            from end in new[] { -step, 0, step }
            let cut = (First: Math.Max(0, centre.Start + start), Last: Math.Max(0, centre.End + end))
            where cut.First + cut.Last <= Most
            select new Taps(cut.First, cut.Last),
        ];

    private static IEnumerable<(float First, float Last)> Intervals()
    {
        for (var first = 0f; first <= Most + Step / 2; first += Step)
        for (var last = 0f; first + last <= Most + Step / 2; last += Step)
            yield return (first, last);
    }

    /// <summary>Where a part lies in the whole, and how alike the other picture is there.</summary>
    private readonly record struct Place(float Correlation, Taps X, Taps Y);

    /// <summary>Memory that every try writes over.</summary>
    private readonly ref struct Room(Span<float> columns, Span<float> products, Span<float> own, Span<float> sums)
    {
        public Span<float> Columns { get; } = columns;
        public Span<float> Products { get; } = products;
        public Span<float> Own { get; } = own;
        public Span<float> Sums { get; } = sums;
    }

    /// <summary>Where the places of a part lie in the whole: between which two, and how near the second.</summary>
    private sealed class Taps
    {
        public Taps(float start, float end)
        {
            (Start, End) = (start, end);
            for (var i = 0; i < Side; i++)
            {
                var at = Math.Clamp((start + (1 - start - end) * (i + 0.5f) / Side) * Side - 0.5f, 0, Side - 1);
                First[i] = Math.Min((int)at, Side - 2);
                Share[i] = at - First[i];
            }
        }

        /// <summary>What is left out before the part and after it, as shares of the whole.</summary>
        public float Start { get; }

        public float End { get; }

        public int[] First { get; } = new int[Side];

        public float[] Share { get; } = new float[Side];
    }
}
