using System.Net;
using System.Net.Http.Headers;

namespace Sosia.Server.Tests.Safety;

/// <summary>What is shown is what was asked for: never another's face, never other bytes than were indexed.</summary>
public class ShownTests
{
    [Fact]
    public async Task A_catalogue_made_anew_in_the_same_place_shows_nobody_elses_face()
    {
        await using var server = await RunningServer.Start(samples: false);
        var folder = server.Beside("photos");
        Directory.CreateDirectory(folder);
        File.Copy(Samples.Photos[0], Path.Combine(folder, "a.jpg"));
        server.Get<Collection>().Indexing.Run([folder]);
        var before = await server.Client.GetAsync("faces/1/crop");
        var shown = await before.Content.ReadAsByteArrayAsync();
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        // Another collection in the same place: face 1 is somebody else now.
        foreach (var file in Directory.GetFiles(server.CollectionDirectory, "catalogue.db*"))
            File.Delete(file);
        server.Get<Collection>().Catalogue.Dispose();
        await using var anew = await RunningServer.Start(samples: false, prepare: directory => Copy(server.CollectionDirectory, directory));
        File.Copy(Samples.Photos[2], Path.Combine(folder, "a.jpg"), overwrite: true);
        anew.Get<Collection>().Indexing.Run([folder]);
        var request = new HttpRequestMessage(HttpMethod.Get, "faces/1/crop");
        request.Headers.IfNoneMatch.Add(before.Headers.ETag!);
        var now = await anew.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, now.StatusCode); // and not 304
        Assert.NotEqual(shown, await now.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task An_original_that_is_changed_while_it_is_sent_ends_the_sending()
    {
        await using var server = await RunningServer.Start(samples: false);
        var (path, bytes) = Large(server);
        using var answer = await server.Client.GetAsync("photos/1/original", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var sent = await answer.Content.ReadAsStreamAsync();
        var got = new byte[1000];
        await sent.ReadExactlyAsync(got);
        Assert.Equal(bytes[..1000], got);
        using (var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            file.Position = file.Length - 10;
            file.Write([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        }
        await Assert.ThrowsAnyAsync<Exception>(() => sent.CopyToAsync(Stream.Null)); // never the changed bytes with a good end
    }

    [Fact]
    public async Task A_range_is_read_alone_and_checked()
    {
        await using var server = await RunningServer.Start(samples: false);
        var (path, bytes) = Large(server);
        var whole = await server.Client.GetByteArrayAsync("photos/1/original");
        Assert.Equal(bytes, whole);
        Assert.Equal(bytes[5_000_000..5_000_010], await (await Range(5_000_000, 5_000_009)).Content.ReadAsByteArrayAsync());

        // A change elsewhere in the file is not read: the range still comes, and the range of the change does not.
        using (var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            file.Position = 3_000_000;
            file.Write([(byte)~bytes[3_000_000]]);
        }
        Assert.Equal(bytes[5_000_000..5_000_010], await (await Range(5_000_000, 5_000_009)).Content.ReadAsByteArrayAsync());
        await RunningServer.Problem(await Range(3_000_000, 3_000_009), 410, "photo-gone");

        Task<HttpResponseMessage> Range(long from, long to)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "photos/1/original")
            {
                Headers = { Range = new RangeHeaderValue(from, to) },
            };
            return server.Client.SendAsync(request);
        }
    }

    /// <summary>A photo of several blocks: a JPEG with much behind its end, which decoders leave alone.</summary>
    private static (string Path, byte[] Bytes) Large(RunningServer server)
    {
        var folder = server.Beside("photos");
        Directory.CreateDirectory(folder);
        var more = new byte[9 << 20];
        new Random(1).NextBytes(more);
        byte[] bytes = [.. File.ReadAllBytes(Samples.Photos[0]), .. more];
        var path = Path.Combine(folder, "a.jpg");
        File.WriteAllBytes(path, bytes);
        server.Get<Collection>().Indexing.Run([folder]);
        return (path, bytes);
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
