using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Sosia.Vectors.Tests.Documentation;

public partial class GuideTests
{
    [Fact]
    public void The_code_in_the_guide_is_the_code_that_is_compiled()
    {
        var here = Here();
        var compiled = Compiled()
            .Match(File.ReadAllText(Path.Combine(here, "GuideSample.cs")))
            .Groups[1]
            .Value.Replace("\n        ", "\n", StringComparison.Ordinal)
            .Trim();
        var shown = Shown().Match(File.ReadAllText(Path.Combine(here, "../../../docs/vectors.md"))).Groups[1].Value.Trim();
        Assert.NotEmpty(compiled);
        Assert.EndsWith(compiled, shown, StringComparison.Ordinal);
    }

    private static string Here([CallerFilePath] string path = "") =>
        Directory.Exists(Path.GetDirectoryName(path)) ? Path.GetDirectoryName(path)! : FromTheSolution();

    /// <summary>Deterministic builds may write other paths into the program.</summary>
    private static string FromTheSolution()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Sosia.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Sosia.slnx is not above the tests.");
        return Path.Combine(folder, "tests/Sosia.Vectors.Tests/Documentation");
    }

    [GeneratedRegex(@"// sample\n(.*?)\n\s*// end", RegexOptions.Singleline)]
    private static partial Regex Compiled();

    [GeneratedRegex(@"```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Shown();
}
