using NetVips;

namespace Sosia.Server.Tests;

/// <summary>The six sample photos, indexed once for all tests; each test gets a copy of the collection.</summary>
internal static class Samples
{
    private static readonly Lazy<string> Indexed = new(Index);

    public static IReadOnlyList<string> Photos { get; } =
    [.. Enumerable.Range(1, 6).Select(i => Path.Combine(AppContext.BaseDirectory, "samples", $"sample{i}.jpg"))];

    /// <summary>A copy of the collection of the six photos.</summary>
    public static void CopyTo(string directory)
    {
        Directory.CreateDirectory(directory);
        foreach (var file in Directory.GetFiles(Indexed.Value))
            File.Copy(file, Path.Combine(directory, Path.GetFileName(file)));
    }

    /// <summary>Different photos that are read quickly: parts of a sample.</summary>
    public static void Pieces(string folder, int count)
    {
        Directory.CreateDirectory(folder);
        using var whole = Image.NewFromFile(Photos[0]);
        for (var i = 0; i < count; i++)
        {
            using var piece = whole.Crop(200 + 7 * i, 150, 900, 900);
            piece.Jpegsave(Path.Combine(folder, $"piece{i:00}.jpg"));
        }
    }

    private static string Index()
    {
        var directory = Directory.CreateTempSubdirectory("sosia-samples-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(directory, recursive: true);
        using var collection = Collection.Open(new CollectionOptions { Directory = directory });
        collection.Indexing.Run(Photos);
        return directory;
    }
}
