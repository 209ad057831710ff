namespace Sosia.Vectors.Tests.Architecture;

/// <summary>Which folder of the library may use which, as it was compiled.</summary>
public class ArrowsTests
{
    private const int MostFilesOfAFolder = 15;
    private const int MostFilesOfAType = 5;

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

    private static readonly IReadOnlyList<CompiledType> Types = CompiledTypes.Of(
        typeof(NeighborIndex).Assembly.Location,
        "src/Sosia.Vectors"
    );

    private static readonly FolderRules Rules = new(Types, type => type.Folder ?? "", Allowed);

    [Fact]
    public void A_folder_uses_only_the_folders_that_it_may() => Assert.Empty(Rules.Forbidden());

    [Fact]
    public void Every_arrow_that_is_drawn_is_used() => Assert.Empty(Rules.Unused());

    [Fact]
    public void The_arrows_run_in_no_circle() => Assert.Empty(Rules.InCircles());

    [Fact]
    public void A_folder_and_a_type_can_be_taken_in_at_a_glance()
    {
        var files = Types
            .Where(type => type.Folder is not null)
            .SelectMany(type => type.Files.Select(file => (Folder: type.Folder!, file)))
            .Distinct();
        Assert.All(files.GroupBy(file => file.Folder), folder => Assert.InRange(folder.Count(), 1, MostFilesOfAFolder));
        Assert.All(Types, type => Assert.InRange(type.Files.Count, 0, MostFilesOfAType));
    }
}
