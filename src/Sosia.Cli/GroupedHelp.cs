using System.CommandLine;
using System.CommandLine.Invocation;

namespace Sosia.Cli;

/// <summary>Commands that belong together.</summary>
/// <param name="Title">What they are for.</param>
/// <param name="Commands">The commands, the most used first.</param>
internal sealed record CommandGroup(string Title, IReadOnlyList<Command> Commands);

/// <summary>The help of the program itself, its commands in groups; each command keeps the usual help.</summary>
/// <param name="groups">The groups.</param>
/// <param name="usual">The help of commands.</param>
internal sealed class GroupedHelp(IReadOnlyList<CommandGroup> groups, SynchronousCommandLineAction usual) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        ArgumentNullException.ThrowIfNull(parseResult);
        var program = parseResult.RootCommandResult.Command;
        if (parseResult.CommandResult.Command != program)
            return usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine(program.Description);
        output.WriteLine($"\nUsage:\n  {program.Name} [command] [options]");
        foreach (var group in groups)
            Write(
                output,
                group.Title,
                group.Commands.Where(command => !command.Hidden).Select(command => (NameOf(command), command.Description))
            );
        Write(output, "Options", program.Options.Where(option => !option.Hidden).Select(option => (NameOf(option), option.Description)));
        return ExitCode.Done;
    }

    private static void Write(TextWriter output, string title, IEnumerable<(string Name, string? Description)> lines)
    {
        output.WriteLine($"\n{title}:");
        var all = lines.ToArray();
        var width = all.Max(line => line.Name.Length);
        foreach (var (name, description) in all)
            output.WriteLine($"  {name.PadRight(width)}  {description}");
    }

    private static string NameOf(Command command) =>
        string.Join(' ', [command.Name, .. command.Arguments.Select(argument => $"<{argument.HelpName ?? argument.Name}>")]);

    private static string NameOf(Option option)
    {
        var names = string.Join(
            ", ",
            option.Aliases.Append(option.Name).OrderBy(name => name.Length).ThenBy(name => name, StringComparer.Ordinal)
        );
        return option.HelpName is { } value ? $"{names} <{value}>" : names;
    }
}
