using System.CommandLine;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite.Engine;
using Sosia.Cli.Output;
using Sosia.Cli.Output.OnTerminal;
using Sosia.Models.Store;
using Sosia.Photos.Decoders;

namespace Sosia.Cli.Commands.Upkeep;

/// <summary><c>sosia doctor</c></summary>
internal static class DoctorCommand
{
    /// <summary>Less than this and a collection of some thousand photos may not fit.</summary>
    private const long LeastFree = 256L << 20;

    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create()
    {
        var command = new Command("doctor", "Check models, decoders, disk, locks and what the processor can do") { AsJson };
        command.SetAction(Run);
        return command.OfCollection();
    }

    private static int Run(ParseResult parsed)
    {
        CheckJson[] checks = [.. Models(), .. Photos(), .. CollectionDirectory(parsed), Processor()];
        var ok = checks.All(check => check.Ok);
        if (parsed.GetValue(AsJson))
            Json.Write(new DoctorJson(ok, checks));
        else
            Print(checks);
        return ok ? ExitCode.Done : ExitCode.Error;
    }

    private static void Print(CheckJson[] checks)
    {
        var table = new AnswerTable([new("", 2), new("", 11), new("")]);
        foreach (var check in checks)
            table.Add(check.Ok ? new Cell("ok", Tone.Good) : new Cell("NO", Tone.Bad), check.Name, check.Says);
        table.Print();
    }

    private static IEnumerable<CheckJson> Models() =>
        ModelStore.Open().Verify().Select(check => new CheckJson("model", check.Problem is null, check.Message));

    private static IEnumerable<CheckJson> Photos() =>
        PhotoDecoder
            .Formats()
            .Select(format => new CheckJson(
                "photos",
                format.CanRead,
                format.CanRead ? $"{format.Name} can be read." : $"{format.Name} can't be read: {format.Remedy}"
            ));

    private static IEnumerable<CheckJson> CollectionDirectory(ParseResult parsed)
    {
        if (StoreOptions.Find(parsed) is { } store)
        {
            using (store)
                foreach (var check in store.Check())
                    yield return new CheckJson(check.Name, check.Ok, check.Says);
            yield break;
        }
        using var collection = Shared.Open(parsed);
        var directory = new DirectoryInfo(collection.Directory);
        var existing = directory;
        while (!existing.Exists && existing.Parent is { } parent)
            existing = parent;
        var free = new DriveInfo(existing.FullName).AvailableFreeSpace;
        yield return new CheckJson(
            "disk",
            free > LeastFree,
            $"{Text.Bytes(free)} are free where the collection {directory.FullName} is{(directory.Exists ? "" : " to be")}."
        );
        if (!directory.Exists)
            yield break;
        yield return Catalogue(collection);
        yield return new CheckJson("index", true, Indexes(collection));
        yield return new CheckJson(
            "lock",
            true,
            LockOwner.OfIndexer(directory.FullName) is { } owner ? $"It is being indexed by {owner}." : "Nobody is indexing it."
        );
    }

    private static CheckJson Catalogue(Collection collection)
    {
        try
        {
            using var reader = collection.Catalogue.Open();
            return new CheckJson(
                "catalogue",
                true,
                $"{Text.Count(reader.Count().Total, "photo")}, {Text.Count(reader.CountFaces(), "face")}; `sosia verify` checks every one."
            );
        }
        catch (CatalogueException problem)
        {
            return new CheckJson("catalogue", false, problem.Message);
        }
    }

    private static string Indexes(Collection collection)
    {
        var files = collection.Maintenance.IndexFiles();
        return files.Count == 0
            ? "No index file: `sosia index` or the next search makes one."
            : $"{Text.Count(files.Count, "index file")} with {Text.Bytes(files.Sum(file => file.Length))}, derived from the catalogue: "
                + "may be deleted at any time; `sosia verify` checks every byte.";
    }

    private static CheckJson Processor()
    {
        var level =
            Avx512Vbmi.IsSupported ? "AVX-512"
            : Avx512F.IsSupported ? "AVX-512 F"
            : Avx2.IsSupported ? "AVX2"
            : System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported ? "NEON"
            : "no wide vectors";
        return new CheckJson("processor", true, $"{Environment.ProcessorCount} cores, {RuntimeInformation.ProcessArchitecture}, {level}.");
    }
}
