using System.Diagnostics;

namespace Sosia.Search.Local;

/// <summary>
/// For how long an answer of a catalogue on another machine counts as the present: a short period, in which nobody wrote through this
/// process. What others wrote meanwhile is found after it. What they removed is not: its photo is read from the catalogue itself.
/// </summary>
internal sealed class Recent(TimeSpan period)
{
    private long _writes;

    /// <summary>This moment.</summary>
    public Moment Now => new(Interlocked.Read(ref _writes), Stopwatch.GetTimestamp());

    /// <summary>Something was written through this process.</summary>
    public void NoteWrite() => Interlocked.Increment(ref _writes);

    /// <summary>Whether what was so at a moment counts as what is so now.</summary>
    public bool Covers(Moment moment) =>
        moment.Writes == Interlocked.Read(ref _writes) && Stopwatch.GetElapsedTime(moment.Time) < period;

    /// <summary>When something was asked.</summary>
    /// <param name="Writes">Writes before it.</param>
    /// <param name="Time">A time stamp.</param>
    internal readonly record struct Moment(long Writes, long Time);
}
