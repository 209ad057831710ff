using System.Reflection;
using System.Text;

namespace Sosia.Tests.Architecture;

/// <summary>Which folder of the library may use which, as it was compiled: a photo's and a query's way, from top to bottom.</summary>
public class ArrowsTests
{
    private const int MostFilesOfAFolder = 18;
    private const int MostFilesOfAType = 5;
    private const int WidestLine = 140;

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Hosting"] = [],
        ["Photos"] = [],
        ["Photos/Vips"] = ["Photos", "Hosting"],
        ["Photos/Magick"] = ["Photos", "Hosting"],
        ["Photos/Folders"] = ["Photos"],
        ["Photos/Facts"] = ["Photos/Vips", "Photos/Magick", "Photos", "Hosting"],
        ["Photos/Regions"] = ["Photos/Facts", "Photos/Folders", "Faces", "Photos"],
        ["Photos/Decoders"] = ["Photos/Vips", "Photos/Magick", "Photos"],
        ["Models/Onnx/Schema"] = [],
        ["Models"] = [],
        ["Models/Onnx"] = ["Models/Onnx/Schema", "Models"],
        ["Models/Store"] = ["Models", "Models/Onnx", "Models/Onnx/Schema", "Hosting"],
        ["Models/Packages"] = ["Models", "Models/Onnx", "Models/Onnx/Schema", "Models/Store"],
        ["Faces"] = ["Photos", "Models", "Hosting"],
        ["Faces/UltraLight"] = ["Faces", "Photos", "Models", "Models/Store", "Hosting"],
        ["Embeddings"] = ["Faces", "Photos", "Models", "Models/Store"],
        ["Faces/Points"] = ["Faces", "Models", "Photos", "Hosting"],
        ["Catalogue"] = ["Faces", "Photos", "Photos/Facts", "Hosting"],
        ["Catalogue/Sql"] = ["Catalogue/Sql/Verdicts", "Catalogue/Sql/Engine", "Catalogue", "Faces", "Photos", "Photos/Facts"],
        ["Catalogue/Sql/Verdicts"] = ["Catalogue/Sql/Engine", "Catalogue", "Faces"],
        ["Catalogue/Sql/Engine"] = ["Catalogue"],
        ["Catalogue/Sqlite/Engine"] = ["Catalogue/Sql/Engine", "Catalogue"],
        ["Catalogue/Sqlite"] =
        [
            "Catalogue/Sqlite/Engine",
            "Catalogue/Sql",
            "Catalogue/Sql/Engine",
            "Catalogue/Sql/Verdicts",
            "Catalogue",
            "Faces",
            "Photos",
        ],
        ["People/Names"] = [],
        ["People/Groups"] = ["Search/Ranking", "Catalogue"],
        ["People/Exchange"] = ["People/Names", "Catalogue", "Faces"],
        ["People/Calibrating"] = ["People/Groups", "Search/Calibrating", "Catalogue"],
        ["People/Absence"] = ["Search/Calibrating", "Search/Ranking", "Catalogue", "Faces"],
        ["People"] =
        [
            "People/Absence",
            "People/Calibrating",
            "People/Cases",
            "People/Exchange",
            "People/Groups",
            "People/Names",
            "Search",
            "Search/Calibrating",
            "Search/Ranking",
            "Pictures",
            "Pipeline",
            "Catalogue",
            "Faces",
            "Models",
            "Photos/Regions",
            "Photos",
            "Hosting",
        ],
        ["People/Cases"] = ["People/Names", "Search", "Search/Ranking", "Pipeline", "Catalogue", "Faces"],
        ["Copies"] = ["Catalogue", "Photos"],
        ["Pipeline"] =
        [
            "Catalogue",
            "Embeddings",
            "Faces/UltraLight",
            "Faces/Points",
            "Faces",
            "Models",
            "Models/Store",
            "Photos",
            "Hosting",
        ],
        ["Indexing"] = ["Pipeline", "Copies", "Catalogue", "Faces", "Models", "Photos/Folders", "Photos/Facts", "Photos", "Hosting"],
        ["Search/Ranking"] = ["Catalogue"],
        ["Search/Calibrating"] = ["Search/Ranking", "Catalogue"],
        ["Search"] =
        [
            "Search/Calibrating",
            "Search/Ranking",
            "Copies",
            "Photos/Facts",
            "Pipeline",
            "Catalogue",
            "Embeddings",
            "Faces",
            "Models",
            "Models/Store",
            "Photos",
            "Hosting",
        ],
        ["Search/Local/Segments"] = ["Catalogue"],
        ["Search/Local"] = ["Search/Local/Segments", "Hosting", "Search/Ranking", "Catalogue"],
        ["Pictures"] = ["Catalogue", "Faces", "Photos", "Photos/Vips"],
        ["Maintenance"] = ["Hosting", "Search/Ranking", "Pictures", "Catalogue", "Photos"],
        ["Reports"] =
        [
            "People/Absence",
            "Search",
            "Search/Calibrating",
            "Search/Ranking",
            "Pictures",
            "Catalogue",
            "Faces",
            "Photos",
            "Photos/Facts",
        ],
    };

    private static readonly IReadOnlyList<CompiledType> Types = CompiledTypes.Of(typeof(Collection).Assembly.Location, "src/Sosia");

    /// <summary>Namespaces are folders; a record without code has no source in the symbols, but a namespace.</summary>
    private static readonly FolderRules Rules = new(Types, type => Folder(type.Namespace), Allowed);

    [Fact]
    public void A_folder_uses_only_the_folders_that_it_may() => Assert.Empty(Rules.Forbidden());

    [Fact]
    public void Every_arrow_that_is_drawn_is_used() => Assert.Empty(Rules.Unused());

    [Fact]
    public void The_arrows_run_in_no_circle() => Assert.Empty(Rules.InCircles());

    [Fact]
    public void The_drawing_in_the_docs_shows_every_folder_above_those_that_it_uses()
    {
        var page = File.ReadLines(Path.Combine(Repository.Root, "docs", "how-it-works.md"));
        var drawn = page.SkipWhile(line => !line.StartsWith("    ────", StringComparison.Ordinal))
            .Skip(1)
            .TakeWhile(line => line.Length > 0);
        var lineOf = drawn
            .SelectMany((line, i) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(folder => (folder, i)))
            .ToDictionary(drawing => drawing.folder, drawing => drawing.i);

        Assert.Equal(Allowed.Keys.Order(), lineOf.Keys.Order());
        var upwards =
            from arrows in Allowed
            from used in arrows.Value
            where lineOf[arrows.Key] >= lineOf[used]
            select $"{arrows.Key} uses {used}";
        Assert.Empty(upwards);
    }

    [Fact]
    public void A_type_lies_in_the_folder_of_its_namespace() =>
        Assert.All(Types.Where(type => type.Folder is not null && !type.Folder.StartsWith("..", StringComparison.Ordinal)), type =>
            Assert.Equal(Folder(type.Namespace), type.Folder)
        );

    [Fact]
    public void A_folder_and_a_type_can_be_taken_in_at_a_glance()
    {
        var source = Path.Combine(Repository.Root, "src", "Sosia");
        var files = Directory
            .EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetDirectoryName(Path.GetRelativePath(source, file))!)
            .Where(folder => folder.Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj"));
        Assert.All(files.GroupBy(folder => folder), folder => Assert.InRange(folder.Count(), 1, MostFilesOfAFolder));
        Assert.All(Types, type => Assert.InRange(type.Files.Count, 0, MostFilesOfAType));
    }

    [Fact]
    public void The_facade_is_short_and_names_no_kind_of_store()
    {
        var facade = File.ReadAllLines(Path.Combine(Repository.Root, "src", "Sosia", "Collection.cs"));
        Assert.InRange(facade.Length, 1, 150);
        Assert.Single(Types.Single(type => type.Name == typeof(Collection).FullName).Files);
        var uses = Types.Single(type => type.Name == typeof(Collection).FullName).Uses;
        Assert.DoesNotContain(uses, used => used.StartsWith("Sosia.Catalogue.Sqlite", StringComparison.Ordinal));
        Assert.DoesNotContain(uses, used => used.StartsWith("Sosia.Search.Local", StringComparison.Ordinal));
    }

    [Fact]
    public void No_line_of_the_sources_is_wider_than_a_page()
    {
        var wide =
            from folder in (string[])["src", "bench"]
            from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
            where !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            from line in File.ReadLines(file).Select((text, i) => (text, number: i + 1))
            where Encoding.UTF8.GetByteCount(line.text) > WidestLine // as `awk 'length($0)>140'` counts
            select $"{Path.GetRelativePath(Repository.Root, file)}:{line.number}";
        Assert.Empty(wide);
    }

    [Fact]
    public void Vectors_depends_on_nothing_but_the_framework()
    {
        var references = Assembly.Load("Sosia.Vectors").GetReferencedAssemblies().Select(reference => reference.Name!);
        Assert.All(references, name => Assert.StartsWith("System.", name, StringComparison.Ordinal));
    }

    [Fact]
    public void The_library_knows_no_program_and_no_evaluation()
    {
        var references = typeof(Collection)
            .Assembly.GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(name => name.StartsWith("Sosia", StringComparison.Ordinal));
        Assert.Equal(["Sosia.Vectors"], references);
    }

    private static string Folder(string space) => space == "Sosia" ? "" : space["Sosia.".Length..].Replace('.', '/');
}
