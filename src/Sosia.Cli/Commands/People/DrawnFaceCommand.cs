using System.CommandLine;
using System.Globalization;
using Sosia.Cli.Output;
using Sosia.Faces;

namespace Sosia.Cli.Commands.People;

/// <summary><c>sosia people draw</c>: a face that was not found.</summary>
internal static class DrawnFaceCommand
{
    private static readonly Argument<string> Photo = new("PHOTO") { Description = "A photo of the collection, by its path" };
    private static readonly Option<string> Where = new("--box")
    {
        Description = "Where the face is, in pixels of the upright photo",
        HelpName = "LEFT,TOP,WIDTH,HEIGHT",
        Required = true,
    };
    private static readonly Option<string?> Name = new("--name") { Description = "Whose face it is", HelpName = "NAME" };
    private static readonly Option<bool> Another = PeopleArguments.Another();

    public static Command Create(CancellationToken cancellation)
    {
        var draw = new Command("draw", "Add a face that was not found, where you say that one is") { Photo, Where, Name, Another };
        draw.SetAction(parsed => Run(parsed, cancellation));
        return draw;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        using var collection = Shared.Open(parsed);
        var path = parsed.GetValue(Photo)!;
        var photo = collection.Catalogue.Ask(reader => reader.FindPhotoAt(Path.GetFullPath(path)))
            ?? throw new ArgumentException($"The collection has no photo {path}: index it first.");
        var view = collection.People.Read(cancellation);
        var name = parsed.GetValue(Name);
        var face = collection.People.Draw(view, photo.Id, BoxOf(parsed.GetValue(Where)!), name, parsed.GetValue(Another), cancellation);
        var row = collection.Catalogue.Ask(reader => reader.FindFace(face))!;
        var whose = name is null ? "" : $", of {Text.Printable(name)}";
        var poor = row.HasEmbedding ? "" : " It is too small to be recognised, so no search finds it.";
        Console.WriteLine(
            row.IsDrawn
                ? $"Face {face}{whose}.{poor} `sosia people undo` takes it away."
                : $"A face was found there already: face {face}{whose}."
        );
        return ExitCode.Done;
    }

    private static Box BoxOf(string text)
    {
        var sides = text.Split(',');
        var numbers = sides
            .Select(side =>
                float.TryParse(side, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && float.IsFinite(number)
                    ? number
                    : (float?)null
            )
            .OfType<float>()
            .ToArray();
        return sides.Length == 4 && numbers.Length == 4
            ? new Box(numbers[0], numbers[1], numbers[2], numbers[3])
            : throw new ArgumentException($"--box {text} is not four numbers: give LEFT,TOP,WIDTH,HEIGHT in pixels, such as 120,80,64,64.");
    }
}
