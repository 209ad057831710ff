using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Sosia.Hosting;
using Sosia.Vectors.Files;

namespace Sosia.Cli.Output;

/// <summary>
/// Opens a page in the user's browser. The address carries what opens the server, and every user of the machine may read the arguments of
/// every process: so the browser is given a file that only its owner may read, and that leads to the address.
/// </summary>
internal sealed class Browser : IDisposable
{
    private readonly string _file;

    private Browser(string file) => _file = file;

    /// <summary>Opens the page, or says on standard error why not; the file is there until this is disposed.</summary>
    public static Browser Open(Uri address)
    {
        var browser = new Browser(Path.Combine(UserDirectories.Default.Data, $"open-{Environment.ProcessId}.html"));
        try
        {
            var page = Encoding.UTF8.GetBytes(
                $"""
                <!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer">
                <meta http-equiv="refresh" content="0;url={address}">
                <title>Sosia</title><p>If nothing happens, <a href="{address}">open Sosia</a>.</p>
                """
            );
            DerivedFile.Write(browser._file, stream => stream.Write(page), isPrivate: true);
            _ = Start(browser._file);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            SayNone(refused.Message);
        }
        return browser;
    }

    public void Dispose()
    {
        try
        {
            File.Delete(_file);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // It opens nothing any more: the token went with the server.
        }
    }

    private static async Task Start(string file)
    {
        var program =
            OperatingSystem.IsWindows() ? file
            : OperatingSystem.IsMacOS() ? "open"
            : "xdg-open";
        var start = new ProcessStartInfo(program) { UseShellExecute = OperatingSystem.IsWindows() };
        if (!OperatingSystem.IsWindows())
            start.ArgumentList.Add(file);
        try
        {
            using var process = Process.Start(start);
            if (process is null)
                return; // a browser that ran already took it
            await process.WaitForExitAsync();
            if (process.ExitCode != 0)
                SayNone($"{program} found none");
        }
        catch (Exception missing) when (missing is Win32Exception or FileNotFoundException)
        {
            SayNone($"{program} is missing");
        }
    }

    private static void SayNone(string why) =>
        Console.Error.WriteLine($"No browser was opened ({Text.Printable(why)}): open the address above yourself.");
}
