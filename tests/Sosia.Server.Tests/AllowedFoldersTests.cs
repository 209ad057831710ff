using Sosia.Photos.Folders;

namespace Sosia.Server.Tests;

/// <summary>Which folders may be indexed through the server.</summary>
public sealed class AllowedFoldersTests
{
    [Fact]
    public async Task A_folder_is_indexed_where_it_is_allowed_or_known_and_refused_elsewhere_also_through_links()
    {
        await using var server = await RunningServer.Start(samples: false, change: options => options with { Allow = [] });
        var (known, below, beside) = (Make(server, "photos"), Make(server, "photos/below"), Make(server, "beside"));
        File.Copy(Samples.Photos[0], Path.Combine(known, "one.jpg"));
        Directory.CreateSymbolicLink(Path.Combine(known, "out"), beside);
        await Refused(server, known);
        server.Get<Sosia.Collection>().Indexing.Run([known]);

        await Taken(server, known);
        await Taken(server, below);
        await Refused(server, beside);
        await Refused(server, Path.Combine(known, "out"));
        await Refused(server, Path.Combine(known, "out", "not-there"));
        await Refused(server, Path.Combine(known, "..", "beside"));
        await Refused(server, Path.GetDirectoryName(known)!); // holds nothing known itself
        await Refused(server, "/");
        await RunningServer.Problem(await Start(server, Path.Combine(known, "missing")), 422, "no-folder");
    }

    [Fact]
    public async Task An_allowed_folder_is_meant_as_it_is_without_links_and_the_home_directory_is_allowed()
    {
        await using var server = await RunningServer.Start(
            samples: false,
            change: options =>
                options with
                {
                    Allow = [Path.Combine(Path.GetDirectoryName(options.Allow[0])!, "x", "..", Path.GetFileName(options.Allow[0]), "link")],
                }
        );
        var real = Make(server, "real");
        Directory.CreateSymbolicLink(server.Beside("link"), real);
        await Taken(server, real);
        await Taken(server, server.Beside("link"));
        await Refused(server, Make(server, "really")); // begins alike
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        await RunningServer.Problem(await Start(server, Path.Combine(home, "sosia-no-such-folder")), 422, "no-folder");
    }

    [Fact]
    public async Task Links_are_followed_on_every_part_of_a_path_and_circles_end()
    {
        await using var server = await RunningServer.Start(samples: false);
        var real = Make(server, "a/b");
        Directory.CreateSymbolicLink(server.Beside("absolute"), Path.GetDirectoryName(real)!);
        Directory.CreateSymbolicLink(server.Beside("relative"), "absolute");
        Directory.CreateSymbolicLink(server.Beside("round"), "round");
        var root = RealPath.Of(server.Beside("."))!;
        Assert.Equal(Path.Combine(root, "a", "b", "c"), RealPath.Of(server.Beside("relative/b/c")));
        Assert.Equal(Path.Combine(root, "a"), RealPath.Of(server.Beside("absolute/b/../../a")));
        Assert.Null(RealPath.Of(server.Beside("round/b")));
    }

    private static string Make(RunningServer server, string name) => Directory.CreateDirectory(server.Beside(name)).FullName;

    private static Task<HttpResponseMessage> Start(RunningServer server, string folder) =>
        server.Client.PostAsync("jobs", JobsTests.JsonContent(new { kind = "index", folders = new[] { folder } }));

    private static async Task Refused(RunningServer server, string folder)
    {
        var refused = await RunningServer.Problem(await Start(server, folder), 403, "folder-refused");
        Assert.Contains("--allow", refused.GetProperty("detail").GetString());
    }

    private static async Task Taken(RunningServer server, string folder) =>
        await JobsTests.End(server, await RunningServer.Body(await Start(server, folder), 202));
}
