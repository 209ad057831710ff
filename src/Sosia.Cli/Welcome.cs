using Sosia.Catalogue;
using Sosia.Cli.Output;

namespace Sosia.Cli;

/// <summary>What <c>sosia</c> alone says: what there is, and what to do first.</summary>
internal static class Welcome
{
    private const string Empty = """
        No photo is indexed yet. Begin with one of these:
          sosia demo            the whole way, on six sample photos
          sosia index FOLDER    reads the photos of a folder, once
        """;

    private const string Filled = """
          sosia search PHOTO    finds the photos in which a person appears
          sosia serve --open    opens the page in the browser
          sosia index FOLDER    brings the collection up to date
        """;

    /// <summary>Prints it.</summary>
    /// <exception cref="CatalogueException">The collection is damaged, or of a newer version.</exception>
    public static int Say()
    {
        using var collection = Sosia.Collection.Open(new CollectionOptions { Directory = CollectionOptions.DefaultDirectory });
        var photos = Count(collection);
        if (photos is not { Total: > 0 })
            Console.WriteLine(Empty);
        else
        {
            var of = $"{photos.Searchable:N0} of {Text.Count(photos.Total, "photo")}";
            Console.WriteLine($"{of} can be searched in {Text.Printable(collection.Directory)}:\n{Filled}");
        }
        Console.WriteLine("`sosia --help` lists all commands.");
        return ExitCode.Done;
    }

    /// <returns>Null before the first run of <c>sosia index</c>.</returns>
    private static PhotoCounts? Count(Collection collection)
    {
        try
        {
            return collection.Catalogue.Ask(reader => reader.Count());
        }
        catch (CatalogueException none) when (none.Problem == CatalogueProblem.Missing)
        {
            return null;
        }
    }
}
