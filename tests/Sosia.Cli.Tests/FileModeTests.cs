using System.Runtime.Versioning;

namespace Sosia.Cli.Tests;

/// <summary>What Sosia keeps is its owner's alone, whatever the umask; what a user names follows the umask.</summary>
[UnsupportedOSPlatform("windows")]
[Slow]
public sealed class FileModeTests : IDisposable
{
    private const UnixFileMode OfFile = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        OfDirectory = OfFile | UnixFileMode.UserExecute;

    private readonly SosiaProgram _sosia = new();

    public FileModeTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        Directory.Delete(_sosia["data"], recursive: true); // with the link to the other tests' cache: here everything is made
    }

    public void Dispose() => _sosia.Dispose();

    [Theory]
    [InlineData("000")]
    [InlineData("0777")]
    public async Task Every_file_that_is_kept_is_its_owners_alone(string umask)
    {
        _sosia.PutMany(3);
        Kept(umask, "serve --new-key");
        File.Delete(Path.Combine(_sosia.Collection, "server.keys")); // the server below is asked with its token
        Kept(umask, "index photos --look");
        Kept(umask, "search photos/0000.jpg --threshold -1");
        Kept(umask, "demo");
        await Serve(umask);
        Kept(umask, "forget photos/0001.jpg");
        Kept(umask, "search photos/0000.jpg --threshold -1");
        foreach (var name in (string[])["catalogue.db", "audit.ndjson", "thumbnails", "crops", "indexes", "writer.lock"])
            Assert.True(Path.Exists(Path.Combine(_sosia.Collection, name)), name);
        Assert.NotEmpty(Directory.GetFiles(_sosia["data/sosia/cache/models"]));
    }

    [Fact]
    public void What_was_left_open_is_closed_when_the_collection_is_opened_again()
    {
        _sosia.PutMany(2);
        _sosia.Run("index", _sosia.Photos);
        _sosia.Run("search", Path.Combine(_sosia.Photos, "0000.jpg"), "--threshold", "-1", "--html", _sosia["page.html"]);
        _sosia.Shell("chmod -R a+rwX data/sosia");
        Kept("022", "status");
        File.SetUnixFileMode(Path.Combine(_sosia.Collection, "catalogue.db"), OfFile | UnixFileMode.OtherRead);
        File.SetUnixFileMode(
            Path.Combine(_sosia.Collection, "thumbnails"),
            OfDirectory | UnixFileMode.OtherRead | UnixFileMode.OtherExecute
        );
        Kept("022", "status");
    }

    [Fact]
    public void A_directory_in_which_other_files_lie_stays_as_it_is_and_only_what_is_kept_is_closed()
    {
        _sosia.PutMany(1);
        const UnixFileMode Open = OfDirectory | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
        File.SetUnixFileMode(_sosia.Photos, Open);
        foreach (var _ in (int[])[1, 2])
            _sosia.Run("index", _sosia.Photos, "--collection", _sosia.Photos);
        Assert.Equal(Open, File.GetUnixFileMode(_sosia.Photos));
        Assert.Equal(OfFile, File.GetUnixFileMode(Path.Combine(_sosia.Photos, "catalogue.db")));
    }

    [Theory]
    [InlineData("022", OfFile | UnixFileMode.GroupRead | UnixFileMode.OtherRead)]
    [InlineData("077", OfFile)]
    public void What_a_user_names_follows_the_umask(string umask, UnixFileMode expected)
    {
        _sosia.PutMany(2);
        _sosia.Run("index", _sosia.Photos);
        _sosia.Shell(
            $"umask {umask}; $SOSIA search photos/0000.jpg --threshold -1 --html page.html; for kind in csv zip html; do $SOSIA export "
                + "photos/0000.jpg --threshold -1 --out found.$kind; done"
        );
        Assert.All(
            (string[])["page.html", "found.csv", "found.zip", "found.html"],
            name => Assert.Equal(expected, File.GetUnixFileMode(_sosia[name]))
        );
    }

    /// <summary>Asks the server for what it keeps: thumbnails, crops, the audit log.</summary>
    private async Task Serve(string umask)
    {
        using var server = _sosia.Start("bash", "-c", $"umask {umask}; exec $SOSIA serve --port 0 --audit");
        using var client = await Served.Client(server);
        foreach (var address in (string[])["photos/1/thumbnail", "faces/1/crop", "search?face=1"])
            Assert.True((await client.GetAsync($"/api/v1/{address}")).IsSuccessStatusCode, address);
        CheckKept("serve");
        Assert.Equal(0, await Served.Interrupt(server));
        CheckKept("serve, ended");
    }

    private void Kept(string umask, string command)
    {
        var ran = _sosia.Shell($"umask {umask}; $SOSIA {command}");
        Assert.True(ran.Code is 0 or 1, $"{command}: {ran.Code}\n{ran.Error}");
        CheckKept(command);
    }

    private void CheckKept(string after)
    {
        string[] kept = [_sosia["data/sosia"], .. Directory.GetFileSystemEntries(_sosia["data/sosia"], "*", SearchOption.AllDirectories)];
        Assert.True(kept.Length >= 3, after); // at least the directory, the collection, and something in it
        Assert.All(
            kept,
            path => Assert.Equal((after, path, Directory.Exists(path) ? OfDirectory : OfFile), (after, path, File.GetUnixFileMode(path)))
        );
    }
}
