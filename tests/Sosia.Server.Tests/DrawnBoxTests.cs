using System.Globalization;
using Sosia.Server.Work;

namespace Sosia.Server.Tests;

/// <summary>Boxes that a client draws, whatever their numbers, and requests that take too long.</summary>
public class DrawnBoxTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Theory, Slow]
    [InlineData("-5e4", "-5e4", "1e5", "1e5")]
    [InlineData("-1e30", "-1e30", "2e30", "2e30")]
    [InlineData("-5e7", "100", "1e8", "200")]
    [InlineData("-100", "-100", "400", "400")]
    [InlineData("100", "100", "1", "1")]
    public async Task A_box_is_clipped_to_the_photo_and_answered(string left, string top, string width, string height)
    {
        var server = shared.Open;
        var query = await server.Upload(Samples.Photos[0]);
        var more = await RunningServer.Body(await Draw(server, query.GetProperty("id").GetString()!, left, top, width, height));
        var box = more.GetProperty("faces").EnumerateArray().Last().GetProperty("box");
        var (wide, high) = (query.GetProperty("width").GetSingle(), query.GetProperty("height").GetSingle());
        var (x, y) = (box.GetProperty("left").GetSingle(), box.GetProperty("top").GetSingle());
        Assert.Equal(Math.Max(0, Number(left)), x, tolerance: 1);
        Assert.Equal(Math.Max(0, Number(top)), y, tolerance: 1);
        Assert.Equal(Math.Min(wide, Number(left) + Number(width)), x + box.GetProperty("width").GetSingle(), tolerance: 1);
        Assert.Equal(Math.Min(high, Number(top) + Number(height)), y + box.GetProperty("height").GetSingle(), tolerance: 1);
    }

    [Theory, Slow]
    [InlineData("0", "0", "0", "5")]
    [InlineData("50", "50", "-40", "-40")]
    [InlineData("10", "10", "0.5", "90")]
    [InlineData("-50", "0", "50.2", "90")]
    [InlineData("1e6", "1e6", "100", "100")]
    [InlineData("0", "0", "1e39", "1e39")]
    [InlineData("-1e39", "0", "1e39", "5")]
    [InlineData("\"NaN\"", "0", "5", "5")]
    [InlineData("null", "0", "5", "5")]
    public async Task A_box_without_area_in_the_photo_is_refused(string left, string top, string width, string height)
    {
        var server = shared.Open;
        var query = await server.Upload(Samples.Photos[0]);
        await RunningServer.Problem(await Draw(server, query.GetProperty("id").GetString()!, left, top, width, height), 400, "bad-request");
    }

    [Fact]
    public async Task A_request_that_runs_out_of_time_is_answered_and_frees_its_place()
    {
        await using var server = await RunningServer.Start(change: options =>
            options with
            {
                Inferences = 1,
                RequestTime = TimeSpan.FromSeconds(1),
            }
        );
        var queue = server.Get<Inferences>().Queue;
        using var release = new ManualResetEventSlim();
        var first = queue.Run(
            ended =>
            {
                release.Wait(ended);
                return 0;
            },
            TestContext.Current.CancellationToken
        );

        var late = await server.Client.PostAsync("queries", RunningServer.Form(Samples.Photos[0])).WaitAsync(Patience);
        await RunningServer.Problem(late, 504, "too-slow");
        release.Set();
        await first;
        await Empties(queue);
    }

    [Fact]
    public async Task Work_that_nobody_wants_any_more_gives_its_thread_back()
    {
        using var queue = new WorkQueue("test", threads: 1, waiting: 1);
        using var gone = new CancellationTokenSource();
        var work = queue.Run(ended => ended.WaitHandle.WaitOne(), gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
        Assert.Equal(1, await queue.Run(_ => 1, TestContext.Current.CancellationToken).WaitAsync(Patience));
    }

    [Fact]
    public async Task Work_in_flight_ends_with_its_queue()
    {
        var queue = new WorkQueue("test", threads: 1, waiting: 1);
        var work = queue.Run<bool>(
            ended =>
            {
                ended.WaitHandle.WaitOne();
                ended.ThrowIfCancellationRequested();
                return true;
            },
            CancellationToken.None
        );
        await Task.Run(queue.Dispose).WaitAsync(Patience);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
    }

    private static async Task Empties(WorkQueue queue)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (queue.Pending > 0)
            await Task.Delay(20, patience.Token);
    }

    private static float Number(string text) => float.Parse(text, CultureInfo.InvariantCulture);

    private static Task<HttpResponseMessage> Draw(RunningServer server, string query, string left, string top, string width, string height)
    {
        var box = $$"""{"left":{{left}},"top":{{top}},"width":{{width}},"height":{{height}} }""";
        var body = new StringContent($$"""{"box":{{box}} }""", null, "application/json");
        return server.Client.PostAsync($"queries/{query}/faces", body).WaitAsync(Patience);
    }
}
