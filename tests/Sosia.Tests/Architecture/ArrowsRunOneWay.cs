using System.Reflection;
using System.Text.RegularExpressions;

namespace Sosia.Tests.Architecture;

/// <summary>The stages know only what comes before them; the source says so in its using directives.</summary>
public partial class ArrowsRunOneWay
{
    /// <summary>What each folder of the library may use.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Models"] = [],
        ["Photos"] = ["Storage"], // records only: what a file looked like
        ["Faces"] = ["Photos", "Models"],
        ["Embeddings"] = ["Faces", "Photos", "Models"],
        ["Storage"] = ["Photos", "Faces"], // records only: boxes and reasons
        ["Search"] = ["Photos", "Faces", "Models", "Embeddings", "Storage"],
    };

    [Fact]
    public void A_stage_uses_only_the_stages_before_it()
    {
        var root = Path.Combine(Repository.Root, "src", "Sosia");
        var wrong = from stage in Allowed.Keys
                    from file in Directory.EnumerateFiles(Path.Combine(root, stage), "*.cs", SearchOption.AllDirectories)
                    from used in UsedStages(File.ReadAllText(file))
                    where used != stage && used != "Vectors" && !Allowed[stage].Contains(used) // Vectors knows nobody, so everybody may know it
                    select $"{Path.GetRelativePath(root, file)} uses {used}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_folder_of_the_library_is_a_known_stage()
    {
        var folders = Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src", "Sosia")).Select(folder => Path.GetFileName(folder)!)
            .Where(folder => folder is not ("bin" or "obj"));
        Assert.Equal(Allowed.Keys.Order(), folders.Order());
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
        var references = Assembly.Load("Sosia").GetReferencedAssemblies().Select(reference => reference.Name!).Where(name => name.StartsWith("Sosia", StringComparison.Ordinal));
        Assert.Equal(["Sosia.Vectors"], references.DefaultIfEmpty("Sosia.Vectors"));
    }

    private static IEnumerable<string> UsedStages(string source) => UsingSosia().Matches(source).Select(use => use.Groups[1].Value);

    [GeneratedRegex(@"^using Sosia\.(\w+)", RegexOptions.Multiline)]
    private static partial Regex UsingSosia();
}
