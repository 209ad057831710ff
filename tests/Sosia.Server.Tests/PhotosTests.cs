using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Sosia.Server.Tests;

public class PhotosTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Photos_come_in_pages_by_cursor_and_all_of_them_once()
    {
        var server = shared.Open;
        var seen = new List<long>();
        string? next = null;
        var pages = 0;
        do
        {
            var page = await server.Json($"photos?limit=4{(next is null ? "" : $"&after={next}")}");
            Assert.Equal(6, page.GetProperty("total").GetInt64());
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(photo => photo.GetProperty("id").GetInt64()));
            next = page.GetProperty("next").GetString();
            pages++;
        } while (next is not null);
        Assert.Equal(2, pages);
        Assert.Equal(6, seen.Distinct().Count());
        Assert.Equal(seen.Order(), seen);
    }

    [Fact]
    public async Task A_long_list_streams_as_ndjson()
    {
        var server = shared.Open;
        using var request = new HttpRequestMessage(HttpMethod.Get, "photos") { Headers = { Accept = { new("application/x-ndjson") } } };
        var answer = await server.Client.SendAsync(request);
        Assert.Equal("application/x-ndjson", answer.Content.Headers.ContentType?.MediaType);
        var lines = (await answer.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(6, lines.Length);
        Assert.All(lines, line => Assert.True(JsonDocument.Parse(line).RootElement.GetProperty("faceCount").GetInt32() > 0));
    }

    [Theory]
    [InlineData("photos?limit=0")]
    [InlineData("photos?limit=1001")]
    [InlineData("photos?limit=many")]
    [InlineData("photos?after=!!!")]
    [InlineData("photos?after=AAAA")]
    [InlineData("photos?state=lost")]
    [InlineData("faces?after=__________8")]
    [InlineData("failures?limit=-1")]
    [InlineData("photos/1/thumbnail?side=123456")]
    [InlineData("faces/1/crop?side=0")]
    public async Task A_parameter_that_makes_no_sense_is_refused_with_a_sentence(string address)
    {
        var server = shared.Open;
        await RunningServer.Problem(await server.Client.GetAsync(address), 400, "bad-request");
    }

    [Fact]
    public async Task Photos_can_be_listed_by_state()
    {
        var server = shared.Open;
        Assert.Equal(6, (await server.Json("photos?state=searchable")).GetProperty("items").GetArrayLength());
        Assert.Equal(0, (await server.Json("photos?state=noFace")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task A_photo_says_where_it_lies_and_which_faces_it_shows()
    {
        var server = shared.Open;
        var photo = await server.Json("photos/1");
        Assert.Contains(photo.GetProperty("path").GetString()!, Samples.Photos);
        var faces = photo.GetProperty("faces").EnumerateArray().ToList();
        Assert.Equal(photo.GetProperty("faceCount").GetInt32(), faces.Count);
        Assert.All(faces, face => Assert.Equal(1, face.GetProperty("photo").GetInt64()));
        Assert.Equal(faces.Count, (await server.Json("photos/1/faces")).GetProperty("items").GetArrayLength());
        await RunningServer.Problem(await server.Client.GetAsync("photos/999"), 404, "not-found");
        await RunningServer.Problem(await server.Client.GetAsync("photos/999/faces"), 404, "not-found");
    }

    [Fact]
    public async Task An_original_comes_whole_in_ranges_and_not_at_all_when_it_is_known()
    {
        var server = shared.Open;
        var photo = await server.Json("photos/1");
        var bytes = await File.ReadAllBytesAsync(photo.GetProperty("path").GetString()!);

        var whole = await server.Client.GetAsync("photos/1/original");
        Assert.Equal("image/jpeg", whole.Content.Headers.ContentType?.MediaType);
        Assert.Equal(bytes, await whole.Content.ReadAsByteArrayAsync());
        Assert.Equal($"\"{photo.GetProperty("sha256").GetString()}\"", whole.Headers.ETag!.Tag);

        var part = await Get(server, "photos/1/original", request => request.Headers.Range = new RangeHeaderValue(100, 199));
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(bytes[100..200], await part.Content.ReadAsByteArrayAsync());
        Assert.Equal(bytes.Length, part.Content.Headers.ContentRange!.Length);

        var beyond = await Get(server, "photos/1/original", request => request.Headers.Range = new RangeHeaderValue(bytes.Length, null));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.StatusCode);

        var known = await Get(server, "photos/1/original", request => request.Headers.IfNoneMatch.Add(whole.Headers.ETag));
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);

        var stale = await Get(
            server,
            "photos/1/original",
            request =>
            {
                request.Headers.Range = new RangeHeaderValue(0, 9);
                request.Headers.IfRange = new RangeConditionHeaderValue(new EntityTagHeaderValue("\"another\""));
            }
        );
        Assert.Equal(HttpStatusCode.OK, stale.StatusCode);
    }

    [Fact]
    public async Task A_thumbnail_is_webp_of_the_size_asked_for_and_kept_on_disk()
    {
        await using var server = await RunningServer.Start();
        foreach (var side in (int[])[160, 320, 640, 1280])
        {
            var answer = await server.Client.GetAsync($"photos/2/thumbnail?side={side}");
            Assert.Equal("image/webp", answer.Content.Headers.ContentType?.MediaType);
            using var image = NetVips.Image.NewFromBuffer(await answer.Content.ReadAsByteArrayAsync());
            Assert.Equal(side, Math.Max(image.Width, image.Height));
            var known = await Get(
                server,
                $"photos/2/thumbnail?side={side}",
                request => request.Headers.IfNoneMatch.Add(answer.Headers.ETag!)
            );
            Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
        }
        Assert.Equal(
            4,
            Directory.GetFiles(Path.Combine(server.CollectionDirectory, "thumbnails"), "*.webp", SearchOption.AllDirectories).Length
        );
    }

    [Fact]
    public async Task A_face_has_a_crop_and_what_the_network_saw()
    {
        var server = shared.Open;
        using var crop = NetVips.Image.NewFromBuffer(await server.Client.GetByteArrayAsync("faces/1/crop"));
        Assert.Equal((160, 160), (crop.Width, crop.Height));
        using var aligned = NetVips.Image.NewFromBuffer(await server.Client.GetByteArrayAsync("faces/1/aligned"));
        Assert.Equal((112, 112), (aligned.Width, aligned.Height));
        foreach (var address in (string[])["faces/999", "faces/999/crop", "faces/999/aligned"])
            await RunningServer.Problem(await server.Client.GetAsync(address), 404, "not-found");
    }

    [Fact]
    public async Task A_file_with_other_bytes_than_were_indexed_is_never_served()
    {
        await using var server = await RunningServer.Start(samples: false);
        var folder = server.Beside("photos");
        Samples.Pieces(folder, 1);
        var job = await server.Post("jobs", new { kind = "index", folders = new[] { folder } }, 202);
        await JobsTests.End(server, job);
        var file = Directory.GetFiles(folder).Single();
        File.Delete(file);
        File.CreateSymbolicLink(file, "/etc/passwd");
        foreach (var address in (string[])["photos/1/original", "photos/1/thumbnail", "faces/1/crop", "faces/1/aligned"])
            await RunningServer.Problem(await server.Client.GetAsync(address), 410, "photo-gone");
        File.Delete(file);
        await RunningServer.Problem(await server.Client.GetAsync("photos/1/original"), 410, "photo-gone");
    }

    [Fact]
    public async Task Faces_come_in_pages_and_by_whether_they_can_be_recognised()
    {
        var server = shared.Open;
        var all = await server.Json("faces?limit=1000");
        Assert.Equal(all.GetProperty("total").GetInt64(), all.GetProperty("items").GetArrayLength());
        var searchable = await server.Json("faces?searchable=true&limit=1000");
        Assert.All(searchable.GetProperty("items").EnumerateArray(), face => Assert.True(face.GetProperty("searchable").GetBoolean()));
        var first = all.GetProperty("items")[0];
        Assert.Equal(5, first.GetProperty("landmarks").GetArrayLength());
        Assert.Equal(
            first.GetProperty("id").GetInt64(),
            (await server.Json($"faces/{first.GetProperty("id")}")).GetProperty("id").GetInt64()
        );
    }

    private static async Task<HttpResponseMessage> Get(RunningServer server, string address, Action<HttpRequestMessage> change)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        change(request);
        return await server.Client.SendAsync(request);
    }
}
