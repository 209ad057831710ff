using System.CommandLine;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Sosia.Cli.Output;
using Sosia.Server;
using Sosia.Server.Safety;

namespace Sosia.Cli.Commands;

/// <summary><c>sosia serve</c></summary>
internal static class ServeCommand
{
    private static readonly Option<bool> NewKey = new("--new-key") { Description = "Make an API key, print it once, and end" };
    private static readonly Option<int> Port = new("--port") { Description = "Port to listen on (0: a free one)", HelpName = "N", DefaultValueFactory = _ => ServerOptions.DefaultPort };
    private static readonly Option<string> Address = new("--address") { Description = "Address to listen on; others than loopback need a key", HelpName = "IP", DefaultValueFactory = _ => "127.0.0.1" };
    private static readonly Option<string[]> Host = new("--host") { Description = "A name by which browsers reach this server", HelpName = "NAME" };
    private static readonly Option<double> QueryMinutes = new("--query-minutes") { Description = "How long an uploaded photo stays in memory", HelpName = "N", DefaultValueFactory = _ => 30 };
    private static readonly Option<bool> Audit = new("--audit") { Description = "Write down every search, without images, in audit.ndjson" };

    public static Command Create(CancellationToken cancellation)
    {
        var command = new Command("serve", "Open the collection for a browser and for other programs") { NewKey, Port, Address, Host, QueryMinutes, Audit };
        command.SetAction(parsed => Run(parsed, cancellation));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        using var collection = Shared.Open(parsed);
        if (parsed.GetValue(NewKey))
        {
            Console.WriteLine(KeyFile.Make(collection.Directory));
            Console.Error.WriteLine("This is the only time the key is shown. From now on every request to this collection's server needs it; a server that runs must be started again.");
            return ExitCode.Done;
        }
        if (!IPAddress.TryParse(parsed.GetValue(Address), out var address)) throw new ArgumentException($"Expected an IP address to listen on, got '{parsed.GetValue(Address)}'.");
        var app = SosiaServer.Create(collection, new ServerOptions
        {
            Address = address, Port = parsed.GetValue(Port), Hosts = parsed.GetValue(Host) ?? [], Audit = parsed.GetValue(Audit),
            QueryLifetime = TimeSpan.FromMinutes(parsed.GetValue(QueryMinutes)),
        });
        return Serve(app, collection.Directory, cancellation).GetAwaiter().GetResult();
    }

    private static async Task<int> Serve(WebApplication app, string directory, CancellationToken cancellation)
    {
        await using (app)
        {
            await app.StartAsync(cancellation);
            Console.Error.WriteLine($"{Text.Printable(directory)} is open at {string.Join(", ", app.Urls)}; Ctrl-C ends it.");
            await app.WaitForShutdownAsync(cancellation);
        }
        return ExitCode.Done;
    }
}
