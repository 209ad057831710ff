using System.Net.Sockets;

namespace Sosia.Cli.Tests.Faults;

/// <summary>
/// Clocks that are wrong, time zones that change, disks that can't be written or are gone, few file descriptors, a kind of machine that
/// ONNX Runtime does not know: a right answer or one clear sentence.
/// </summary>
[Slow]
public sealed class OddMachinesTests : IDisposable
{
    private const int Photos = 3;

    private readonly SosiaProgram _sosia = new();

    public OddMachinesTests() => _sosia.PutMany(Photos);

    public void Dispose() => _sosia.Dispose();

    [Fact]
    public void A_clock_that_was_set_back_changes_nothing()
    {
        FaultyDisk.Need();
        Assert.Equal(0, _sosia.Run("index", _sosia.Photos).Code);
        _sosia.PutMany(1, Photos);
        _sosia.Environment.SetClock(-TimeSpan.FromDays(400));
        Assert.Equal((1, Photos), Indexed());
        Assert.Equal(Photos + 1, Found());
        Assert.Equal(0, _sosia.Run("forget", Path.Combine(_sosia.Photos, "0000.jpg")).Code);
        _sosia.Environment.Clear();
        Assert.Equal((0, Photos), Indexed(except: 1));
        Assert.Equal(0, _sosia.Run("verify").Code);
    }

    [Fact]
    public void A_machine_that_has_no_ONNX_Runtime_is_named()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux' cp makes a tree of links.");
        const string real = "{sosia,Sosia.Cli.dll,Microsoft.ML.OnnxRuntime.dll}"; // libraries are looked for where these really lie
        const string copy =
            $"cp -rs $(dirname $SOSIA) copy && cp --remove-destination $(dirname $SOSIA)/{real} copy && find copy -name 'libonnx*' -delete";
        var ran = _sosia.Shell($"{copy} && copy/sosia index {_sosia.Photos}");
        Assert.Equal(2, ran.Code);
        Assert.StartsWith("ONNX Runtime, which runs the networks, has no library here for linux", ran.Sentence);
        Assert.Contains("NO ", _sosia.Shell("copy/sosia doctor").Out);
    }

    [Fact]
    public void Another_time_zone_makes_no_photo_be_read_again()
    {
        _sosia.Environment["TZ"] = "Pacific/Auckland";
        Assert.Equal((Photos, 0), Indexed());
        foreach (var zone in new[] { "America/Los_Angeles", "UTC", "Nowhere/At_All", "Asia/Kathmandu" })
        {
            _sosia.Environment["TZ"] = zone;
            Assert.Equal((0, Photos), Indexed());
        }
    }

    [Fact]
    public void On_a_leap_day_photos_are_indexed_and_found_by_their_day()
    {
        FaultyDisk.Need();
        var noon = new DateTime(2028, 2, 29, 12, 0, 0, DateTimeKind.Utc);
        foreach (var file in Directory.GetFiles(_sosia.Photos))
            File.SetLastWriteTimeUtc(file, noon);
        _sosia.Environment.SetClock(noon.AddHours(2) - TimeProvider.System.GetUtcNow());
        Assert.Equal((Photos, 0), Indexed());
        Assert.Equal(Photos, Found("--from", "2028-02-29", "--to", "2028-02-29"));
        Assert.Equal(0, Found("--from", "2028-03-01"));
        Assert.Equal(0, Found("--to", "2028-02-28"));
        var none = _sosia.Run("search", AnyPhoto, "--from", "2027-02-29");
        Assert.Equal(2, none.Code);
        Assert.Contains("2027-02-29", none.Sentence);
    }

    [Fact]
    public void On_a_disk_that_cannot_be_written_searches_answer_and_an_index_says_so()
    {
        Assert.Equal(0, _sosia.Run("index", _sosia.Photos).Code);
        _sosia.PutMany(1, Photos);
        const string ReadOnly = "unshare -rm sh -c 'mount --rbind data data && mount -o remount,ro,bind data && ";
        Assert.SkipUnless(_sosia.Shell($"{ReadOnly}true'").Code == 0, "No file system can be mounted here.");
        var found = _sosia.Shell($"{ReadOnly}$SOSIA search {AnyPhoto} --threshold -1 --json'");
        Assert.Equal((0, Photos), (found.Code, found.Json.GetProperty("matches").GetArrayLength()));
        Assert.Equal(0, _sosia.Shell($"{ReadOnly}$SOSIA verify'").Code);
        var refused = _sosia.Shell($"{ReadOnly}$SOSIA index photos'");
        Assert.Equal(2, refused.Code);
        Assert.Contains("can be written", refused.Sentence);
    }

    [Fact]
    public void A_folder_whose_disk_is_gone_loses_no_photo()
    {
        Assert.Equal(0, _sosia.Run("index", _sosia.Photos).Code);
        Directory.Move(_sosia.Photos, _sosia["elsewhere"]);
        var missing = _sosia.Run("index", _sosia.Photos);
        Assert.NotEqual(0, missing.Code);
        Assert.Contains($"{Photos} of {Photos} photos are no longer where they were", missing.Sentence);
        Directory.CreateDirectory(_sosia.Photos); // the place where it is mounted
        _sosia.Run("index", _sosia.Photos);
        Assert.Equal(Photos, _sosia.Ask("status", "--json").Json.GetProperty("photos").GetProperty("searchable").GetInt32());
        Directory.Delete(_sosia.Photos);
        Directory.Move(_sosia["elsewhere"], _sosia.Photos);
        Assert.Equal((0, Photos), Indexed());
    }

    [Fact]
    public async Task With_300_file_descriptors_all_is_indexed_and_a_server_that_ran_out_of_them_answers_again()
    {
        _sosia.PutMany(100, Photos);
        Assert.Equal(0, _sosia.Shell("ulimit -n 300; $SOSIA index photos && $SOSIA search photos/0000.jpg --threshold 0.4").Code);

        using var server = _sosia.Start("bash", "-c", "ulimit -n 300; exec $SOSIA serve --port 0");
        try
        {
            using var client = await Served.Client(server);
            var crowd = new List<TcpClient>();
            for (var i = 0; i < 400; i++)
            {
                var one = new TcpClient();
                await one.ConnectAsync("127.0.0.1", client.BaseAddress!.Port, TestContext.Current.CancellationToken);
                crowd.Add(one);
            }
            crowd.ForEach(one => one.Dispose());
            Assert.Contains("live", await client.GetStringAsync("/api/v1/health/live", TestContext.Current.CancellationToken));
            Assert.Contains(
                $"\"total\":{Photos + 100}",
                await client.GetStringAsync("/api/v1/photos", TestContext.Current.CancellationToken)
            );
            Assert.Equal(0, await Served.Interrupt(server));
        }
        finally
        {
            if (!server.HasExited)
                server.Kill();
        }
    }

    private string AnyPhoto => Path.Combine(_sosia.Photos, "0001.jpg");

    /// <summary>Photos that a run read, and those that it knew.</summary>
    /// <param name="except">Files that it passes over, such as those of forgotten photos.</param>
    private (int Read, int Known) Indexed(int except = 0)
    {
        var ran = _sosia.Run("index", _sosia.Photos, "--json");
        Assert.True(ran.Code == 0, ran.Error);
        var summary = ran.JsonLines[^1];
        return (summary.GetProperty("photos").GetInt32(), summary.GetProperty("skipped").GetInt32() - except);
    }

    private int Found(params string[] more)
    {
        var ran = _sosia.Run(["search", AnyPhoto, "--threshold", "-1", "--json", .. more]);
        Assert.InRange(ran.Code, 0, 1);
        return ran.Json.GetProperty("matches").GetArrayLength();
    }
}
