using System.Text.RegularExpressions;

namespace Sosia.Tests.Documentation;

public partial class ReadmeTests
{
    [Theory]
    [InlineData("README.md", "ReadmeSample.cs"), InlineData("docs/how-it-works.md", "ServicesSample.cs")]
    public void The_code_in_a_page_is_the_code_that_is_compiled(string page, string sample)
    {
        var source = File.ReadAllText(Path.Combine(Repository.Root, "tests/Sosia.Tests/Documentation", sample));
        var compiled = Compiled().Match(source).Groups[1].Value.Replace("\n        ", "\n", StringComparison.Ordinal).Trim();
        var shown = Shown().Match(File.ReadAllText(Path.Combine(Repository.Root, page))).Groups[1].Value.Trim();
        Assert.NotEmpty(compiled);
        Assert.EndsWith(compiled, shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_file_that_the_README_and_the_docs_link_to_is_there()
    {
        var pages = Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Append(Path.Combine(Repository.Root, "README.md"));
        var missing = pages
            .SelectMany(page =>
                Links().Matches(File.ReadAllText(page)).Select(link => Path.Combine(Path.GetDirectoryName(page)!, link.Groups[1].Value))
            )
            .Where(target => !Path.Exists(target));
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_source_file_that_how_it_works_names_is_there()
    {
        var named = SourceFiles().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/how-it-works.md")));
        var paths = named.Select(file => file.Groups[1].Value).ToArray();
        Assert.NotEmpty(paths);
        Assert.All(paths, path => Assert.True(IsThere(path), $"There is no {path}, neither in src/Sosia nor from the repository's root."));

        static bool IsThere(string path) =>
            File.Exists(Path.Combine(Repository.Root, "src/Sosia", path)) || File.Exists(Path.Combine(Repository.Root, path));
    }

    [GeneratedRegex(@"// sample\n(.*?)\n\s*// end", RegexOptions.Singleline)]
    private static partial Regex Compiled();

    [GeneratedRegex(@"```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Shown();

    [GeneratedRegex(@"`([\w./]+\.(?:cs|txt))`")]
    private static partial Regex SourceFiles();

    [GeneratedRegex(@"\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)")]
    private static partial Regex Links();
}
