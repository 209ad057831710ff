using System.Diagnostics.Metrics;
using Sosia.Server.Queries;
using Sosia.Server.Work;

namespace Sosia.Server.Figures;

/// <summary>What the server knows about itself and nobody else measures.</summary>
internal sealed class ServerMeter : IDisposable
{
    public const string Name = "Sosia.Server";

    private readonly Meter _meter = new(Name);

    public ServerMeter(QueryStore queries, Inferences inferences, PictureWork pictures)
    {
        _meter.CreateObservableGauge("sosia.queries.held", () => queries.Count, description: "Uploaded photos in memory.");
        _meter.CreateObservableGauge("sosia.queries.memory", () => queries.Bytes, "By", "Memory they take.");
        _meter.CreateObservableGauge(
            "sosia.inference.pending",
            () => inferences.Queue.Pending,
            description: "Photos in the networks or waiting for them."
        );
        _meter.CreateObservableCounter(
            "sosia.inference.refused",
            () => inferences.Queue.Refused,
            description: "Photos refused because too many were waiting."
        );
        _meter.CreateObservableGauge(
            "sosia.pictures.pending",
            () => pictures.Queue.Pending,
            description: "Small pictures being made or waiting."
        );
        _meter.CreateObservableGauge("process.memory", () => Environment.WorkingSet, "By", "Memory of the process.");
    }

    /// <summary>Whether an instrument is this server's: several may run in one process.</summary>
    public bool Owns(Instrument instrument) => instrument.Meter == _meter;

    public void Dispose() => _meter.Dispose();
}
