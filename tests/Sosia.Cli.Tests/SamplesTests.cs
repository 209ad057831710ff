using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace Sosia.Cli.Tests;

/// <summary>The programs in samples/ do what they show.</summary>
public sealed class SamplesTests : IDisposable
{
    private readonly SosiaProgram _sosia = new();
    private readonly string _query;

    public SamplesTests()
    {
        _sosia.PutMany(5);
        _query = _sosia.Put("again.jpg", Portraits.Again(1));
        _sosia.Put("broken.jpg", [0xFF, 0xD8, 1, 2, 3]);
    }

    public void Dispose() => _sosia.Dispose();

    [Fact]
    public void A_folder_is_searched_for_a_person_and_broken_files_are_listed()
    {
        var ran = SosiaProgram.End(Start("SearchFolder", _sosia.Photos, _query));
        Assert.True(ran.Code == 0, ran.Error);
        Assert.Contains("0001.jpg", ran.Out);
        Assert.Contains("broken.jpg: ", ran.Error);
        Assert.Equal(2, SosiaProgram.End(Start("SearchFolder")).Code);
    }

    [Fact]
    public void Rows_that_are_drawn_have_themselves_as_the_nearest()
    {
        var ran = SosiaProgram.End(Start("NearestRows"));
        Assert.True(ran.Code == 0, ran.Error);
        Assert.Equal("42  0.0000", ran.Out.Split('\n')[0].Replace("-", "", StringComparison.Ordinal));
        Assert.Equal(5, ran.Out.Trim().Split('\n').Length);
    }

    [Fact]
    public async Task An_endpoint_finds_who_is_on_an_uploaded_photo()
    {
        using var endpoint = Start("SearchEndpoint", "--folder", _sosia.Photos, "--urls", "http://127.0.0.1:0");
        try
        {
            const string listening = "Now listening on: ";
            string? line;
            while (
                (line = await endpoint.StandardOutput.ReadLineAsync()) is not null && !line.Contains(listening, StringComparison.Ordinal)
            ) { }
            Assert.NotNull(line);
            using var client = new HttpClient
            {
                BaseAddress = new Uri(line[(line.IndexOf(listening, StringComparison.Ordinal) + listening.Length)..]),
            };
            using var found = await client.PostAsync("/search", new ByteArrayContent(await File.ReadAllBytesAsync(_query)));
            var matches = await found.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Contains(matches.EnumerateArray(), match =>
                match.GetProperty("path").GetString()!.EndsWith("0001.jpg", StringComparison.Ordinal)
            );
            using var refused = await client.PostAsync("/search", new ByteArrayContent([1, 2, 3]));
            Assert.Equal(400, (int)refused.StatusCode);
            Assert.Equal("Healthy", await client.GetStringAsync("/health"));
        }
        finally
        {
            endpoint.Kill();
            await endpoint.WaitForExitAsync();
        }
    }

    private static Process Start(string sample, params string[] arguments)
    {
        var program = Path.Combine(PackagesTests.Packages.Root, "artifacts", "bin", sample, "debug", sample);
        return Process.Start(
            new ProcessStartInfo(OperatingSystem.IsWindows() ? program + ".exe" : program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
    }
}
