using Npgsql;
using Sosia.Catalogue;

namespace Sosia.Postgres.Server;

/// <summary>A database and the schema in it that holds one collection: where connections come from.</summary>
internal sealed class PostgresServer : IDisposable
{
    private const int MostConnections = 20;
    private const int SecondsToConnect = 10;
    private const int SecondsToAnswer = 90;
    private const int SecondsBetweenSigns = 30;
    private const int MostPrepared = 60;
    private const int UsesBeforePrepared = 3;

    private readonly Lazy<NpgsqlDataSource> _connections;

    /// <param name="connectionString">As Npgsql takes it.</param>
    /// <param name="collection">The name of the collection, which is that of its schema.</param>
    /// <exception cref="CatalogueException">The connection string can't be read; the message tells no value of it.</exception>
    public PostgresServer(string connectionString, string collection)
    {
        var settings = ConnectionText.Read(connectionString);
        Settings = settings;
        Collection = collection;
        Schema = $"\"{collection.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        Name = $"{collection} in {settings.Database} at {settings.Host}:{settings.Port}";
        settings.ApplicationName ??= "sosia";
        settings.SearchPath = null; // named the collection; each transaction says it
        settings.NoResetOnClose = true; // nothing is left in a session, and PgBouncer hands sessions to others
        settings.TcpKeepAlive = true;
        settings.KeepAlive = SecondsBetweenSigns;
        // What is not said.
        var usual = new NpgsqlConnectionStringBuilder();
        if (settings.MaxPoolSize == usual.MaxPoolSize)
            settings.MaxPoolSize = MostConnections;
        if (settings.Timeout == usual.Timeout)
            settings.Timeout = SecondsToConnect;
        if (settings.CommandTimeout == usual.CommandTimeout)
            settings.CommandTimeout = SecondsToAnswer;
        if (!Says(connectionString, "Max Auto Prepare"))
            (settings.MaxAutoPrepare, settings.AutoPrepareMinUsages) = (MostPrepared, UsesBeforePrepared);
        _connections = new(() =>
        {
            var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
            builder.UseVector();
            return builder.Build();
        });
    }

    /// <summary>How the server is reached.</summary>
    public NpgsqlConnectionStringBuilder Settings { get; }

    /// <summary>The collection's name.</summary>
    public string Collection { get; }

    /// <summary>Its schema, as it stands in statements.</summary>
    public string Schema { get; }

    /// <summary>What messages call it; without user and password.</summary>
    public string Name { get; }

    /// <summary>The schemas in which names of statements are looked up: the collection's, and that of the type of vectors.</summary>
    public string SearchPath => $"{Schema}, public";

    /// <summary>How long work is tried again while the server can't be reached, or refuses for a moment.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The same for a server that has never answered: its name may be wrong.</summary>
    public TimeSpan FirstPatience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Over how many shards of Citus the collection is spread; null when it is not.</summary>
    public int? Shards { get; set; }

    /// <summary>Whether it ever answered, if only that it is not ready.</summary>
    public bool HasAnswered { get; set; }

    /// <summary>Takes a connection; disposing gives it back.</summary>
    public NpgsqlConnection Connect()
    {
        var connection = _connections.Value.OpenConnection();
        HasAnswered = true;
        return connection;
    }

    /// <summary>Asks the server, again while it can't be reached or is not ready, until patience ends.</summary>
    /// <exception cref="CatalogueException">It ended.</exception>
    public T Asking<T>(Func<T> question)
    {
        var tries = new Tries(this);
        while (true)
            try
            {
                return question();
            }
            catch (Exception error) when (PostgresErrors.IsOfServer(error))
            {
                if (!tries.WaitAfter(error))
                    throw PostgresErrors.Translate(error, this);
            }
    }

    /// <summary>Makes types known that came to the database since the first connection.</summary>
    public void ReloadTypes()
    {
        using var connection = Connect();
        connection.ReloadTypes();
    }

    private static bool Says(string connectionString, string key) =>
        connectionString.Split(';').Any(part => part.Split('=')[0].Trim().Equals(key, StringComparison.OrdinalIgnoreCase));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_connections.IsValueCreated)
            _connections.Value.Dispose();
    }
}
