namespace Sosia.Vectors.Tests.Architecture;

/// <summary>Which folder of the library may use which, as it was compiled.</summary>
public class ArrowsTests
{
    private const int MostFilesOfAFolder = 15;
    private const int MostFilesOfAType = 5;

    /// <summary>The project's own folder is the door: it may use all, and nothing inside uses it.</summary>
    private const string Door = "";

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Rows"] = [],
        ["Metrics"] = [],
        ["Files"] = ["Rows"],
        ["Searching"] = ["Rows", "Metrics"],
        ["Plain"] = ["Searching", "Rows", "Metrics"],
        ["Trees"] = ["Plain", "Searching", "Rows", "Metrics"],
        ["Exact/Kernels"] = [],
        ["Exact"] = ["Exact/Kernels", "Searching", "Rows", "Metrics", "Files"],
        ["Stored"] = ["Exact", "Exact/Kernels", "Rows", "Metrics", "Files"],
    };

    private static readonly IReadOnlyList<CompiledType> Types =
        CompiledTypes.Of(typeof(NeighborIndex).Assembly.Location, "src/Sosia.Vectors");

    [Fact]
    public void A_folder_uses_only_the_folders_that_it_may()
    {
        var arrows = CompiledTypes.Arrows(Types, type => type.Folder ?? Door);
        var wrong = arrows.Where(arrow => arrow.From != Door && !Allowed[arrow.From].Contains(arrow.To))
            .Select(arrow => $"{arrow.From} → {arrow.To}: {Examples(arrow)}");
        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_arrow_that_is_drawn_is_used()
    {
        var arrows = CompiledTypes.Arrows(Types, type => type.Folder ?? Door);
        Assert.Empty(Allowed.SelectMany(folder => folder.Value.Select(used => (folder.Key, used))).Except(arrows));
    }

    [Fact]
    public void The_arrows_run_in_no_circle()
    {
        var left = Allowed.ToDictionary(folder => folder.Key, folder => folder.Value.ToHashSet());
        while (left.Where(folder => folder.Value.Count == 0).Select(folder => folder.Key).ToArray() is { Length: > 0 } done)
        {
            foreach (var folder in done) left.Remove(folder);
            foreach (var folder in left.Values) folder.ExceptWith(done);
        }
        Assert.Empty(left.Keys);
    }

    [Fact]
    public void A_folder_and_a_type_can_be_taken_in_at_a_glance()
    {
        var files = Types.Where(type => type.Folder is not null).SelectMany(type => type.Files.Select(file => (Folder: type.Folder!, file))).Distinct();
        Assert.All(files.GroupBy(file => file.Folder), folder => Assert.InRange(folder.Count(), 1, MostFilesOfAFolder));
        Assert.All(Types, type => Assert.InRange(type.Files.Count, 0, MostFilesOfAType));
    }

    private static string Examples((string From, string To) arrow) => string.Join(", ",
        from type in Types
        where type.Folder == arrow.From
        from used in type.Uses
        where Types.Any(other => other.Name == used && (other.Folder ?? Door) == arrow.To)
        select $"{type.Name} uses {used}");
}
