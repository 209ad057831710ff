using System.Diagnostics.Metrics;
using Sosia.Hosting;

namespace Sosia.Evaluation.Speed;

/// <summary>Listens to the library's own measurements, from when it is made until it is disposed.</summary>
public sealed class StageTimes : IDisposable
{
    private static readonly string[] TopLevel = ["read", "facts", "decode", "descriptor", "detect", "align", "embed", "store"];

    private readonly Dictionary<string, (long Count, double Seconds)> _stages = [];
    private readonly MeterListener _listener = new();

    /// <summary>Listens from here on.</summary>
    public StageTimes()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Telemetry.MeterName)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>(
            (_, seconds, tags, _) =>
            {
                lock (_stages)
                {
                    var stage = (string)tags[0].Value!;
                    var (count, sum) = _stages.GetValueOrDefault(stage);
                    _stages[stage] = (count + 1, sum + seconds);
                }
            }
        );
        _listener.Start();
    }

    /// <summary>How often a stage ran.</summary>
    public long Count(string stage)
    {
        lock (_stages)
            return _stages.GetValueOrDefault(stage).Count;
    }

    /// <summary>How often each network ran for a photo.</summary>
    public NetworkCalls CallsFor(long photos) =>
        new(Count("look") / (double)photos, Count("locate") / (double)photos, Count("align") / (double)photos);

    /// <summary>Each stage's part of the time of all top-level stages.</summary>
    public IReadOnlyDictionary<string, double> Shares()
    {
        lock (_stages)
        {
            var all = TopLevel.Sum(stage => _stages.GetValueOrDefault(stage).Seconds);
            return TopLevel.ToDictionary(stage => stage, stage => Math.Round(_stages.GetValueOrDefault(stage).Seconds / all, 4));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();
}
