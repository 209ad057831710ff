using Sosia.Keras.Tests;
using Sosia.Vectors.Files;
using static Sosia.Keras.Tests.LoopbackServer;

namespace Sosia.Cli.Tests;

/// <summary>Keras's weights from a server on this machine to features, by the commands alone.</summary>
public sealed class ImportTests(InceptionWeights weights, FaceNetWeights faceNet) : IDisposable
{
    private readonly SosiaProgram _sosia = new();

    public void Dispose() => _sosia.Dispose();

    [Fact, Slow]
    public void Weights_that_are_fetched_over_a_connection_that_breaks_become_a_model_that_gives_the_features_of_Keras()
    {
        var length = new FileInfo(weights.Path).Length;
        using var server = new LoopbackServer(
            async (number, from, to, end) =>
            {
                using var file = File.OpenRead(weights.Path);
                file.Position = from ?? 0;
                await SendAsync(to, Head(from, length), cancellation: end);
                if (number > 1)
                    await file.CopyToAsync(to, 1 << 20, end);
                else
                    await to.WriteAsync(await ReadAsync(file, 100 << 20, end), end); // and then the connection is cut
            }
        );
        var imported = _sosia.Run("models", "import", "inception-resnet-v2", "--from", server.Address.ToString(), "--unverified");
        Assert.Equal((0, "Imported 'inception-resnet-v2'; use it with --model inception-resnet-v2.\n"), (imported.Code, imported.Out));
        Assert.Equal([null, 100 << 20], server.Requests);
        Assert.Empty(Directory.GetFiles(_sosia["data/sosia/downloads"]));
        Assert.Equal(2, _sosia.Ask("models", "import", "inception-resnet-v2").Code); // it is here: nothing is fetched

        _sosia.Put("input.png", File.ReadAllBytes(Fixtures.Path("input.png")));
        Assert.Equal(0, _sosia.Run("embed", _sosia.Photos, "--model", "inception-resnet-v2", "--out", "scaled.npy").Code);
        AssertFeatures("inception-resnet-v2.scaled.npy", "scaled.npy");
        Assert.Equal(0, _sosia.Run("embed", _sosia.Photos, "--model", "inception-resnet-v2", "--input", "raw", "--out", "raw.npy").Code);
        AssertFeatures("inception-resnet-v2.raw.npy", "raw.npy");
    }

    [Fact, Slow]
    public async Task A_download_that_is_ended_goes_on_and_a_file_that_is_not_the_published_one_leaves_nothing()
    {
        var content = new byte[3 << 20];
        new Random(5).NextBytes(content);
        var half = new TaskCompletionSource();
        using var server = new LoopbackServer(
            async (number, from, to, end) =>
            {
                await SendAsync(
                    to,
                    Head(from, content.Length),
                    content.AsMemory((int)(from ?? 0), number == 1 ? 1 << 20 : content.Length - (int)(from ?? 0)),
                    end
                );
                if (number > 1)
                    return;
                half.SetResult();
                _ = await to.ReadAsync(new byte[1], end); // until who asked hangs up
            }
        );
        string[] import = ["models", "import", "efficientnet-v2-l", "--from", server.Address.ToString()];
        var program = _sosia.Start(import);
        await half.Task.WaitAsync(TestContext.Current.CancellationToken);
        while (Directory.GetFiles(_sosia["data/sosia/downloads"]) is not [var part] || new FileInfo(part).Length < 1 << 19)
            await Task.Delay(5, TestContext.Current.CancellationToken);
        program.Send(Signal.Interrupt);
        var ended = SosiaProgram.End(program);
        Assert.Equal((130, ""), (ended.Code, ended.Out));

        var other = _sosia.Run(import);
        Assert.Equal((2, ""), (other.Code, other.Out));
        Assert.Equal([null, 1 << 20], server.Requests);
        Assert.Contains("gave another file: Expected MD5 b0b66b5c863aef5b46e8608fe1711615, got ", other.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_sosia["data/sosia/downloads"]));
        Assert.False(Directory.Exists(_sosia["data/sosia/models"]));
    }

    [Fact, Slow]
    public void A_disk_that_fills_up_during_a_download_is_2_and_not_tried_again()
    {
        var content = new byte[1 << 20];
        using var server = new LoopbackServer(
            async (_, _, to, end) =>
            {
                try
                {
                    await SendAsync(to, Head(null, content.Length), content, end);
                }
                catch (IOException)
                {
                    // Who asked has hung up.
                }
            }
        );
        var full = _sosia.ShellOnSmallDisk(
            "300k",
            $"export XDG_DATA_HOME=$PWD/small; \"$SOSIA\" models import inception-resnet-v2 --from {server.Address}; code=$?; ls "
                + "small/sosia; ls small/sosia/downloads; exit $code"
        );
        Assert.Equal(2, full.Code);
        Assert.Matches("^downloads\ninception-resnet-v2-[0-9a-f]{8}.h5.part\n$", full.Out);
        Assert.Contains("No space left on device", full.Error, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(
        "HTTP/1.1 404 Not Found\nContent-Length: 0",
        "the server answers 404 Not Found; give another address or a file with --from."
    )]
    [InlineData(
        "HTTP/1.1 200 OK\nContent-Length: 999999999999",
        "so it is not the file that was asked for; give another address with --from."
    )]
    public void What_a_server_will_not_give_is_2(string head, string sentence)
    {
        using var server = new LoopbackServer((_, _, to, end) => SendAsync(to, head, cancellation: end));
        var ran = _sosia.Ask("models", "import", "inception-resnet-v2", "--from", server.Address.ToString());
        Assert.Equal((2, ""), (ran.Code, ran.Out));
        Assert.EndsWith(sentence + "\n", ran.Error, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("weights.h5", "<html>Not found</html>", "is no HDF5 file; give the published .h5 file of weights.")]
    [InlineData(
        "model.keras",
        "PK\u0003\u0004 and so on",
        "is a .keras file of Keras 3, and the older .h5 with weights is read here; give the published .h5 file of weights."
    )]
    [InlineData("none.h5", null, "can't be read")]
    public void A_file_that_holds_no_weights_is_2_in_one_sentence(string name, string? content, string sentence)
    {
        if (content is not null)
            File.WriteAllText(_sosia[name], content);
        var ran = _sosia.Ask("models", "import", "inception-resnet-v2", "--from", name, "--unverified");
        Assert.Equal((2, ""), (ran.Code, ran.Out));
        Assert.Contains(sentence, ran.Sentence, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_sosia["data/sosia/models"]));
    }

    [Fact, Slow]
    public void FaceNet_compares_faces_by_name()
    {
        var refused = _sosia.Ask("models", "import", "facenet512", "--from", faceNet.Path);
        Assert.Equal((2, ""), (refused.Code, refused.Out));
        Assert.Contains("is not the published file: Expected 94,955,648 bytes", refused.Sentence, StringComparison.Ordinal);

        var imported = _sosia.Ask("models", "import", "facenet512", "--from", faceNet.Path, "--unverified");
        Assert.Equal((0, "Imported 'facenet512'; use it with --model facenet512.\n"), (imported.Code, imported.Out));
        var photo = _sosia.Put("face.jpg", Portraits.Of(0));
        var same = _sosia.Ask("compare", photo, photo, "--model", "facenet512", "--threshold", "0.5", "--json");
        Assert.Equal(0, same.Code);
        Assert.Equal(1, same.Json.GetProperty("score").GetDouble(), 1e-3);
    }

    private void AssertFeatures(string expected, string got)
    {
        var (keras, ours) = (Fixtures.Features(expected), NpyFile.Read<float>(_sosia[got], out _));
        Assert.InRange(keras.Zip(ours, (a, b) => Math.Abs(a - b)).Max() / keras.Max(Math.Abs), 0, 1e-5);
        Assert.Equal(keras.Length, ours.Length);
    }

    private static string Head(long? from, long length) =>
        from is { } start
            ? $"HTTP/1.1 206 Partial Content\nContent-Range: bytes {start}-{length - 1}/{length}\nContent-Length: {length - start}"
            : $"HTTP/1.1 200 OK\nContent-Length: {length}";

    private static async Task<byte[]> ReadAsync(FileStream file, int count, CancellationToken end)
    {
        var bytes = new byte[count];
        await file.ReadExactlyAsync(bytes, end);
        return bytes;
    }
}
