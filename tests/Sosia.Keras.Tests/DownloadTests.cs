using System.Security.Cryptography;
using Sosia.Models;
using static Sosia.Keras.Tests.LoopbackServer;

namespace Sosia.Keras.Tests;

public sealed class DownloadTests : IDisposable
{
    private static readonly DownloadOptions Quick = new()
    {
        Patience = TimeSpan.FromMilliseconds(500),
        LeastBytes = 1000,
        Tries = 3,
        Rest = TimeSpan.FromMilliseconds(1),
        MaxBytes = 200_000,
    };
    private static readonly byte[] Content = Bytes(100_000);
    private static readonly string Md5 = Hash(Content);
    private readonly string _directory = Directory.CreateTempSubdirectory("sosia-download-").FullName;

    private string Target => Path.Combine(_directory, "weights.h5");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_file_whose_hash_is_right_gets_its_name_and_progress_is_told()
    {
        using var server = new LoopbackServer(
            (_, _, to, end) => SendAsync(to, $"HTTP/1.1 200 OK\nContent-Length: {Content.Length}", Content, end)
        );
        var told = new Told();
        await FetchAsync(server, Md5, told);
        Assert.Equal(Content, await File.ReadAllBytesAsync(Target, TestContext.Current.CancellationToken));
        Assert.Equal(new DownloadProgress(Content.Length, Content.Length), told.Last);
        AssertOnly(Target);
    }

    [Fact]
    public async Task A_cut_connection_is_gone_on_with_where_it_ended()
    {
        using var server = new LoopbackServer(
            (number, from, to, end) =>
                number < 3
                    ? SendAsync(to, Head(from), Content.AsMemory((int)(from ?? 0), 30_000), end)
                    : SendAsync(to, Head(from), Content.AsMemory((int)from!), end)
        );
        await FetchAsync(server, Md5);
        Assert.Equal([null, 30_000, 60_000], server.Requests);
        Assert.Equal(Content, await File.ReadAllBytesAsync(Target, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_an_earlier_program_left_is_gone_on_with()
    {
        File.WriteAllBytes(Target + ".part", Content[..70_000]);
        using var server = new LoopbackServer((_, from, to, end) => SendAsync(to, Head(from), Content.AsMemory((int)(from ?? 0)), end));
        await FetchAsync(server, Md5);
        Assert.Equal([70_000], server.Requests);
        AssertOnly(Target);
    }

    [Fact]
    public async Task What_an_earlier_program_left_whole_is_only_checked()
    {
        File.WriteAllBytes(Target + ".part", Content);
        using var server = new LoopbackServer(
            (_, _, to, end) =>
                SendAsync(
                    to,
                    $"HTTP/1.1 416 Range Not Satisfiable\nContent-Range: bytes */{Content.Length}\nContent-Length: 0",
                    default,
                    end
                )
        );
        await FetchAsync(server, Md5);
        AssertOnly(Target);
    }

    [Fact]
    public async Task A_server_without_ranges_begins_anew()
    {
        File.WriteAllBytes(Target + ".part", Bytes(50_000, seed: 9));
        using var server = new LoopbackServer(
            (_, _, to, end) => SendAsync(to, $"HTTP/1.1 200 OK\nContent-Length: {Content.Length}", Content, end)
        );
        await FetchAsync(server, Md5);
        Assert.Equal(Content, await File.ReadAllBytesAsync(Target, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_server_that_is_busy_is_asked_again()
    {
        using var server = new LoopbackServer(
            (number, from, to, end) =>
                number < 3
                    ? SendAsync(to, "HTTP/1.1 503 Service Unavailable\nContent-Length: 0", default, end)
                    : SendAsync(to, Head(from), Content, end)
        );
        await FetchAsync(server, Md5);
        AssertOnly(Target);
    }

    [Fact]
    public async Task A_wrong_hash_leaves_nothing()
    {
        using var server = new LoopbackServer((_, from, to, end) => SendAsync(to, Head(from), Content, end));
        var error = await Assert.ThrowsAsync<ModelException>(() => FetchAsync(server, new string('0', 32)));
        Assert.Equal(ModelProblem.HashDiffers, error.Problem);
        Assert.Contains($"Expected MD5 {new string('0', 32)}, got {Md5}", error.Message, StringComparison.Ordinal);
        AssertOnly();
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_given_up_and_what_came_is_kept()
    {
        using var server = new LoopbackServer(
            async (_, from, to, end) =>
            {
                await SendAsync(to, Head(from), Content.AsMemory((int)(from ?? 0), 10), end);
                _ = await to.ReadAsync(new byte[1], end); // until who asked hangs up
            }
        );
        var error = await Assert.ThrowsAsync<ModelException>(() => FetchAsync(server, Md5));
        Assert.Contains("fewer than 1,000 bytes came in 0.5 seconds", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, server.Requests.Count);
        AssertOnly(Target + ".part");
    }

    [Fact]
    public async Task An_endless_answer_is_ended_and_leaves_nothing()
    {
        using var server = new LoopbackServer(
            async (_, _, to, end) =>
            {
                await SendAsync(to, "HTTP/1.1 200 OK", default, end);
                try
                {
                    while (true)
                        await to.WriteAsync(Content, end);
                }
                catch (IOException)
                {
                    // Who asked has hung up.
                }
            }
        );
        var error = await Assert.ThrowsAsync<ModelException>(() => FetchAsync(server, Md5));
        Assert.Contains("gives more than 200,000 bytes", error.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
        AssertOnly();
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\nContent-Length: 0", "the server answers 404 Not Found")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 999999999999", "gives more than 200,000 bytes")]
    public async Task What_another_try_would_not_change_is_told_at_once(string head, string sentence)
    {
        using var server = new LoopbackServer((_, _, to, end) => SendAsync(to, head, default, end));
        var error = await Assert.ThrowsAsync<ModelException>(() => FetchAsync(server, Md5));
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
        AssertOnly();
    }

    private Task FetchAsync(LoopbackServer server, string md5, IProgress<DownloadProgress>? progress = null) =>
        new Download(server.Address, Target, Quick).RunAsync(md5, progress, TestContext.Current.CancellationToken);

    private void AssertOnly(params string[] files) => Assert.Equal(files, Directory.GetFiles(_directory));

    private static string Head(long? from) =>
        from is { } start
            ? $"HTTP/1.1 206 Partial Content\nContent-Range: bytes {start}-{Content.Length - 1}/{Content.Length}\nContent-Length: "
                + $"{Content.Length - start}"
            : $"HTTP/1.1 200 OK\nContent-Length: {Content.Length}";

    private static byte[] Bytes(int count, int seed = 1)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static string Hash(byte[] bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        hash.AppendData(bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private sealed class Told : IProgress<DownloadProgress>
    {
        public DownloadProgress Last { get; private set; }

        public void Report(DownloadProgress value) => Last = value;
    }
}
