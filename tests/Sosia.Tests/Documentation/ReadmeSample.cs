namespace Sosia.Tests.Documentation;

/// <summary>The README's code, compiled; a test holds the two together.</summary>
internal static class ReadmeSample
{
    public static async Task Run()
    {
        // sample
        using var collection = Collection.Open(new CollectionOptions { Directory = "my-collection" });
        await collection.IndexAsync(["photos"]);

        var query = await collection.ReadQueryAsync("photos/group.jpg", face: 3);
        var result = await collection.SearchAsync([query]);
        foreach (var match in result.Matches)
            Console.WriteLine($"{match.Score:F3}  {match.Meaning.Sentence}  {match.Path}");
        // end
    }
}
