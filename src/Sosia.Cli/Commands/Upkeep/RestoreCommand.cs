using System.CommandLine;
using Sosia.Catalogue;
using Sosia.Cli.Output;

namespace Sosia.Cli.Commands.Upkeep;

/// <summary><c>sosia restore FILE</c></summary>
internal static class RestoreCommand
{
    /// <summary>Erased photos that a person is shown; a program gets all of them.</summary>
    private const int MostNamed = 20;

    private static readonly Argument<string> File = new("FILE") { Description = "A file that `sosia backup` wrote" };
    private static readonly Option<bool> Replace = new("--replace")
    {
        Description = "Lose what the collection holds now, except the marks of what was forgotten",
    };
    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create()
    {
        const string Description = "Bring a collection back from a backup; what was forgotten since stays forgotten";
        var command = new Command("restore", Description) { File, Replace, AsJson };
        command.SetAction(Run);
        return command.OfCollection();
    }

    private static int Run(ParseResult parsed)
    {
        using var collection = Shared.Open(parsed);
        var file = parsed.GetValue(File)!;
        var restored = collection.Maintenance.Restore(file, parsed.GetValue(Replace));
        if (parsed.GetValue(AsJson))
            Json.Write(ToJson(Path.GetFullPath(file), restored));
        else
            Say(file, restored);
        return restored.Erased.Overwritten ? ExitCode.Done : ExitCode.DoneInPart;
    }

    private static RestoreJson ToJson(string file, RestoreReceipt restored) =>
        new(
            file,
            restored.Photos.Total,
            restored.Faces,
            new MarksJson(restored.MarkedPhotos, restored.MarkedFaces),
            new ErasedJson(
                restored.Erased.Photos,
                restored.Erased.Faces,
                restored.Erased.Embeddings,
                [.. restored.ErasedPhotos.Select(photo => new ErasedPhotoJson(photo.Paths, photo.Faces, photo.IsWhole))]
            ),
            restored.Erased.Overwritten
        );

    private static void Say(string file, RestoreReceipt restored)
    {
        var erased = restored.Erased;
        Console.WriteLine(
            $"{Photos(restored.Photos.Total)} with {Faces(restored.Faces)} restored from {Text.Printable(file)}; run `sosia index` to "
                + "bring them up to date."
        );
        if (restored.MarkedPhotos + restored.MarkedFaces > 0)
            Console.WriteLine(
                $"Forgotten since the backup was made, and so forgotten still: {Photos(restored.MarkedPhotos)} and "
                    + $"{Faces(restored.MarkedFaces)}; "
                    + $"{Photos(erased.Photos)} and {Faces(erased.Faces)} of the backup were erased."
            );
        SayWhich(restored.ErasedPhotos);
        if (erased.NotOverwritten is { } why)
            Console.Error.WriteLine(
                Text.Printable($"{why} The log may still hold what was replaced: the next `sosia index` or `sosia forget` empties it.")
            );
    }

    private static void SayWhich(IReadOnlyList<ErasedPhoto> erased)
    {
        foreach (var photo in erased.Take(MostNamed))
        {
            var place = photo.Paths.Count > 0 ? string.Join(", ", photo.Paths) : "a photo without a file";
            var what = photo.IsWhole ? "" : $" ({Faces(photo.Faces)}; the photo itself stays)";
            Console.WriteLine(Text.Printable($"  {place}{what}"));
        }
        if (erased.Count > MostNamed)
            Console.WriteLine($"  and {Photos(erased.Count - MostNamed)} more; --json names all of them");
    }

    private static string Photos(long count) => Text.Count(count, "photo");

    private static string Faces(long count) => Text.Count(count, "face");
}
