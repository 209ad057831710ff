using System.CommandLine;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Sosia.Cli.Output;
using Sosia.Server;
using Sosia.Server.Safety;

namespace Sosia.Cli.Commands.Everyday;

/// <summary><c>sosia serve</c></summary>
internal static class ServeCommand
{
    /// <summary>How long work in flight may take to end after the server has stopped.</summary>
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(5);

    private static readonly Option<bool> NewKey = new("--new-key") { Description = "Make an API key, print it once, and end" };
    private static readonly Option<int> Port = new("--port")
    {
        Description = "Port to listen on (0: a free one)",
        HelpName = "N",
        DefaultValueFactory = _ => ServerOptions.DefaultPort,
    };
    private static readonly Option<string> Address = new("--address")
    {
        Description = "Address to listen on; others than loopback need a key",
        HelpName = "IP",
        DefaultValueFactory = _ => "127.0.0.1",
    };
    private static readonly Option<string[]> Host = new("--host")
    {
        Description = "A name by which browsers reach this server",
        HelpName = "NAME",
    };
    private static readonly Option<string[]> Allow = new("--allow")
    {
        Description = "A folder that may be indexed from the page, beside your home and the folders that the collection knows",
        HelpName = "DIR",
    };
    private static readonly Option<bool> OpenBrowser = new("--open") { Description = "Open the page in the browser" };
    private static readonly Option<double> QueryMinutes = new("--query-minutes")
    {
        Description = "How long an uploaded photo stays in memory",
        HelpName = "N",
        DefaultValueFactory = _ => 30,
    };
    private static readonly Option<bool> Audit = new("--audit")
    {
        Description = "Write down every search, without images, in audit.ndjson",
    };

    public static Command Create(CancellationToken cancellation)
    {
        var command = new Command("serve", "Open the collection for a browser and for other programs")
        {
            NewKey,
            Port,
            Address,
            Host,
            Allow,
            OpenBrowser,
            QueryMinutes,
            Audit,
        };
        command.SetAction(parsed => Run(parsed, cancellation));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var collection = Shared.Open(parsed);
        if (parsed.GetValue(NewKey))
        {
            using (collection)
                Console.WriteLine(KeyFile.Make(collection.Directory));
            Console.Error.WriteLine(
                "This is the only time the key is shown. From now on every request to this collection's server needs it; a server that "
                    + "runs must be started again."
            );
            return ExitCode.Done;
        }
        return Serve(collection, Options(parsed), parsed.GetValue(OpenBrowser), cancellation).GetAwaiter().GetResult();
    }

    private static ServerOptions Options(ParseResult parsed)
    {
        if (!IPAddress.TryParse(parsed.GetValue(Address), out var address))
            throw new ArgumentException($"Expected an IP address to listen on, got '{parsed.GetValue(Address)}'.");
        string[] allow = [.. (parsed.GetValue(Allow) ?? []).Select(Path.GetFullPath)];
        if (Array.Find(allow, folder => !Directory.Exists(folder)) is { } missing)
            throw new ArgumentException($"There is no folder {missing} to allow; check the name, or that its disk is mounted.");
        return new ServerOptions
        {
            Address = address,
            Port = parsed.GetValue(Port),
            Hosts = parsed.GetValue(Host) ?? [],
            Allow = allow,
            Audit = parsed.GetValue(Audit),
            QueryLifetime = TimeSpan.FromMinutes(parsed.GetValue(QueryMinutes)),
        };
    }

    private static async Task<int> Serve(Collection collection, ServerOptions options, bool open, CancellationToken cancellation)
    {
        WebApplication? app = null;
        try
        {
            app = SosiaServer.Create(collection, options);
            await app.StartAsync(cancellation);
            var addresses = SosiaServer.PageAddresses(app);
            Console.Error.WriteLine($"{Text.Printable(collection.Directory)} is open until Ctrl-C at {string.Join(" and ", addresses)}");
            using var browser = open ? Browser.Open(addresses[0]) : null;
            await app.WaitForShutdownAsync(cancellation);
            return ExitCode.Done;
        }
        finally
        {
            await End(app, collection);
        }
    }

    /// <summary>
    /// Waits for work in flight, because it uses what is disposed here. What does not look at its token for too long is cut off with the
    /// process.
    /// </summary>
    private static async Task End(WebApplication? app, Collection collection)
    {
        var ended = Task.Run(async () =>
        {
            if (app is not null)
                await app.DisposeAsync();
            collection.Dispose();
        });
        if (await Task.WhenAny(ended, Task.Delay(EndTime)) != ended)
        {
            Console.Error.WriteLine("Work in flight did not end in time and is cut off; what was committed is kept.");
            Environment.Exit(ExitCode.Done);
        }
        await ended;
    }
}
