namespace Sosia.Bench.Millions;

/// <summary>The most memory that a process of Linux takes during some work, mapped files apart.</summary>
internal sealed class Peak : IDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly Thread _watching;
    private long _bytes;

    public Peak()
    {
        _watching = new Thread(Watch) { IsBackground = true };
        _watching.Start();
    }

    /// <summary>Megabytes so far.</summary>
    public long Megabytes
    {
        get
        {
            Look();
            return Interlocked.Read(ref _bytes) >> 20;
        }
    }

    /// <summary>Bytes of memory of this process's own, as the kernel counts them.</summary>
    public static long Now =>
        File.ReadLines("/proc/self/status")
            .Where(line => line.StartsWith("RssAnon:", StringComparison.Ordinal))
            .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) << 10)
            .Single();

    public void Dispose()
    {
        _ending.Cancel();
        _watching.Join();
        _ending.Dispose();
    }

    private void Watch()
    {
        while (!_ending.Token.WaitHandle.WaitOne(10))
            Look();
    }

    private void Look() => Interlocked.Exchange(ref _bytes, Math.Max(Interlocked.Read(ref _bytes), Now));
}
