using System.CommandLine;
using Sosia.Cli.Output;
using Sosia.Cli.Output.OnTerminal;
using Sosia.Server.Safety.Keys;

namespace Sosia.Cli.Commands.Upkeep;

/// <summary><c>sosia keys add|list|revoke</c></summary>
internal static class KeysCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "Who has the key" };
    private static readonly Option<Scope> May = new("--may")
    {
        Description = "search: search and look; review: also verdicts, names and cases; manage: also index, forget and settings",
        HelpName = "search|review|manage",
        Required = true,
        CustomParser = result =>
        {
            if (Enum.TryParse<Scope>(result.Tokens[0].Value, ignoreCase: true, out var scope) && Enum.IsDefined(scope))
                return scope;
            result.AddError($"Expected --may search, review or manage, got '{result.Tokens[0].Value}'.");
            return default;
        },
    };
    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create()
    {
        var add = new Command("add", "Make an API key and print it, the only time that anybody sees it") { Name, May };
        add.SetAction(Add);
        var list = new Command("list", "List the keys: names, what they allow, and when they were last used") { AsJson };
        list.SetAction(List);
        var revoke = new Command("revoke", "Take a key back at once, also from a server that runs") { Name };
        revoke.SetAction(Revoke);
        return new Command("keys", "Manage the API keys of the collection's server") { add, list, revoke }.OfCollection();
    }

    private static int Add(ParseResult parsed)
    {
        using var collection = Shared.Open(parsed);
        var (name, may) = (parsed.GetValue(Name)!, parsed.GetValue(May));
        Console.WriteLine(new KeyStore(collection.Directory).Add(name, may, TimeProvider.System.GetUtcNow()));
        Console.Error.WriteLine($"The key of {name} may {Lower(may)}. It is shown this once; from now on every request needs a key.");
        return ExitCode.Done;
    }

    private static int List(ParseResult parsed)
    {
        using var collection = Shared.Open(parsed);
        var keys = new KeyStore(collection.Directory).Read();
        var table = new AnswerTable([new("Name", 24), new("May", 8), new("Made", 10), new("Used")]);
        foreach (var key in keys)
            if (parsed.GetValue(AsJson))
                Json.Write(new ApiKeyJson(key.Name, Lower(key.May), key.Created, key.LastUsed));
            else
                table.Add(
                    key.Name,
                    Lower(key.May),
                    $"made {key.Created:yyyy-MM-dd}",
                    key.LastUsed is { } day ? $"last used {day:yyyy-MM-dd}" : "never used"
                );
        table.Print();
        if (keys.Count == 0 && !parsed.GetValue(AsJson))
            Console.WriteLine("There is no API key: the server makes a token at every start, and listens on this machine alone.");
        return ExitCode.Done;
    }

    private static int Revoke(ParseResult parsed)
    {
        using var collection = Shared.Open(parsed);
        new KeyStore(collection.Directory).Revoke(parsed.GetValue(Name)!);
        Console.WriteLine($"The key of {parsed.GetValue(Name)} opens nothing any more.");
        return ExitCode.Done;
    }

    private static string Lower(Scope scope) => scope.ToString().ToLowerInvariant();
}
