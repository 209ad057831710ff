using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Sosia.Cli.Output;
using Sosia.Hosting;
using Sosia.Keras;
using Sosia.Models;
using Sosia.Models.Packages;
using Sosia.Models.Store;

namespace Sosia.Cli.Commands.Upkeep;

/// <summary><c>sosia models import NETWORK</c>: Keras weights by name, or a package of ONNX files that the user has.</summary>
internal static class ModelsImportCommand
{
    private static readonly Argument<string> Name = Named();
    private static readonly Option<string?> From = new("--from")
    {
        Description = "Weights: an .h5 file or its address (default: where they are published); of a package: its file, folder or ZIP",
        HelpName = "FILE|DIR|ZIP|URL",
    };
    private static readonly Option<bool> Unverified = new("--unverified") { Description = "Take weights other than the published ones" };
    private static readonly Option<string?> Sha256 = new("--sha256")
    {
        Description = "What the SHA-256 of the Keras weights must be",
        HelpName = "HEX",
    };
    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create(CancellationToken cancellation)
    {
        var command = new Command(
            "import",
            "Make a model of published Keras weights (219, 473 or 95 MB are downloaded without --from), or take a package that you have"
        )
        {
            Name,
            From,
            Unverified,
            Sha256,
            AsJson,
        };
        command.SetAction(parsed => Run(parsed, cancellation));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        if (KnownPackages.All.SingleOrDefault(known => known.Name == parsed.GetValue(Name)) is { } package)
            return RunPackage(package, parsed, cancellation);
        if (parsed.GetValue(Sha256) is { } pinned && (pinned.Length != 64 || !pinned.All(char.IsAsciiHexDigit)))
            throw new ArgumentException($"Expected a SHA-256 as 64 hexadecimal digits, got '{pinned}'.");
        var network = KerasNetwork.All.Single(n => n.Name == parsed.GetValue(Name));
        var (from, unverified) = (parsed.GetValue(From), parsed.GetValue(Unverified));
        var store = ModelStore.Open();
        KerasImport.ThrowIfKnown(network, store);
        var downloaded =
            from is { Length: > 0 } && Web(from) is null
                ? null
                : Fetch(network, from is null ? network.Published.Address : Web(from)!, unverified, cancellation);
        try
        {
            var model = KerasImport.Import(network, downloaded ?? from!, store, unverified, parsed.GetValue(Sha256), cancellation);
            Report(model, parsed.GetValue(AsJson));
        }
        finally
        {
            if (downloaded is not null)
                File.Delete(downloaded);
        }
        return ExitCode.Done;
    }

    /// <summary>The licence is said before anything is taken; what is not published by a known hash is refused.</summary>
    private static int RunPackage(ModelPackage package, ParseResult parsed, CancellationToken cancellation)
    {
        if (parsed.GetValue(From) is not { Length: > 0 } from)
            throw new ArgumentException(
                $"Sosia downloads no file of {package.Name}: get it from its makers, and name the file, folder or ZIP with --from."
            );
        Console.Error.WriteLine($"Licence: {package.Licence}");
        var models = PackageImport.Import(package, from, ModelStore.Open(), cancellation);
        foreach (var model in models)
            if (parsed.GetValue(AsJson))
                Json.Write(ModelsCommand.ToJson(model, null));
            else
                Console.WriteLine(
                    model.Entry.Makes == ModelKind.FaceBoxes
                        ? $"Imported '{model.Entry.Name}'; use it with --detector {model.Entry.Name}."
                        : $"Imported '{model.Entry.Name}'; use it with --model {model.Entry.Name}, and calibrate it with `sosia eval lfw`."
                );
        return ExitCode.Done;
    }

    private static void Report(KnownModel model, bool json)
    {
        if (json)
            Json.Write(ModelsCommand.ToJson(model, null));
        else
            Console.WriteLine($"Imported '{model.Entry.Name}'; use it with --model {model.Entry.Name}.");
    }

    /// <summary>
    /// Fetches into the user's own directory: the system's temporary one may lie in memory, and half a file is worth keeping.
    /// </summary>
    private static string Fetch(KerasNetwork network, Uri address, bool unverified, CancellationToken cancellation)
    {
        // Half a file of one address is never gone on with from another.
        var mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address.ToString())))[..8];
        var path = Path.Combine(UserDirectories.Default.Data, "downloads", $"{network.Name}-{mark}.h5");
        using var report = new DownloadReport(address);
        new Download(address, path, new DownloadOptions())
            .RunAsync(unverified ? null : network.Published.Md5, report, cancellation)
            .GetAwaiter()
            .GetResult();
        return path;
    }

    private static Uri? Web(string from) =>
        Uri.TryCreate(from, UriKind.Absolute, out var address) && address!.Scheme is "http" or "https" ? address : null;

    private static Argument<string> Named()
    {
        string[] names = [.. KerasNetwork.All.Select(network => network.Name), .. KnownPackages.All.Select(package => package.Name)];
        var name = new Argument<string>("NETWORK") { Description = string.Join(" or ", names) };
        name.AcceptOnlyFromAmong(names);
        return name;
    }
}
