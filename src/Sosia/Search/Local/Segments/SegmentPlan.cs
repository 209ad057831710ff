using Sosia.Catalogue;

namespace Sosia.Search.Local.Segments;

/// <summary>A segment that stays, or owners whose rows are written anew.</summary>
/// <param name="Kept">The number of the segment; null for what is written.</param>
/// <param name="Range">The owners.</param>
/// <param name="Rows">Rows, about.</param>
internal readonly record struct SegmentRun(int? Kept, OwnerRange Range, int Rows);

/// <summary>
/// Which segments stay and what is written anew. Segments whose rows changed are written, and new rows; a small neighbour goes into the
/// same segment, so that their number stays low: a row is written once for each time that its segment doubles.
/// </summary>
/// <param name="Runs">In order of their owners.</param>
/// <param name="IsEverything">Nothing stays.</param>
internal sealed record SegmentPlan(IReadOnlyList<SegmentRun> Runs, bool IsEverything)
{
    /// <summary>A neighbour that has at most this many times the rows of what is written is written with it.</summary>
    private const int Growth = 2;

    /// <summary>Rows, about.</summary>
    public int Rows => (int)Math.Min(int.MaxValue, Runs.Sum(run => (long)run.Rows));

    /// <summary>Every segment is written anew.</summary>
    /// <param name="rows">Rows of the space.</param>
    public static SegmentPlan Everything(int rows) =>
        new([new SegmentRun(null, new OwnerRange(long.MinValue, long.MaxValue), rows)], IsEverything: true);

    /// <summary>What the changes of a catalogue concern.</summary>
    /// <param name="list">The segments that there are.</param>
    /// <param name="changes">Since their revision.</param>
    /// <param name="unsound">Names of segments that are missing or of no use.</param>
    /// <param name="rowsASegment">Rows of a segment at most.</param>
    public static SegmentPlan Of(SegmentList list, OwnerChanges changes, IReadOnlySet<string> unsound, int rowsASegment)
    {
        var runs = new List<SegmentRun>();
        for (var i = 0; i <= list.Segments.Count; i++)
            runs.Add(new SegmentRun(i, list.RangeOf(i), i < list.Segments.Count ? list.Segments[i].Rows : 0));
        for (var i = 0; i < list.Segments.Count; i++)
            if (unsound.Contains(list.Segments[i].Name))
                runs[i] = runs[i] with { Kept = null };
        foreach (var owner in changes.Added)
            Touch(list.SegmentOf(owner), rows: 1);
        foreach (var owner in changes.Removed)
            Touch(list.SegmentOf(owner), rows: 0);
        if (runs[^1].Kept is not null)
            runs.RemoveAt(runs.Count - 1); // nothing came after the last segment
        for (var i = 1; i < runs.Count; i++)
            if (runs[i - 1].Kept is null && runs[i].Kept is null)
                Merge(i--);
        for (var i = 0; i < runs.Count; i++)
            while (runs[i].Kept is null && (Takes(runs[i], i - 1) || Takes(runs[i], i + 1)))
                if (Takes(runs[i], i - 1))
                    Merge(i--);
                else
                    Merge(i + 1);
        return new SegmentPlan(runs, IsEverything: runs.TrueForAll(run => run.Kept is null));

        void Touch(int number, int rows)
        {
            if (number < list.Segments.Count || rows > 0) // an owner that came and went since is in no segment
                runs[number] = runs[number] with { Kept = null, Rows = runs[number].Rows + rows };
        }

        // What was written before it is written with the one at a place.
        void Merge(int at)
        {
            var (one, other) = (runs[at - 1], runs[at]);
            runs[at - 1] = new SegmentRun(null, new OwnerRange(one.Range.After, other.Range.Last), one.Rows + other.Rows);
            runs.RemoveAt(at);
        }

        bool Takes(SegmentRun run, int neighbour) =>
            neighbour >= 0
            && neighbour < runs.Count
            && runs[neighbour].Rows <= (long)Growth * run.Rows
            && runs[neighbour].Rows + (long)run.Rows <= rowsASegment;
    }
}
