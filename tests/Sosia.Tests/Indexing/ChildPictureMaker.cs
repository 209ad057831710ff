using System.Diagnostics;
using System.Runtime.CompilerServices;
using Sosia.Catalogue;

namespace Sosia.Tests.Indexing;

/// <summary>
/// Makes small pictures of all photos and faces of a collection, again and again in other sizes, in a process of its own, until its
/// standard input ends. It prints a line for each picture.
/// </summary>
internal static class ChildPictureMaker
{
    private const string DirectoryVariable = "SOSIA_TEST_CHILD_PICTURE_MAKER";

    public static Process Start(string directory)
    {
        var start = ThisProgram.Again();
        start.RedirectStandardInput = true;
        start.Environment[DirectoryVariable] = directory;
        return Process.Start(start)!;
    }

    [ModuleInitializer]
    internal static void BecomeChildWhenAsked()
    {
        if (Environment.GetEnvironmentVariable(DirectoryVariable) is not { Length: > 0 } directory)
            return;
        using var collection = Collection.Open(new CollectionOptions { Directory = directory });
        var ending = Task.Run(Console.In.ReadToEnd);
        for (var side = 16; !ending.IsCompleted; side++)
            foreach (var photo in collection.Catalogue.Ask(reader => reader.Photos(default, int.MaxValue)))
                Make(collection, photo, side);
        Environment.Exit(0);
    }

    private static void Make(Collection collection, PhotoRow photo, int side)
    {
        var faces = collection.Catalogue.Ask(reader => reader.FacesOf(photo.Id));
        collection.Pictures.Thumbnail(photo, side);
        Console.WriteLine($"{photo.Sha256}-{side}");
        foreach (var face in faces)
        {
            collection.Pictures.Crop(photo, face, side);
            Console.WriteLine($"{face.Id}-{side}");
        }
    }
}
