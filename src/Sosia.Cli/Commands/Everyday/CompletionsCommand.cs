using System.CommandLine;

namespace Sosia.Cli.Commands.Everyday;

/// <summary><c>sosia completions SHELL</c></summary>
internal static class CompletionsCommand
{
    private static readonly Argument<string> Shell = new Argument<string>("SHELL")
    {
        Description = "bash, zsh, fish or powershell",
    }.AcceptOnlyFromAmong("bash", "zsh", "fish", "powershell");

    public static Command Create(Command root)
    {
        var command = new Command("completions", "Print a script that completes this command in a shell") { Shell };
        command.SetAction(parsed =>
        {
            Console.WriteLine(Script(parsed.GetValue(Shell)!, root));
            return ExitCode.Done;
        });
        return command;
    }

    private static string Script(string shell, Command root)
    {
        var names = string.Join(' ', root.Subcommands.Select(command => command.Name).Order(StringComparer.Ordinal));
        return shell switch
        {
            "bash" =>
                $$"""
                _sosia() {
                  local word=${COMP_WORDS[COMP_CWORD]}
                  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "{{names}}" -- "$word"))
                  else {{Options(
                    root,
                    (name, options) =>
                        $"""[ "{'$'}{'{'}COMP_WORDS[1]{'}'}" = {name} ] && COMPREPLY=($(compgen -W "{options}" -- "$word")); """
                )}}local IFS=$'\n'; COMPREPLY+=($(compgen -f -- "$word")); fi
                }
                complete -o filenames -F _sosia sosia
                """,
            "zsh" => $$"""
                #compdef sosia
                _arguments '1:command:({{names}})' '*:file:_files'
                """,
            "fish" => string.Join(
                '\n',
                root.Subcommands.Select(command =>
                    $"complete -c sosia -n __fish_use_subcommand -a {command.Name} -d "
                    + $"'{command.Description?.Replace("'", "\\'", StringComparison.Ordinal)}'"
                )
            ),
            _ => $$"""
                Register-ArgumentCompleter -Native -CommandName sosia -ScriptBlock {
                  param($word, $ast, $position)
                  '{{names}}'.Split(' ') | Where-Object { $_ -like "$word*" } |
                  ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
                }
                """,
        };
    }

    private static string Options(Command root, Func<string, string, string> line) =>
        string.Concat(
            root.Subcommands.Where(command => command.Options.Count + command.Subcommands.Count > 0)
                .Select(command =>
                    line(
                        command.Name,
                        string.Join(' ', command.Options.Select(option => option.Name).Concat(command.Subcommands.Select(sub => sub.Name)))
                    )
                )
        );
}
