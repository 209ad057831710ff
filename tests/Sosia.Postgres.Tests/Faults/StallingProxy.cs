using System.Net;
using System.Net.Sockets;

namespace Sosia.Postgres.Tests.Faults;

/// <summary>A way to a server on this machine that can be made to stall, or to break.</summary>
internal sealed class StallingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly List<TcpClient> _clients = [];
    private readonly int _to;
    private readonly Task _accepting;
    private volatile TaskCompletionSource? _stalled;

    /// <param name="to">The server's port.</param>
    public StallingProxy(int to)
    {
        _to = to;
        _listener.Start();
        _accepting = Task.Run(Accept);
    }

    /// <summary>The port to connect to.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Lets no byte through for a while, in either direction.</summary>
    /// <param name="time">How long.</param>
    /// <param name="breaks">Then breaks all connections, in place of going on.</param>
    public async Task Stall(TimeSpan time, bool breaks)
    {
        var stalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _stalled = stalled;
        await Task.Delay(time);
        if (breaks)
            Break();
        _stalled = null;
        stalled.SetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        _stalled?.TrySetResult();
        Break();
        await _accepting;
        _end.Dispose();
    }

    /// <summary>Resets all connections. Each on a thread of its own, and without the lock: to close a socket may wait for who reads it.</summary>
    private void Break()
    {
        TcpClient[] open;
        lock (_clients)
        {
            open = [.. _clients];
            _clients.Clear();
        }
        foreach (var client in open)
            Task.Run(() => client.Client?.Close(0)); // null where it has gone already
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_end.Token);
                var server = new TcpClient { NoDelay = true };
                client.NoDelay = true;
                await server.ConnectAsync(IPAddress.Loopback, _to, _end.Token);
                lock (_clients)
                    _clients.AddRange([client, server]);
                _ = Pass(client, server);
                _ = Pass(server, client);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test ended.
        }
    }

    private async Task Pass(TcpClient from, TcpClient to)
    {
        var bytes = new byte[16384];
        try
        {
            while (await from.GetStream().ReadAsync(bytes, _end.Token) is > 0 and var count)
            {
                if (_stalled is { } stalled)
                    await stalled.Task;
                await to.GetStream().WriteAsync(bytes.AsMemory(0, count), _end.Token);
            }
        }
        catch (Exception broken)
            when (broken is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // One side went.
        }
        from.Close();
        to.Close();
    }
}
