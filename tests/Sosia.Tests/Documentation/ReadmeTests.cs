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
        var missing =
            from page in DocumentedPages.All
            from Match link in Links().Matches(File.ReadAllText(page))
            let target = link.Groups[1].Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, link.Groups[1].Value)
            where !Path.Exists(target) || (link.Groups[2].Success && !Headings(target).Contains(link.Groups[2].Value))
            select $"{Path.GetRelativePath(Repository.Root, page)}: {link.Value}";
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_script_and_every_measurement_that_a_page_names_is_there()
    {
        var bench = File.ReadAllText(Path.Combine(Repository.Root, "bench/Sosia.Bench/Program.cs"));
        var missing =
            from page in DocumentedPages.All
            let text = File.ReadAllText(page)
            let scripts = Scripts().Matches(text).Select(script => script.Groups[1].Value).Where(script => !Path.Exists(FullPath(script)))
            let measurements = Measurements().Matches(text).Select(run => run.Groups[1].Value).Where(run => !bench.Contains($"[\"{run}\""))
            from named in scripts.Concat(measurements)
            select $"{Path.GetRelativePath(Repository.Root, page)}: {named}";
        Assert.Empty(missing);

        static string FullPath(string path) => Path.Combine(Repository.Root, path);
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

    /// <summary>The names by which a page's headings are linked to.</summary>
    private static HashSet<string> Headings(string page) =>
        [
            .. File.ReadLines(page)
                .Where(line => line.StartsWith('#'))
                .Select(line => string.Concat(line.TrimStart('#').Trim().ToLowerInvariant().Where(IsKept)).Replace(' ', '-')),
        ];

    private static bool IsKept(char letter) => char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '_';

    [GeneratedRegex(@"// sample\n(.*?)\n\s*// end", RegexOptions.Singleline)]
    private static partial Regex Compiled();

    [GeneratedRegex(@"```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Shown();

    [GeneratedRegex(@"`([\w./]+\.(?:cs|txt))`")]
    private static partial Regex SourceFiles();

    [GeneratedRegex(@"(?<=[`\s])((?:eng|bench/peers|src|samples|\.ci)/[\w./-]+|\.ci/run)(?=[`\s])")]
    private static partial Regex Scripts();

    [GeneratedRegex(@"(?:Sosia\.Bench|bench) -- ([\w-]+)")]
    private static partial Regex Measurements();

    [GeneratedRegex(@"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")]
    private static partial Regex Links();
}
