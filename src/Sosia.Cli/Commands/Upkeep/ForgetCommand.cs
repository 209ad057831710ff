using System.CommandLine;
using Sosia.Catalogue;
using Sosia.Cli.Output;

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

    public static Command Create()
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
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
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

        var receipt = collection.Maintenance.Forget(photos, faces);
        var removed = receipt.Removed;
        if (parsed.GetValue(AsJson))
            Json.Write(new ForgetJson(receipt.At, removed.Photos, removed.Faces, removed.Embeddings, receipt.Files, removed.Overwritten));
        else
        {
            Console.WriteLine(
                $"Forgotten: {Text.Count(removed.Photos, "photo")}, {Text.Count(removed.Faces, "face")}, "
                    + $"{Text.Count(removed.Embeddings, "embedding")}, {Text.Count(receipt.Files, "cached picture")}."
            );
            if (removed.NotOverwritten is { } why)
                Console.Error.WriteLine(
                    Text.Printable($"{why} Freed pages may still hold the bytes: the next `sosia index` or `sosia forget` overwrites them.")
                );
        }
        return removed.Overwritten ? ExitCode.Done : ExitCode.DoneInPart;
    }
}
