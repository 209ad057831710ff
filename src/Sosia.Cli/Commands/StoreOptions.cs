using System.CommandLine;
using Sosia.Postgres;
using Sosia.Postgres.Search;

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

    /// <summary>Where rows are compared; for the commands that search.</summary>
    public static Option<SearchPlace?> Where { get; } =
        new("--where")
        {
            Description =
                "With a store, where faces are compared: near, in an index of this machine; in the database, which is as exact and slower; "
                + "or approximate, in the database by its HNSW index (see `sosia store index`)",
            HelpName = "near|database|approximate",
        };

    /// <summary>The store that a command line names; null for a directory.</summary>
    /// <exception cref="ArgumentException">Both options are given, the file can't be used, or a database is to search that is not named.
    /// </exception>
    public static PostgresStore? Find(ParseResult parsed)
    {
        var (text, file, collection) = (parsed.GetValue(Store), parsed.GetValue(StoreFile), parsed.GetValue(Shared.Collection));
        if (text is not null && file is not null)
            throw new ArgumentException("--store and --store-file name the same thing: give one of them.");
        if (file is not null)
            text = Read(file);
        // A directory that is named outright comes before the environment's store.
        text ??= collection is null || !LooksLikeDirectory(collection) ? Environment.GetEnvironmentVariable(Variable) : null;
        var where = parsed.GetValue(Where);
        if (string.IsNullOrWhiteSpace(text))
            return where is null or SearchPlace.Near
                ? null
                : throw new ArgumentException("--where names a way to search in a database: name that with --store or --store-file.");
        return new PostgresStore(text, collection is { Length: > 0 } ? collection : null) { Where = where };
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
                part.Split('=', 2) is [var key, _]
                && key.Trim() is var name
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
