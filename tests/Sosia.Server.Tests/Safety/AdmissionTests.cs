using System.Net;
using NetVips;
using Sosia.Server.Errors;
using Sosia.Server.Safety.Admission;

namespace Sosia.Server.Tests.Safety;

/// <summary>What is refused before it takes memory, and that nobody waits for another's disk.</summary>
public class AdmissionTests
{
    [Fact]
    public async Task Memory_for_bodies_is_given_in_order_and_never_more_than_there_is()
    {
        var budget = new BodyBudget(new ServerOptions { BodyMemory = 100 });
        var first = await budget.TakeAsync(70, CancellationToken.None);
        var second = budget.TakeAsync(60, CancellationToken.None);
        var third = budget.TakeAsync(10, CancellationToken.None); // would fit, and waits behind the second
        Assert.False(second.IsCompleted || third.IsCompleted);
        using var stop = new CancellationTokenSource();
        var fourth = budget.TakeAsync(1_000_000, stop.Token); // more than there is counts as all
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fourth);
        first.Dispose();
        first.Dispose();
        (await second).Dispose();
        (await third).Dispose();
        Assert.Equal(0, budget.Used);
        using var all = await budget.TakeAsync(1_000_000, CancellationToken.None);
        Assert.Equal(100, budget.Used);
    }

    [Fact]
    public async Task Beyond_a_few_who_wait_more_are_told_to_come_again()
    {
        var budget = new BodyBudget(new ServerOptions { BodyMemory = 100 });
        using var all = await budget.TakeAsync(100, CancellationToken.None);
        var waiting = Enumerable.Range(0, 64).Select(_ => budget.TakeAsync(1, CancellationToken.None)).ToArray();
        var refused = await Assert.ThrowsAsync<ProblemException>(() => budget.TakeAsync(1, CancellationToken.None));
        Assert.Equal(429, refused.Status);
        all.Dispose();
        foreach (var taken in await Task.WhenAll(waiting))
            taken.Dispose();
        Assert.Equal(0, budget.Used);
    }

    [Theory]
    [InlineData("search"), InlineData("why"), InlineData("export"), InlineData("forget"), InlineData("jobs")]
    public async Task Json_of_more_than_a_mebibyte_is_refused(string path)
    {
        await using var server = await RunningServer.Start();
        await RunningServer.Problem(await server.Client.PostAsync(path, Spaces(1_100_000)), 413, "too-large");
        Assert.NotEqual(HttpStatusCode.RequestEntityTooLarge, (await server.Client.PostAsync(path, Spaces(900_000))).StatusCode);
    }

    [Fact]
    public async Task An_upload_of_too_many_pixels_is_refused_by_its_header()
    {
        await using var server = await RunningServer.Start(change: options => options with { MaxUploadPixels = 1_000_000 });
        using var wide = Image.Black(2000, 1000) + 7;
        await RunningServer.Problem(await Upload(server, wide.Cast(Enums.BandFormat.Uchar).PngsaveBuffer()), 422, "unreadable");
        Assert.Equal(
            HttpStatusCode.Created,
            (await Upload(server, wide.Crop(0, 0, 1000, 1000).Cast(Enums.BandFormat.Uchar).PngsaveBuffer())).StatusCode
        );
    }

    [Fact]
    public async Task A_progressive_upload_counts_with_its_coefficients()
    {
        await using var server = await RunningServer.Start(change: options => options with { MaxUploadMemory = 10_000_000 });
        using var picture = (Image.Black(3000, 2000, bands: 3) + new[] { 90.0, 120, 60 }).Cast(Enums.BandFormat.Uchar);
        using var small = picture.Crop(0, 0, 600, 400);
        var refused = await RunningServer.Problem(await Upload(server, picture.JpegsaveBuffer(interlace: true)), 422, "unreadable");
        Assert.Equal("overLimit", refused.GetProperty("reason").GetString());
        Assert.Equal(HttpStatusCode.Created, (await Upload(server, small.JpegsaveBuffer(interlace: true))).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await Upload(server, picture.JpegsaveBuffer())).StatusCode); // decoded in strips
    }

    [Fact, Slow]
    public async Task While_the_catalogue_is_overwritten_every_route_answers()
    {
        await using var server = await RunningServer.Start();
        using var writer = new Sosia.Catalogue.Sqlite.SqliteCatalogueStore(server.CollectionDirectory).OpenWriter();
        using var transaction = Locked(server.CollectionDirectory); // as while a large file is overwritten
        var forgetting = server.Client.DeleteAsync("photos/6");
        foreach (
            var path in (string[])
                ["jobs", "photos/1", "photos/1/thumbnail", "collections/current", "health/ready", "session", "search?photo=1"]
        )
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            Assert.Equal((path, HttpStatusCode.OK), (path, (await server.Client.GetAsync(path, soon.Token)).StatusCode));
        }
        Assert.False(forgetting.IsCompleted);
    }

    [Fact]
    public async Task A_small_picture_that_takes_too_long_is_given_up()
    {
        await using var server = await RunningServer.Start(change: options => options with { PictureTime = TimeSpan.FromMilliseconds(1) });
        await RunningServer.Problem(await server.Client.GetAsync("photos/1/thumbnail?side=1280"), 504, "too-slow");
    }

    private static Microsoft.Data.Sqlite.SqliteConnection Locked(string collection)
    {
        var connection = new Microsoft.Data.Sqlite.SqliteConnection(
            $"Data Source={Path.Combine(collection, "catalogue.db")};Pooling=False"
        );
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        command.ExecuteNonQuery();
        return connection;
    }

    private static StringContent Spaces(int count) => new(new string(' ', count) + "{}", null, "application/json");

    private static Task<HttpResponseMessage> Upload(RunningServer server, byte[] bytes) =>
        server.Client.PostAsync("queries", new MultipartFormDataContent { { new ByteArrayContent(bytes), "photo", "a.jpg" } });
}
