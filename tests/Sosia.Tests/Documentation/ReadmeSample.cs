namespace Sosia.Tests.Documentation;

/// <summary>The README's code, compiled; a test holds the two together.</summary>
internal static class ReadmeSample
{
    public static void Run()
    {
        // sample
        using var collection = Collection.Open(new CollectionOptions { Directory = "my-collection" });
        collection.Index(["photos"]);

        var query = collection.ReadQuery("photos/group.jpg", face: 3);
        foreach (var match in collection.Search([query]).Matches)
            Console.WriteLine($"{match.Score:F3}  {match.Meaning.Sentence}  {match.Path}");
        // end
    }
}
