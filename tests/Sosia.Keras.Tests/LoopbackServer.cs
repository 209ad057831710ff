using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sosia.Keras.Tests;

/// <summary>A server that answers as badly as a test asks, on this machine only.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Func<int, long?, NetworkStream, CancellationToken, Task> _answer;
    private readonly Task _serving;

    /// <param name="answer">Gets the number of the request (from 1), where its range begins, and the connection, which is closed
    /// afterwards.</param>
    public LoopbackServer(Func<int, long?, NetworkStream, CancellationToken, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/weights.h5");

    /// <summary>Where the range of each request began.</summary>
    public List<long?> Requests { get; } = [];

    public static Task SendAsync(
        NetworkStream to,
        string head,
        ReadOnlyMemory<byte> body = default,
        CancellationToken cancellation = default
    ) =>
        to.WriteAsync(
                Encoding.ASCII.GetBytes(head.ReplaceLineEndings("\r\n") + "\r\nConnection: close\r\n\r\n").Concat(body.ToArray()).ToArray(),
                cancellation
            )
            .AsTask();

    public void Dispose()
    {
        _end.Cancel();
        _serving.Wait(); // stopped only now: a listener that is stopped before it is asked again throws
        _end.Dispose();
        _listener.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_end.Token);
                var stream = client.GetStream();
                if (await ReadHeadAsync(stream) is not { } head)
                    continue; // it hung up before it had asked: on a busy machine its patience ends
                var range = RangeOf(head);
                Requests.Add(range);
                await _answer(Requests.Count, range, stream, _end.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException && _end.IsCancellationRequested)
        {
            // The test is over.
        }
    }

    private static async Task<string?> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one) == 0)
                return null;
            head.Append((char)one[0]);
        }
        return head.ToString();
    }

    private static long? RangeOf(string head)
    {
        var line = head.Split("\r\n").FirstOrDefault(l => l.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase));
        return line is null ? null : long.Parse(line["Range: bytes=".Length..].TrimEnd('-'));
    }
}
