namespace Sosia.Server.Work;

/// <summary>Small pictures made from originals: many are asked for at once while somebody scrolls.</summary>
internal sealed class PictureWork(ServerOptions options) : IDisposable
{
    private const int Waiting = 512;

    public WorkQueue Queue { get; } = new("pictures", Environment.ProcessorCount, Waiting) { TimeLimit = options.PictureTime };

    public void Dispose() => Queue.Dispose();
}

/// <summary>Searches: one takes milliseconds, and many at once would take the cores from everything else.</summary>
internal sealed class Searches : IDisposable
{
    private const int Waiting = 256;

    public WorkQueue Queue { get; } = new("search", Environment.ProcessorCount, Waiting);

    public void Dispose() => Queue.Dispose();
}

/// <summary>The networks: as many photos at once as there are cores.</summary>
internal sealed class Inferences(ServerOptions options) : IDisposable
{
    public WorkQueue Queue { get; } = new("inference", options.Inferences, options.Waiting);

    public void Dispose() => Queue.Dispose();
}
