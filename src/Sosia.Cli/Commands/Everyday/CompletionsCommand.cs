using System.CommandLine;

namespace Sosia.Cli.Commands.Everyday;

/// <summary><c>sosia completions SHELL</c>: a script that asks <c>sosia complete</c> what fits.</summary>
internal static class CompletionsCommand
{
    private const string Name = "sosia";

    private static readonly Argument<string> Shell = new Argument<string>("SHELL")
    {
        Description = "bash, zsh, fish or powershell",
    }.AcceptOnlyFromAmong("bash", "zsh", "fish", "powershell");
    private static readonly Argument<string[]> Words = new("WORDS") { Arity = ArgumentArity.ZeroOrMore };

    public static Command Create()
    {
        var command = new Command("completions", "Print a script that completes commands, options and values in a shell") { Shell };
        command.SetAction(parsed =>
        {
            Console.WriteLine(Script(parsed.GetValue(Shell)!, Program()));
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>What the scripts ask: completions of the last of some words, one a line.</summary>
    /// <param name="root">The program's command.</param>
    public static Command Complete(Command root)
    {
        var command = new Command("complete", "What may follow some words") { Words };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            var line = string.Join(' ', (parsed.GetValue(Words) ?? []).Select(Quoted));
            foreach (var completion in root.Parse(line).GetCompletions(line.Length).Select(found => AsTyped(found.Label)).Distinct())
                Console.WriteLine(completion);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Values that the program names as types do are typed in lower case.</summary>
    private static string AsTyped(string label) =>
        label.Length > 0 && char.IsAsciiLetterUpper(label[0]) && label.All(char.IsAsciiLetter) ? label.ToLowerInvariant() : label;

    private static string Quoted(string word) => word.Contains(' ', StringComparison.Ordinal) ? $"\"{word}\"" : word;

    /// <summary>How this program is started: by its path, or by its name where another program runs it.</summary>
    private static string Program() => Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == Name ? path : Name;

    private static string Script(string shell, string program) =>
        shell switch
        {
            "bash" => $$"""
                _sosia() {
                  local word=${COMP_WORDS[COMP_CWORD]} IFS=$'\n'
                  COMPREPLY=($(compgen -W "$('{{program}}' complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "$word"))
                  if [ ${#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- "$word")); fi
                }
                complete -o filenames -F _sosia {{Name}}
                """,
            "zsh" => $$"""
                #compdef {{Name}}
                _sosia() {
                  local -a found
                  found=(${(f)"$('{{program}}' complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)"})
                  if (( ${#found} )); then compadd -- $found; else _files; fi
                }
                compdef _sosia {{Name}}
                """,
            "fish" => $$"""
                function __sosia_complete
                  set -l words (commandline -opc) (commandline -ct)
                  '{{program}}' complete -- $words[2..-1] 2>/dev/null
                end
                complete -c {{Name}} -a '(__sosia_complete)'
                """,
            _ => $$"""
                Register-ArgumentCompleter -Native -CommandName {{Name}} -ScriptBlock {
                  param($word, $ast, $position)
                  $words = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" })
                  if ($word -eq '') { $words += '' }
                  & '{{program}}' complete '--' @words 2>$null | Where-Object { $_ -like "$word*" } |
                  ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
                }
                """,
        };
}
