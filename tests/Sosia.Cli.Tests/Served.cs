using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Sosia.Cli.Tests;

/// <summary>A running <c>sosia serve</c>, seen from outside.</summary>
internal static partial class Served
{
    /// <summary>The address that it prints, with its token.</summary>
    public static async Task<Uri> Address(Process server)
    {
        var line = await server.StandardError.ReadLineAsync() ?? "";
        var found = Printed().Match(line);
        Assert.True(found.Success, line);
        return new Uri(found.Value);
    }

    /// <summary>A program that uses the API with the token.</summary>
    public static async Task<HttpClient> Client(Process server)
    {
        var page = await Address(server);
        return new HttpClient
        {
            BaseAddress = new Uri(page, "/"),
            DefaultRequestHeaders = { Authorization = new("Bearer", page.Query["?token=".Length..]) },
        };
    }

    public static async Task<int> Interrupt(Process server)
    {
        server.Send(Signal.Interrupt);
        await server.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        return server.ExitCode;
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+/\?token=[0-9a-f]{48}$")]
    private static partial Regex Printed();
}
