using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Hosting;
using Sosia.Cli.Output;
using Sosia.Server;
using Sosia.Server.Safety.Keys;
using Sosia.Server.Safety.Transport;

namespace Sosia.Cli.Commands.Everyday;

/// <summary><c>sosia serve</c></summary>
internal static class ServeCommand
{
    /// <summary>How long work in flight may take to end after the server has stopped.</summary>
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(5);

    private static readonly Option<bool> NewKey = new("--new-key")
    {
        Description = "Make an API key that may manage, print it once, and end (`sosia keys` makes others)",
    };
    private static readonly Option<int> Port = new("--port")
    {
        Description = "Port to listen on (0: a free one)",
        HelpName = "N",
        DefaultValueFactory = _ => ServerOptions.DefaultPort,
    };
    private static readonly Option<string> Address = new("--address")
    {
        Description = "Address to listen on; others than loopback need a key, and TLS",
        HelpName = "IP",
        DefaultValueFactory = _ => "127.0.0.1",
    };
    private static readonly Option<string?> Certificate = new("--certificate")
    {
        Description = $"Speak TLS with this certificate: PEM, or PFX with its password in {ServerCertificate.PasswordVariable}",
        HelpName = "FILE",
    };
    private static readonly Option<string?> CertificateKey = new("--certificate-key")
    {
        Description = "The certificate's private key (PEM), where it stands in a file of its own",
        HelpName = "FILE",
    };
    private static readonly Option<string[]> BehindProxy = new("--behind-proxy")
    {
        Description = "Answer this proxy, and believe what it says of who asks",
        HelpName = "IP",
    };
    private static readonly Option<string?> PublicUrl = new("--public-url")
    {
        Description = "The address at which the proxy gives this server to the world, as https://photos.example/sosia",
        HelpName = "URL",
    };
    private static readonly Option<bool> Insecure = new("--insecure")
    {
        Description = "Let others reach the server without TLS, on a network that you trust",
    };
    private static readonly Option<string[]> FormerHost = new("--host") { Hidden = true };
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
        Description = "Write down who asks what, without images, in audit.ndjson",
    };

    public static Command Create(CancellationToken cancellation)
    {
        var command = new Command("serve", "Open the collection for a browser and for other programs")
        {
            NewKey,
            StoreOptions.Where,
            Port,
            Address,
            Certificate,
            CertificateKey,
            BehindProxy,
            PublicUrl,
            Insecure,
            FormerHost,
            Allow,
            OpenBrowser,
            QueryMinutes,
            Audit,
        };
        command.SetAction(parsed => Run(parsed, cancellation));
        return command.OfCollection().WithNetworks();
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var collection = Shared.Open(parsed);
        if (parsed.GetValue(NewKey))
        {
            using (collection)
                Console.WriteLine(
                    new KeyStore(collection.Directory).Add(KeyStore.FirstName, Scope.Manage, TimeProvider.System.GetUtcNow(), replace: true)
                );
            Console.Error.WriteLine(
                "This is the only time the key is shown. From now on every request to this collection's server needs a key."
            );
            return ExitCode.Done;
        }
        return Serve(collection, Options(parsed), parsed.GetValue(OpenBrowser), cancellation).GetAwaiter().GetResult();
    }

    private static ServerOptions Options(ParseResult parsed)
    {
        if (parsed.GetValue(FormerHost) is { Length: > 0 })
            throw new ArgumentException(
                "There is no --host any more: --address ADDRESS says where to listen, and --public-url URL by which name browsers come."
            );
        var address = AddressOf(parsed.GetValue(Address), "to listen on");
        if (parsed.GetValue(CertificateKey) is not null && parsed.GetValue(Certificate) is null)
            throw new ArgumentException("--certificate-key belongs to --certificate FILE, which is missing.");
        string[] allow = [.. (parsed.GetValue(Allow) ?? []).Select(Path.GetFullPath)];
        if (Array.Find(allow, folder => !Directory.Exists(folder)) is { } missing)
            throw new ArgumentException($"There is no folder {missing} to allow; check the name, or that its disk is mounted.");
        return new ServerOptions
        {
            Address = address,
            Port = parsed.GetValue(Port),
            Certificate = parsed.GetValue(Certificate) is { } file
                ? ServerCertificate.Read(file, parsed.GetValue(CertificateKey), TimeProvider.System.GetUtcNow())
                : null,
            BehindProxy = [.. (parsed.GetValue(BehindProxy) ?? []).Select(proxy => AddressOf(proxy, "of a proxy"))],
            PublicUrl = parsed.GetValue(PublicUrl) is { } url ? UrlOf(url) : null,
            Insecure = parsed.GetValue(Insecure),
            Allow = allow,
            Audit = parsed.GetValue(Audit),
            QueryLifetime = TimeSpan.FromMinutes(parsed.GetValue(QueryMinutes)),
        };
    }

    private static IPAddress AddressOf(string? text, string what) =>
        IPAddress.TryParse(text, out var address) ? address : throw new ArgumentException($"Expected an IP address {what}, got '{text}'.");

    private static Uri UrlOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
            ? url
            : throw new ArgumentException($"Expected a public address as https://photos.example/sosia, got '{text}'.");

    private static async Task<int> Serve(Collection collection, ServerOptions options, bool open, CancellationToken cancellation)
    {
        WebApplication? app = null;
        try
        {
            app = SosiaServer.Create(collection, options);
            await Start(app, options, cancellation);
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

    private static async Task Start(WebApplication app, ServerOptions options, CancellationToken cancellation)
    {
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException taken) when (taken.InnerException is AddressInUseException)
        {
            throw new ArgumentException(
                $"Port {options.Port} is taken by another program, perhaps another `sosia serve`: end it, or choose a port with --port N."
            );
        }
        catch (Exception refused) when (refused is SocketException or IOException { InnerException: SocketException })
        {
            throw new ArgumentException(
                $"This machine can't listen on {options.Address}, port {options.Port} ({refused.Message.TrimEnd('.')}): choose another "
                    + "with --address and --port."
            );
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
