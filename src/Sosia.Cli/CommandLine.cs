using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Sosia.Catalogue;
using Sosia.Cli.Commands.Everyday;
using Sosia.Cli.Commands.People;
using Sosia.Cli.Commands.Research;
using Sosia.Cli.Commands.Upkeep;
using Sosia.Cli.Output;
using Sosia.Models;
using Sosia.People.Names;
using Sosia.Photos;
using Sosia.Search;

namespace Sosia.Cli;

/// <summary>The command as a whole: what there is, how it is run, and what an error becomes.</summary>
internal static class CommandLine
{
    public static int Run(string[] args)
    {
        using var cancellation = new Cancellation();
        var parsed = Parse(args, cancellation.Token);
        try
        {
            if (args.Length == 0)
                return Welcome.Say();
            if (parsed.Action is ParseErrorAction)
            {
                Console.Error.WriteLine(Text.Printable(UsageErrors.Say(parsed)));
                return ExitCode.Error;
            }
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception error) when (Environment.GetEnvironmentVariable("SOSIA_DEBUG") != "1")
        {
            return Report(error);
        }
    }

    /// <summary>What a command line asks for, and what is wrong with it.</summary>
    public static ParseResult Parse(string[] args, CancellationToken cancellation = default) => Root(cancellation).Parse(args);

    /// <summary>A <see cref="RootCommand"/> would call itself by the name of the assembly.</summary>
    private static Command Root(CancellationToken cancellation)
    {
        var root = new Command(
            "sosia",
            "Sosia finds people: give it a photo with a person, it gives back the photos of a collection in which that person appears."
        );
        var help = new HelpOption();
        root.Add(help);
        root.Add(new VersionOption());
        CommandGroup[] groups =
        [
            new(
                "Every day",
                [
                    IndexCommand.Create(cancellation),
                    WatchCommand.Create(cancellation),
                    WorkCommand.Create(cancellation),
                    SearchCommand.Create(cancellation),
                    PeopleCommand.Create(cancellation),
                    CaseCommand.Create(cancellation),
                    ServeCommand.Create(cancellation),
                    CompareCommand.Create(cancellation),
                    WhyCommand.Create(cancellation),
                    DuplicatesCommand.Create(cancellation),
                    ExportCommand.Create(cancellation),
                    DemoCommand.Create(cancellation),
                ]
            ),
            new(
                "The collection",
                [
                    StatusCommand.Create(),
                    PhotosCommand.Create(),
                    ForgetCommand.Create(cancellation),
                    RelocateCommand.Create(cancellation),
                    CalibrateCommand.Create(cancellation),
                    BackupCommand.Create(),
                    RestoreCommand.Create(),
                    CopyCommand.Create(cancellation),
                    StoreCommand.Create(),
                    PlanCommand.Create(),
                    KeysCommand.Create(),
                    VerifyCommand.Create(cancellation),
                    DoctorCommand.Create(),
                    CompletionsCommand.Create(),
                ]
            ),
            new(
                "Research and models",
                [
                    ModelsCommand.Create(cancellation),
                    EvalCommand.Create(cancellation),
                    KnnCommand.Create(cancellation),
                    EmbedCommand.Create(cancellation),
                    DatasetCommand.Create(cancellation),
                    TrainCommand.Create(),
                    ClassifyCommand.Create(),
                    StudentCommand.Create(cancellation),
                    DrawCommand.Create(),
                ]
            ),
        ];
        foreach (var command in groups.SelectMany(group => group.Commands))
            root.Add(command);
        root.Add(CompletionsCommand.Complete(root));
        help.Action = new GroupedHelp(groups, (SynchronousCommandLineAction)help.Action!);
        return root;
    }

    /// <summary>One sentence on standard error, and the exit code of the kind of error.</summary>
    private static int Report(Exception error)
    {
        var (code, sentence) = error switch
        {
            AggregateException { InnerException: { } inner } => (Report(inner), null),
            OperationCanceledException => (
                ExitCode.Cancelled,
                "Cancelled: what was finished is kept, and the same command goes on from there."
            ),
            CatalogueException { Problem: CatalogueProblem.Missing or CatalogueProblem.NotFound } => (ExitCode.NoCollection, error.Message),
            CatalogueException { Problem: CatalogueProblem.Locked } => (ExitCode.Locked, error.Message),
            CatalogueException { Problem: CatalogueProblem.Damaged } => (ExitCode.Damaged, error.Message),
            CatalogueException or ModelException or UnreadablePhotoException or QueryException or PeopleException or ArgumentException => (
                ExitCode.Error,
                error.Message
            ),
            IOException when IsBrokenPipe(error) => (ExitCode.Done, null),
            IOException or UnauthorizedAccessException => (ExitCode.Error, error.Message),
            _ => (
                ExitCode.Error,
                $"Something went wrong that should not ({error.GetType().Name}: {error.Message}); set SOSIA_DEBUG=1 to see where, and "
                    + "report it."
            ),
        };
        if (sentence is not null)
            Console.Error.WriteLine(Text.Printable(sentence));
        return code;
    }

    /// <summary>Whoever read the output has seen enough.</summary>
    private static bool IsBrokenPipe(Exception error) => error.Message.Contains("Broken pipe", StringComparison.OrdinalIgnoreCase);
}
