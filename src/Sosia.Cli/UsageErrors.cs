using System.CommandLine;

namespace Sosia.Cli;

/// <summary>Says in one line what was typed wrongly, with the word that was meant where one is near.</summary>
internal static class UsageErrors
{
    /// <summary>The sentence.</summary>
    public static string Say(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens is [['-', ..] option, ..])
            return HasOption(command, option) || command.Subcommands.Any(below => HasOption(below, option))
                ? $"Write '{option}' behind the command that it is for; {SeeHelp(command)}."
                : $"There is no option '{option}'; {SeeHelp(command)}.";
        if (command.Subcommands.Count > 0 && parsed.UnmatchedTokens is [var typed, ..])
            return Nearest(typed, command.Subcommands.Where(known => !known.Hidden).Select(known => known.Name)) is { } meant
                ? $"There is no command '{typed}': did you mean `{PathOf(command)} {meant}`?"
                : $"There is no command '{typed}'; {SeeHelp(command)}.";
        return $"{parsed.Errors[0].Message.TrimEnd('.')}; {SeeHelp(command)}.";
    }

    /// <summary>The known word that is nearest to a typed one; null where none is near enough to have been meant.</summary>
    internal static string? Nearest(string typed, IEnumerable<string> known)
    {
        var near = known.Select(word => (Word: word, Slips: Slips(typed, word))).OrderBy(found => found.Slips).FirstOrDefault();
        return near.Word is not null && near.Slips <= Math.Max(1, typed.Length / 3) ? near.Word : null;
    }

    private static bool HasOption(Command command, string typed) =>
        command.Options.Any(option => option.Name == typed || option.Aliases.Contains(typed))
        || command.Parents.OfType<Command>().Any(above => HasOption(above, typed));

    private static string SeeHelp(Command command) => $"see `{PathOf(command)} --help`";

    private static string PathOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } above ? $"{PathOf(above)} {command.Name}" : command.Name;

    /// <summary>Letters that were missed, added, taken for others, or swapped with their neighbour.</summary>
    private static int Slips(string typed, string word)
    {
        var slips = new int[typed.Length + 1, word.Length + 1];
        for (var i = 0; i <= typed.Length; i++)
        for (var j = 0; j <= word.Length; j++)
            slips[i, j] = i == 0 || j == 0 ? i + j : Fewest(i, j);
        return slips[typed.Length, word.Length];

        int Fewest(int i, int j)
        {
            var other = typed[i - 1] == word[j - 1] ? 0 : 1;
            var fewest = Math.Min(Math.Min(slips[i - 1, j], slips[i, j - 1]) + 1, slips[i - 1, j - 1] + other);
            var isSwap = i > 1 && j > 1 && typed[i - 1] == word[j - 2] && typed[i - 2] == word[j - 1];
            return isSwap ? Math.Min(fewest, slips[i - 2, j - 2] + 1) : fewest;
        }
    }
}
