using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Sosia.Hosting;

namespace Sosia.Server.Figures;

/// <summary>
/// What the library, the server and ASP.NET Core measure, as Prometheus reads it (text format 0.0.4): counters, gauges, histograms.
/// Observable instruments are asked when somebody looks.
/// </summary>
internal sealed class PrometheusText : IDisposable
{
    private static readonly string[] Meters = [Telemetry.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];
    private static readonly double[] Bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private const int MostSeries = 2000;

    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Family> _families = new(StringComparer.Ordinal);
    private int _series;

    public PrometheusText(ServerMeter own)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (Meters.Contains(instrument.Meter.Name) || own.Owns(instrument))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>All figures as they are now.</summary>
    public string Write()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        lock (_gate)
            foreach (var (name, family) in _families)
                family.Write(text, name);
        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = Labels(tags);
        lock (_gate)
        {
            var name = NameOf(instrument);
            if (!_families.TryGetValue(name, out var family))
                _families[name] = family = new Family(KindOf(instrument), instrument.Description ?? "");
            if (!family.Series.TryGetValue(labels, out var series))
            {
                if (_series >= MostSeries)
                    return; // whoever sends odd methods or paths must not fill the memory
                _series++;
                family.Series[labels] = series = new Series(family.Kind == "histogram" ? new long[Bounds.Length] : []);
            }
            series.Note(
                value,
                instrument is not (Counter<long> or Counter<double> or UpDownCounter<long> or UpDownCounter<int> or Histogram<double>)
            );
        }
    }

    private static string KindOf(Instrument instrument) =>
        instrument switch
        {
            Histogram<double> => "histogram",
            Counter<long> or Counter<double> or ObservableCounter<long> => "counter",
            _ => "gauge",
        };

    /// <summary>"sosia.stage.duration" in seconds is "sosia_stage_duration_seconds".</summary>
    private static string NameOf(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_').Replace('-', '_');
        if (instrument.Unit == "s")
            name += "_seconds";
        if (instrument.Unit == "By")
            name += "_bytes";
        return KindOf(instrument) == "counter" ? name + "_total" : name;
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length == 0)
            return "";
        var text = new StringBuilder();
        foreach (var (key, value) in tags)
        {
            if (text.Length > 0)
                text.Append(',');
            text.Append(key.Replace('.', '_'))
                .Append("=\"")
                .Append(
                    (Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")
                        .Replace("\\", "\\\\")
                        .Replace("\"", "\\\"")
                        .Replace("\n", "\\n")
                )
                .Append('"');
        }
        return text.ToString();
    }

    private sealed record Family(string Kind, string Help)
    {
        public SortedDictionary<string, Series> Series { get; } = new(StringComparer.Ordinal);

        public void Write(StringBuilder text, string name)
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {Help.ReplaceLineEndings(" ")}\n# TYPE {name} {Kind}\n");
            foreach (var (labels, series) in Series)
                series.Write(text, name, labels);
        }
    }

    private sealed class Series(long[] buckets)
    {
        private double _sum;
        private long _count;

        public void Note(double value, bool replaces)
        {
            _sum = replaces ? value : _sum + value;
            _count++;
            for (var i = 0; i < buckets.Length; i++)
                if (value <= Bounds[i])
                    buckets[i]++;
        }

        public void Write(StringBuilder text, string name, string labels)
        {
            if (buckets.Length == 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"{name}{(labels.Length > 0 ? $"{{{labels}}}" : "")} {_sum}\n");
                return;
            }
            var more = labels.Length > 0 ? labels + "," : "";
            for (var i = 0; i < buckets.Length; i++)
                text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{more}le=\"{Bounds[i]}\"}} {buckets[i]}\n");
            text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{more}le=\"+Inf\"}} {_count}\n");
            text.Append(
                CultureInfo.InvariantCulture,
                $"{name}_sum{(labels.Length > 0 ? $"{{{labels}}}" : "")} "
                    + $"{_sum}\n{name}_count{(labels.Length > 0 ? $"{{{labels}}}" : "")} {_count}\n"
            );
        }
    }
}
