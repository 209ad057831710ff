using System.Net;
using System.Net.Http.Json;
using System.Runtime.Versioning;

namespace Sosia.Cli.Tests;

/// <summary>serve lets nobody in by accident, and ends when it is asked to.</summary>
[Slow]
public sealed class ServeSafetyTests : IDisposable
{
    private readonly SosiaProgram _sosia = new();

    public void Dispose() => _sosia.Dispose();

    [Fact]
    public async Task Ctrl_C_ends_serve_while_a_box_far_beyond_the_photo_is_worked_on()
    {
        using var server = _sosia.Start("serve", "--port", "0");
        using var client = await Served.Client(server);
        using var form = new MultipartFormDataContent { { new ByteArrayContent(Portraits.Of(1)), "photo", "one.jpg" } };
        var query = await (await client.PostAsync("/api/v1/queries", form)).Content.ReadFromJsonAsync<System.Text.Json.JsonElement>();
        var drawn = client.PostAsJsonAsync(
            $"/api/v1/queries/{query.GetProperty("id").GetString()}/faces",
            new
            {
                box = new
                {
                    left = -5e4,
                    top = -5e4,
                    width = 1e5,
                    height = 1e5,
                },
            }
        );
        await Task.WhenAny(drawn, Task.Delay(500)); // it is being worked on, or done
        Assert.Equal(0, await Served.Interrupt(server));
        await Task.WhenAny(drawn);
    }

    [Fact]
    public async Task Ctrl_C_ends_serve_while_it_indexes_and_keeps_what_was_committed()
    {
        _sosia.PutMany(200);
        using var server = _sosia.Start("serve", "--port", "0", "--allow", _sosia.Photos);
        using var client = await Served.Client(server);
        Assert.Equal(
            HttpStatusCode.Accepted,
            (await client.PostAsJsonAsync("/api/v1/jobs", new { kind = "index", folders = new[] { _sosia.Photos } })).StatusCode
        );
        while ((await client.GetStringAsync("/api/v1/jobs")).Contains("\"done\":0,", StringComparison.Ordinal))
            await Task.Delay(20);
        Assert.Equal(0, await Served.Interrupt(server));
        Assert.True(_sosia.Run("status", "--json").Json.GetProperty("photos").GetProperty("searchable").GetInt32() > 0);
        Assert.Equal(0, _sosia.Run("verify").Code);
    }

    [Fact]
    public async Task The_page_indexes_what_was_allowed_and_nothing_else()
    {
        _sosia.PutMany(1);
        var other = Directory.CreateDirectory(_sosia["other"]).FullName;
        using var server = _sosia.Start("serve", "--port", "0", "--allow", "photos");
        using var client = await Served.Client(server);
        foreach (
            var (folder, expected) in ((string, HttpStatusCode)[])
                [(other, HttpStatusCode.Forbidden), (_sosia.Photos, HttpStatusCode.Accepted)]
        )
            Assert.Equal(
                expected,
                (await client.PostAsJsonAsync("/api/v1/jobs", new { kind = "index", folders = new[] { folder } })).StatusCode
            );
        Assert.Equal(0, await Served.Interrupt(server));
        Assert.Contains("There is no folder", _sosia.Run("serve", "--port", "0", "--allow", "nowhere").Sentence);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task The_browser_is_given_a_file_that_only_its_owner_may_read_and_no_token_in_its_arguments()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the browser is opened by another program.");
        var programs = Directory.CreateDirectory(_sosia["programs"]).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(programs, "xdg-open"),
            $"#!/bin/sh\nprintf '%s' \"$1\" > {_sosia["argument"]}.new\nmv {_sosia["argument"]}.new {_sosia["argument"]}\n"
        );
        File.SetUnixFileMode(Path.Combine(programs, "xdg-open"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _sosia.Environment["PATH"] = $"{programs}:{System.Environment.GetEnvironmentVariable("PATH")}";
        using var server = _sosia.Start("serve", "--port", "0", "--open");
        var page = await Served.Address(server);
        while (!File.Exists(_sosia["argument"]))
            await Task.Delay(20);
        var file = await File.ReadAllTextAsync(_sosia["argument"]);
        Assert.Contains($"url={page}", await File.ReadAllTextAsync(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.DoesNotContain("token", file);
        Assert.Equal(0, await Served.Interrupt(server));
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task Without_a_browser_serve_says_so_and_goes_on()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the browser is opened by another program.");
        _sosia.Environment["PATH"] = Directory.CreateDirectory(_sosia["programs"]).FullName;
        using var server = _sosia.Start("serve", "--port", "0", "--open");
        using var client = await Served.Client(server);
        Assert.Equal(
            "No browser was opened (xdg-open is missing): open the address above yourself.",
            await server.StandardError.ReadLineAsync()
        );
        Assert.Contains("live", await client.GetStringAsync("/api/v1/health/live"));
        Assert.Equal(0, await Served.Interrupt(server));
    }
}
