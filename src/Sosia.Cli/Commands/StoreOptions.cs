using System.CommandLine;
using Sosia.Postgres;

namespace Sosia.Cli.Commands;

/// <summary>The options that name a database in place of a directory.</summary>
internal static class StoreOptions
{
    private const string Variable = "SOSIA_STORE";

    public static Option<string?> Store { get; } =
        new("--store")
        {
            Description =
                "Connection string of a PostgreSQL database that keeps the collection, in place of a directory (default: $SOSIA_STORE); "
                + "--collection names the collection in it",
            HelpName = "TEXT",
            Recursive = true,
        };

    public static Option<string?> StoreFile { get; } =
        new("--store-file")
        {
            Description = "File that holds the connection string, so that no password stands in the list of processes",
            HelpName = "FILE",
            Recursive = true,
        };

    /// <summary>The store that a command line names; null for a directory.</summary>
    /// <exception cref="ArgumentException">Both options are given, or the file can't be used.</exception>
    public static PostgresStore? Find(ParseResult parsed)
    {
        var (text, file, collection) = (parsed.GetValue(Store), parsed.GetValue(StoreFile), parsed.GetValue(Shared.Collection));
        if (text is not null && file is not null)
            throw new ArgumentException("--store and --store-file name the same thing: give one of them.");
        if (file is not null)
            text = Read(file);
        // A directory that is named outright comes before the environment's store.
        text ??= collection is null || !LooksLikeDirectory(collection) ? Environment.GetEnvironmentVariable(Variable) : null;
        return string.IsNullOrWhiteSpace(text) ? null : new PostgresStore(text, collection is { Length: > 0 } ? collection : null);
    }

    /// <summary>The store of an argument that may be a directory: a connection string, or @ and a file that holds one.</summary>
    /// <returns>Null where it is a directory.</returns>
    public static PostgresStore? Find(string place) =>
        place.StartsWith('@') ? new PostgresStore(Read(place[1..]))
        : IsConnectionString(place) ? new PostgresStore(place)
        : null;

    private static bool IsConnectionString(string place) =>
        !Path.Exists(place)
        && place
            .Split(';')
            .Any(part =>
                part.Split('=', 2) is [var key, _] && key.Trim() is var name
                && (name.Equals("Host", StringComparison.OrdinalIgnoreCase) || name.Equals("Server", StringComparison.OrdinalIgnoreCase))
            );

    private static bool LooksLikeDirectory(string collection) =>
        collection.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) || Directory.Exists(collection);

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"The file {file} with the store's connection string can't be read: {refused.Message}", refused);
        }
    }
}
