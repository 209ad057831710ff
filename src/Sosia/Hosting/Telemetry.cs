using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Sosia.Hosting;

/// <summary>
/// What Sosia tells about itself: a histogram of durations, tagged by stage, and a span for each. Costs one comparison while nothing
/// listens.
/// </summary>
public static class Telemetry
{
    /// <summary>The name of the meter, and of the source of spans.</summary>
    public const string MeterName = "Sosia";

    /// <summary>The histogram of durations, in seconds; tag <c>stage</c>.</summary>
    public const string StageDuration = "sosia.stage.duration";

    private static readonly Meter Meter = new(MeterName);

    private static readonly ActivitySource Source = new(MeterName);

    private static readonly Histogram<double> Durations = Meter.CreateHistogram<double>(
        StageDuration,
        "s",
        "Time spent in a stage of the pipeline."
    );

    /// <summary>Measures from here to the end of the using block.</summary>
    internal static Scope Measure(string stage) =>
        new(stage, Durations.Enabled ? Stopwatch.GetTimestamp() : 0, Source.StartActivity(stage));

    internal readonly struct Scope(string stage, long started, Activity? span) : IDisposable
    {
        public void Dispose()
        {
            span?.Dispose();
            if (started != 0)
                Durations.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("stage", stage));
        }
    }
}
