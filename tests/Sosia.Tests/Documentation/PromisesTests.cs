using System.Text.RegularExpressions;

namespace Sosia.Tests.Documentation;

public partial class PromisesTests
{
    [Fact]
    public void Every_promise_names_tests_that_are_there_and_every_kind_of_fault_is_promised()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/promises.md"));
        var named = Tests().Matches(page).Select(test => test.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories);
        Assert.Subset(files.Select(file => Path.GetFileNameWithoutExtension(file)).ToHashSet(), named);
        var faults = files
            .Where(file => Path.GetFileName(Path.GetDirectoryName(file)) == "Faults")
            .Select(Path.GetFileNameWithoutExtension);
        Assert.Subset(named, faults.ToHashSet()!);
    }

    [GeneratedRegex(@"`(\w+Tests)`")]
    private static partial Regex Tests();
}
