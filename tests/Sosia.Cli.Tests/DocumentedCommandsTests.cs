using System.CommandLine;
using System.Text.RegularExpressions;

namespace Sosia.Cli.Tests;

/// <summary>Every command in the README, the docs and the program's own messages is one that the program takes.</summary>
public partial class DocumentedCommandsTests
{
    /// <summary>What stands for a number in a command that is shown.</summary>
    private static readonly string[] Numbers = ["N", "M", "K", "ID"];

    [Fact]
    public void Every_line_that_is_to_be_typed_is_a_whole_command()
    {
        var lines = Pages()
            .SelectMany(page => Lines().Matches(page.Text).Select(line => (page.Name, Line: line.Groups[1].Value)))
            .ToArray();
        Assert.True(lines.Length > 80);
        var wrong =
            from line in lines
            from command in Alternatives(line.Line)
            from error in CommandLine.Parse(command).Errors
            select $"{line.Name}: {line.Line.Trim()}: {error.Message}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_command_that_a_sentence_names_exists_with_its_options() =>
        AllExist(Pages().Where(page => page.Name != "CHANGELOG.md"), least: 80); // which also names what is gone

    [Fact]
    public void Every_command_that_a_message_names_exists_with_its_options() =>
        AllExist(
            Directory
                .GetFiles(Path.Combine(DocumentedPages.Root, "src"), "*.cs", SearchOption.AllDirectories)
                .Select(source => (Path.GetFileName(source), Inserted().Replace(Joined().Replace(File.ReadAllText(source), ""), "X"))),
            least: 60
        );

    [Fact]
    public void The_README_says_which_commands_have_no_json()
    {
        var without = Leaves(CommandLine.Parse([]).RootCommandResult.Command, "")
            .Where(leaf => leaf.Command.Options.All(option => option.Name != "--json"))
            .Select(leaf => leaf.Path)
            .Order(StringComparer.Ordinal);
        var said = WithoutJson().Match(File.ReadAllText(Path.Combine(DocumentedPages.Root, "README.md"))).Groups[1].Value;
        Assert.Equal(without, Quoted().Matches(said).Select(name => name.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    private static void AllExist(IEnumerable<(string Name, string Text)> texts, int least)
    {
        var named = texts.SelectMany(text => Spans().Matches(text.Text).Select(span => (text.Name, Line: span.Groups[1].Value))).ToArray();
        Assert.True(named.Length > least);
        Assert.DoesNotContain(named, command => !IsKnown(command.Line));
    }

    /// <summary>Whether the program has the command and its options; arguments may be missing in a sentence.</summary>
    private static bool IsKnown(string line) =>
        Alternatives(line)
            .All(words =>
                CommandLine.Parse(words) is { UnmatchedTokens.Count: 0 } parsed
                && (parsed.Errors.Count == 0 || parsed.CommandResult.Command != parsed.RootCommandResult.Command)
            );

    private static IEnumerable<(string Path, Command Command)> Leaves(Command command, string above) =>
        command.Hidden ? []
        : command.Subcommands.Count == 0 ? [(above.Trim(), command)]
        : command.Subcommands.SelectMany(below => Leaves(below, $"{above} {below.Name}"));

    private static IEnumerable<(string Name, string Text)> Pages() =>
        DocumentedPages.All.Select(page => (Path.GetFileName(page), File.ReadAllText(page).Replace("\\\n", " ", StringComparison.Ordinal)));

    /// <summary>The words of a line after "sosia"; several commands where it shows alternatives.</summary>
    private static IEnumerable<string[]> Alternatives(string line)
    {
        var words = Words().Matches(line.Split(" #")[0].Split(';')[0]).Select(Word).Where(word => word.Length > 0).ToArray();
        var group = words.Take(1);
        var alternative = new List<string>();
        foreach (var word in words.Append("|"))
            if (word != "|")
                alternative.Add(word);
            else
            {
                yield return [.. alternative];
                alternative = [.. group];
            }
    }

    private static string Word(Match match)
    {
        var word = match
            .Value.Replace("\"", "", StringComparison.Ordinal)
            .Replace("\\ ", " ", StringComparison.Ordinal)
            .Trim('…', '[', ']');
        return Numbers.Contains(word) ? "3"
            : word.Length > 1 ? word.Split('|')[0]
            : word;
    }

    [GeneratedRegex(@"All commands have `--json` but (.*?)\.\n", RegexOptions.Singleline)]
    private static partial Regex WithoutJson();

    /// <summary>Where a message goes on in the next line of the source.</summary>
    [GeneratedRegex(@"""\s*\+\s*\$?""")]
    private static partial Regex Joined();

    [GeneratedRegex(@"\{[^{}\n]*\}")]
    private static partial Regex Inserted();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^ {4}sosia (.+)$", RegexOptions.Multiline)]
    private static partial Regex Lines();

    [GeneratedRegex(@"`sosia ([^`]+)`")]
    private static partial Regex Spans();

    [GeneratedRegex(@"(?:""[^""]*""|\\ |[^\s""])+")]
    private static partial Regex Words();
}
