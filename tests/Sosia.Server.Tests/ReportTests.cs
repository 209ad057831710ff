using System.Net;
using System.Text.RegularExpressions;

namespace Sosia.Server.Tests;

/// <summary>The page that an export makes: what it shows, and what it must not tell.</summary>
public sealed partial class ReportTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Name = "sosia-report-test-secret.jpg";

    [Fact]
    public async Task A_report_shows_the_uploaded_bytes_and_never_a_file_of_the_name_they_were_sent_with()
    {
        var server = shared.Open;
        var there = Path.GetFullPath(Name); // in the server's own directory
        try
        {
            using (var secret = NetVips.Image.Black(64, 64) + new double[] { 200, 0, 0 })
                secret.Cast(NetVips.Enums.BandFormat.Uchar).Copy(interpretation: NetVips.Enums.Interpretation.Srgb).Jpegsave(there);
            using var form = new MultipartFormDataContent
            {
                { new ByteArrayContent(await File.ReadAllBytesAsync(Samples.Photos[0])), "photo", Name },
            };
            var query = await RunningServer.Body(await server.Client.PostAsync("queries", form), 201);
            var html = await Html(
                server,
                new { references = new[] { new { query = query.GetProperty("id").GetString() } }, belowThreshold = true }
            );

            var shown = Pictures(html);
            Assert.Equal(7, shown.Count); // the query and the six photos
            using var first = NetVips.Image.NewFromBuffer(shown[0]);
            Assert.Equal(320, Math.Max(first.Width, first.Height)); // the file of that name is smaller
            Assert.Contains(Name, html);
        }
        finally
        {
            File.Delete(there);
        }
    }

    [Fact]
    public async Task A_report_tells_no_path_of_the_server()
    {
        var server = shared.Open;
        var query = await server.Upload(Samples.Photos[1]);
        var uploaded = await Html(
            server,
            new { references = new[] { new { query = query.GetProperty("id").GetString() } }, belowThreshold = true }
        );
        var stored = await Html(server, new { references = new[] { new { photo = 2 } }, belowThreshold = true });
        foreach (var html in (string[])[uploaded, stored])
        {
            Assert.Contains("sample2.jpg", html);
            Assert.DoesNotContain("file:", html);
            Assert.DoesNotContain("href", html);
            foreach (
                var path in (string[])[Environment.CurrentDirectory, server.CollectionDirectory, Path.GetDirectoryName(Samples.Photos[0])!]
            )
                Assert.DoesNotContain(path, html);
        }
    }

    [Fact]
    public async Task A_photo_that_is_gone_leaves_its_line_and_a_name_is_no_HTML()
    {
        await using var server = await RunningServer.Start(samples: false);
        var folder = Directory.CreateDirectory(server.Beside("photos")).FullName;
        var odd = Path.Combine(folder, "<b>&.jpg");
        File.Copy(Samples.Photos[0], odd);
        await JobsTests.End(server, await server.Post("jobs", new { kind = "index", folders = new[] { folder } }, 202));
        File.Delete(odd);
        var html = await Html(server, new { references = new[] { new { photo = 1 } }, belowThreshold = true });
        Assert.Empty(Pictures(html));
        Assert.Equal(3, html.Split("&lt;b&gt;&amp;.jpg").Length); // the query, and the match
        Assert.EndsWith("</html>", html);
    }

    private static async Task<string> Html(RunningServer server, object search)
    {
        var answer = await server.Client.PostAsync("export", JobsTests.JsonContent(new { format = "html", search }));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(answer.Headers.TransferEncodingChunked); // sent as it is made
        return await answer.Content.ReadAsStringAsync();
    }

    private static List<byte[]> Pictures(string html) =>
        [.. Picture().Matches(html).Select(picture => Convert.FromBase64String(picture.Groups[1].Value))];

    [GeneratedRegex("src=\"data:image/webp;base64,([^\"]+)\"")]
    private static partial Regex Picture();
}
