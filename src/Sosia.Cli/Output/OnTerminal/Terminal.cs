using Spectre.Console;

namespace Sosia.Cli.Output.OnTerminal;

/// <summary>The streams where a person sits in front of them: what can be drawn there, and in which colours.</summary>
internal static class Terminal
{
    /// <summary>Standard output; null where a file or another program reads it, or where the terminal knows no colours.</summary>
    public static IAnsiConsole? Output() => Console.IsOutputRedirected ? null : Of(Console.Out);

    /// <summary>Standard error; null likewise.</summary>
    public static IAnsiConsole? Error() => Console.IsErrorRedirected ? null : Of(Console.Error);

    /// <summary>A stream that is drawn on whatever it is.</summary>
    public static IAnsiConsole InFullColour(TextWriter stream) =>
        AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(stream),
                Ansi = AnsiSupport.Yes,
                ColorSystem = ColorSystemSupport.TrueColor,
            }
        );

    private static IAnsiConsole? Of(TextWriter stream)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(stream) });
        return console.Profile.Capabilities.Ansi ? console : null;
    }
}
