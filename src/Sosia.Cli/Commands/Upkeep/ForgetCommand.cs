using System.CommandLine;
using Sosia.Catalogue;
using Sosia.Cli.Output;
using Sosia.Maintenance;
using Sosia.People;
using Sosia.People.Names;

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
    private static readonly Option<string[]> People = new("--person")
    {
        Description = "A person with their name, their confirmed faces, and all that was said of them",
        HelpName = "WHO",
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
            People,
            AsJson,
        };
        command.SetAction(parsed => Run(parsed, cancellation));
        return command.OfCollection().WithNetworks();
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        using var collection = Shared.Open(parsed);
        var paths = parsed.GetValue(Photos) ?? [];
        var faces = (parsed.GetValue(Faces) ?? []).Select(id => new FaceId(id)).ToArray();
        var people = PeopleIn(parsed, collection, cancellation);
        if (paths.Length + faces.Length + people.Length == 0)
            throw new ArgumentException("Name the photos to forget, faces with --face, or people with --person.");
        PhotoId[] photos =
        [
            .. paths.Select(path =>
                collection.Catalogue.Ask(reader => reader.FindPhotoAt(Path.GetFullPath(path)))?.Id
                ?? throw new ArgumentException($"The collection has no photo {path}; nothing was forgotten.")
            ),
        ];

        var receipt = collection.Maintenance.BeginToForget(photos, faces, people);
        var removed = receipt.Removed;
        if (!parsed.GetValue(AsJson))
            Console.WriteLine(
                $"Forgotten: {Text.Count(removed.Photos, "photo")}, {Text.Count(removed.Faces, "face")}, "
                    + $"{Text.Count(removed.Embeddings, "embedding")}, {Text.Count(receipt.Files, "cached picture")}"
                    + (removed.People > 0 ? $", {Text.Count(removed.People, "person", "people")}." : ".")
            );
        if (removed.People > 0)
            Console.Error.WriteLine(
                "Files beside your photos, exports and backups are yours: names that they hold are still there. A backup that is "
                    + "restored here does not bring them back."
            );
        var overwritten = Wait(receipt.Overwriting, collection, cancellation);
        if (parsed.GetValue(AsJson))
            Json.Write(
                new ForgetJson(
                    receipt.At,
                    removed.Photos,
                    removed.Faces,
                    removed.Embeddings,
                    receipt.Files,
                    removed.People,
                    overwritten.Problem is null,
                    overwritten.At
                )
            );
        // A database does not overwrite: that is no failure, and what stays was said.
        return overwritten.Problem is null || collection.Store is not null ? ExitCode.Done : ExitCode.DoneInPart;
    }

    private static PersonId[] PeopleIn(ParseResult parsed, Collection collection, CancellationToken cancellation)
    {
        if (parsed.GetValue(People) is not { Length: > 0 } names)
            return [];
        var view = collection.People.Read(cancellation);
        return
        [
            .. names.Select(name =>
                CollectionPeople.Find(view, name).Person
                ?? throw new PeopleException($"{name} is a group that has no name: forget its faces with --face.")
            ),
        ];
    }

    /// <summary>
    /// Waits until no page of the catalogue holds anything of what is gone, and says so where that takes long, or could not be done.
    /// </summary>
    public static Overwritten Wait(Task<Overwritten> overwriting, Collection collection, CancellationToken cancellation)
    {
        if (!overwriting.Wait(Patience, cancellation))
            Console.Error.WriteLine(
                "It can't be found any more. Now the catalogue is written anew, so that its freed pages hold nothing of it; "
                    + "if this is interrupted, the next command that writes the collection does it."
            );
        overwriting.Wait(cancellation);
        if (overwriting.Result.Problem is { } why)
            Console.Error.WriteLine(
                Text.Printable(
                    collection.Store is not null
                        ? why
                        : $"{why} Freed pages may still hold the bytes: the next `sosia index` or `sosia forget` overwrites them."
                )
            );
        return overwriting.Result;
    }
}
