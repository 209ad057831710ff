using System.CommandLine;
using Sosia.Catalogue;
using Sosia.Cli.Output;
using Sosia.Maintenance;

namespace Sosia.Cli.Commands.Upkeep;

/// <summary><c>sosia forget PHOTO…</c></summary>
internal static class ForgetCommand
{
    private static readonly Argument<string[]> Photos = new("PHOTO")
    {
        Description = "Photos of the collection",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private static readonly Option<long[]> Faces = new("--face")
    {
        Description = "A single face, by its number in the answer to a search with --json",
        HelpName = "ID",
    };
    private static readonly Option<bool> AsJson = Shared.Json();
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static Command Create(CancellationToken cancellation)
    {
        var command = new Command(
            "forget",
            "Forget photos or faces for good: nothing made of them stays, and indexing does not bring them back (the files are not touched)"
        )
        {
            Photos,
            Faces,
            AsJson,
        };
        command.SetAction(parsed => Run(parsed, cancellation));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        using var collection = Shared.Open(parsed);
        var paths = parsed.GetValue(Photos) ?? [];
        var faces = (parsed.GetValue(Faces) ?? []).Select(id => new FaceId(id)).ToArray();
        if (paths.Length + faces.Length == 0)
            throw new ArgumentException("Name the photos to forget, or faces with --face.");
        PhotoId[] photos =
        [
            .. paths.Select(path =>
                collection.Catalogue.Ask(reader => reader.FindPhotoAt(Path.GetFullPath(path)))?.Id
                ?? throw new ArgumentException($"The collection has no photo {path}; nothing was forgotten.")
            ),
        ];

        var receipt = collection.Maintenance.BeginToForget(photos, faces);
        var removed = receipt.Removed;
        if (!parsed.GetValue(AsJson))
            Console.WriteLine(
                $"Forgotten: {Text.Count(removed.Photos, "photo")}, {Text.Count(removed.Faces, "face")}, "
                    + $"{Text.Count(removed.Embeddings, "embedding")}, {Text.Count(receipt.Files, "cached picture")}."
            );
        var overwritten = Wait(receipt, cancellation);
        if (parsed.GetValue(AsJson))
            Json.Write(
                new ForgetJson(
                    receipt.At,
                    removed.Photos,
                    removed.Faces,
                    removed.Embeddings,
                    receipt.Files,
                    overwritten.Problem is null,
                    overwritten.At
                )
            );
        else if (overwritten.Problem is { } why)
            Console.Error.WriteLine(
                Text.Printable($"{why} Freed pages may still hold the bytes: the next `sosia index` or `sosia forget` overwrites them.")
            );
        return overwritten.Problem is null ? ExitCode.Done : ExitCode.DoneInPart;
    }

    /// <summary>Waits until no page of the catalogue holds anything of it, and says so where that takes long.</summary>
    private static Overwritten Wait(ForgetReceipt receipt, CancellationToken cancellation)
    {
        if (!receipt.Overwriting.Wait(Patience, cancellation))
            Console.Error.WriteLine(
                "It can't be found any more. Now the catalogue is written anew, so that its freed pages hold nothing of it; "
                    + "if this is interrupted, the next command that writes the collection does it."
            );
        receipt.Overwriting.Wait(cancellation);
        return receipt.Overwriting.Result;
    }
}
