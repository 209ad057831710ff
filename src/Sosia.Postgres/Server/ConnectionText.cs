using Npgsql;
using Sosia.Catalogue;

namespace Sosia.Postgres.Server;

/// <summary>Reads connection strings, and says what is wrong with one without repeating what it says: it may hold a password.</summary>
internal static class ConnectionText
{
    /// <exception cref="CatalogueException">It can't be read, or names no host or database.</exception>
    public static NpgsqlConnectionStringBuilder Read(string text)
    {
        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings = new(text);
        }
        catch (Exception mistake) when (mistake is ArgumentException or FormatException or KeyNotFoundException or OverflowException)
        {
            throw Wrong(MistakeIn(text));
        }
        if (string.IsNullOrEmpty(settings.Host))
            throw Wrong("it names no host");
        if (string.IsNullOrEmpty(settings.Database))
            throw Wrong("it names no database");
        return settings;
    }

    private static string MistakeIn(string text)
    {
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
                return "a part of it has no '='";
            var key = part[..equals].Trim();
            try
            {
                _ = new NpgsqlConnectionStringBuilder { [key] = part[(equals + 1)..].Trim().Trim('\'', '"') };
            }
            catch (Exception mistake) when (mistake is ArgumentException or FormatException or KeyNotFoundException or OverflowException)
            {
                return new NpgsqlConnectionStringBuilder().ContainsKey(key)
                    ? $"the value of '{key}' can't be read"
                    : $"there is no setting '{key}'";
            }
        }
        return "its quotes don't match";
    }

    private static CatalogueException Wrong(string what) =>
        new(
            CatalogueProblem.Unavailable,
            $"The connection string of the store can't be used: {what}. Expected something like Host=db;Database=photos;Username=sosia."
        );
}
