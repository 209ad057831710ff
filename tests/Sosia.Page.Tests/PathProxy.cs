using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sosia.Page.Tests;

/// <summary>
/// A reverse proxy on a free loopback port that gives a server to the world under a path: it adds what a proxy says of who asks, and sends
/// everything on as it is, one request a connection.
/// </summary>
internal sealed class PathProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();

    public PathProxy() => _listener.Start();

    public Uri Address => new($"http://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}/sosia");

    public void Serve(Uri server) => _ = Accept(server.Port);

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task Accept(int port)
    {
        try
        {
            while (true)
                _ = Pass(await _listener.AcceptTcpClientAsync(_end.Token), port);
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task Pass(TcpClient browser, int port)
    {
        try
        {
            using (browser)
            using (var server = new TcpClient())
            {
                await server.ConnectAsync(IPAddress.Loopback, port, _end.Token);
                var (from, to) = (browser.GetStream(), server.GetStream());
                var back = to.CopyToAsync(from, _end.Token);
                await to.WriteAsync(await HeadOf(from), _end.Token);
                await Task.WhenAny(from.CopyToAsync(to, _end.Token), back);
                await back;
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException or IOException or SocketException)
        {
            // The browser went away.
        }
    }

    /// <summary>The head of a request with what a proxy adds; the connection ends with its answer.</summary>
    private async Task<byte[]> HeadOf(NetworkStream from)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!Encoding.ASCII.GetString([.. head.TakeLast(4)]).EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await from.ReadAsync(one, _end.Token) == 0)
                throw new IOException("The browser sent nothing.");
            head.Add(one[0]);
        }
        var lines = Encoding
            .Latin1.GetString([.. head])
            .TrimEnd('\r', '\n')
            .Split("\r\n")
            .Where(line => !line.StartsWith("Connection:", StringComparison.OrdinalIgnoreCase));
        var text = string.Join("\r\n", lines) + "\r\nX-Forwarded-For: 203.0.113.5\r\nX-Forwarded-Proto: http\r\nConnection: close\r\n\r\n";
        return Encoding.Latin1.GetBytes(text);
    }
}
