using System.CommandLine;
using System.Text.Json;
using Sosia.Cli.Output;
using Sosia.Cli.Output.OnTerminal;
using Sosia.Models;
using Sosia.Models.Store;

namespace Sosia.Cli.Commands.Upkeep;

/// <summary><c>sosia models list|verify|add|import|remove</c></summary>
internal static class ModelsCommand
{
    private static readonly Argument<string> OnnxFile = new("FILE") { Description = "An ONNX file, all its constants inside" };
    private static readonly Option<string> Entry = new("--entry")
    {
        Description = "JSON file with the model's manifest entry: one element of models.json",
        HelpName = "FILE",
        Required = true,
    };

    public static Command Create(CancellationToken cancellation) =>
        new("models", "The networks that make embeddings: list, check, add, import, remove")
        {
            List(),
            Verify(cancellation),
            Add(),
            Remove(),
            ModelsImportCommand.Create(cancellation),
        };

    private static Command List()
    {
        var json = Shared.Json();
        var command = new Command("list", "List all models; the first of a kind is the default") { json };
        command.SetAction(parsed =>
        {
            var table = new AnswerTable([new("Name", 20), new("Makes", 16), new("Licence", 10), new("", 8), new("Origin")]);
            foreach (var model in ModelStore.Open().Models)
                if (parsed.GetValue(json))
                    Json.Write(ToJson(model, null));
                else
                    table.Add(
                        model.Entry.Name,
                        Makes(model),
                        model.Entry.Licence,
                        model.BuiltIn ? "built in" : "added",
                        model.Entry.Origin
                    );
            table.Print();
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Verify(CancellationToken cancellation)
    {
        var json = Shared.Json();
        var command = new Command("verify", "Check every model's hash and run it once (exit code 2: one is not what the manifest says)")
        {
            json,
        };
        command.SetAction(parsed =>
        {
            var checks = ModelStore.Open().Verify(cancellation);
            foreach (var check in checks)
                if (parsed.GetValue(json))
                    Json.Write(ToJson(check.Model, check));
                else
                    Console.WriteLine(Text.Printable(check.Message));
            return checks.All(check => check.Problem is null) ? ExitCode.Done : ExitCode.Error;
        });
        return command;
    }

    private static Command Add()
    {
        var json = Shared.Json();
        var command = new Command("add", "Add a face or image model of your own: any ONNX file and its manifest entry")
        {
            OnnxFile,
            Entry,
            json,
        };
        command.SetAction(parsed =>
        {
            var model = ModelStore
                .Open()
                .Add(
                    parsed.GetValue(OnnxFile)!,
                    ModelManifest.ParseEntry(File.ReadAllText(parsed.GetValue(Entry)!), parsed.GetValue(Entry)!)
                );
            if (parsed.GetValue(json))
                Json.Write(ToJson(model, null));
            else
                Console.WriteLine($"Added '{model.Entry.Name}'; use it with --model {model.Entry.Name}.");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Remove()
    {
        var name = new Argument<string>("NAME") { Description = "A model that was added or imported" };
        var json = Shared.Json();
        var command = new Command("remove", "Remove a model that was added; rows that it made stay in collections") { name, json };
        command.SetAction(parsed =>
        {
            var removed = ModelStore.Open().Remove(parsed.GetValue(name)!);
            if (parsed.GetValue(json))
                Json.Write(ToJson(removed, null));
            else
                Console.WriteLine($"Removed '{Text.Printable(removed.Entry.Name)}'.");
            return ExitCode.Done;
        });
        return command;
    }

    private static string Makes(KnownModel model) => JsonNamingPolicy.KebabCaseLower.ConvertName(model.Entry.Makes.ToString());

    internal static ModelJson ToJson(KnownModel model, ModelCheck? check) =>
        new(
            model.Entry.Name,
            Makes(model),
            model.Path,
            model.Entry.Sha256,
            model.Entry.Licence,
            model.Entry.Origin,
            model.Entry.TrainingData,
            model.BuiltIn,
            check is null ? null
                : check.Problem is { } problem ? JsonNamingPolicy.CamelCase.ConvertName(problem.ToString())
                : "sound",
            check?.Problem is null ? null : check.Message
        );
}
