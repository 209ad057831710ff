using System.Net.Sockets;
using Npgsql;
using Sosia.Catalogue;

namespace Sosia.Postgres.Server;

/// <summary>Says PostgreSQL's errors in the catalogue's words: one sentence with what, why, and what to do; never the password.</summary>
internal static class PostgresErrors
{
    /// <summary>Whether an error is one of the server, or of the way to it.</summary>
    public static bool IsOfServer(Exception error) => error is NpgsqlException or SocketException or TimeoutException or IOException;

    /// <summary>Whether the connection went, so that it is not known how far the server came.</summary>
    public static bool IsLost(Exception error) =>
        IsOfServer(error)
        && error
            is not PostgresException
                or PostgresException { SqlState: "57P01" or "57P02" or "57P05" or "25P03" or "25P04" or ['0', '8', ..] };

    /// <summary>Whether the same work may succeed when it is tried again.</summary>
    public static bool IsPassing(Exception error) =>
        error switch
        {
            PostgresException
            {
                SqlState: PostgresErrorCodes.SerializationFailure
                    or PostgresErrorCodes.DeadlockDetected
                    or PostgresErrorCodes.LockNotAvailable
                    or PostgresErrorCodes.CannotConnectNow
                    or PostgresErrorCodes.TooManyConnections
            } => true,
            PostgresException => IsLost(error),
            NpgsqlException or SocketException or TimeoutException or IOException => true,
            _ => false,
        };

    /// <summary>The catalogue's word for an error.</summary>
    /// <param name="error">The error.</param>
    /// <param name="server">Where.</param>
    public static CatalogueException Translate(Exception error, PostgresServer server) =>
        error is PostgresException refused
            ? refused.SqlState switch
            {
                PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => New(
                    CatalogueProblem.Unavailable,
                    $"The server {At(server)} refuses the user {server.Settings.Username} or the password: check both in the store's "
                        + "connection string."
                ),
                PostgresErrorCodes.InvalidCatalogName => New(
                    CatalogueProblem.Unavailable,
                    $"The server {At(server)} has no database {server.Settings.Database}: create it, or name another one."
                ),
                PostgresErrorCodes.InsufficientPrivilege => New(
                    CatalogueProblem.Unavailable,
                    $"The user {server.Settings.Username} lacks a right in the database {server.Settings.Database} "
                        + $"({refused.MessageText}): ask its owner for it."
                ),
                PostgresErrorCodes.TooManyConnections => New(
                    CatalogueProblem.Unavailable,
                    $"The server {At(server)} takes no more connections: end some, or lower Maximum Pool Size in the store's connection "
                        + "string."
                ),
                PostgresErrorCodes.DiskFull => New(
                    CatalogueProblem.CannotWrite,
                    $"The disk of the server {At(server)} is full: free some space there and run again; what was stored is safe."
                ),
                PostgresErrorCodes.LockNotAvailable => New(
                    CatalogueProblem.Locked,
                    $"The collection {server.Name} was in use by others for too long: try again when they are done."
                ),
                PostgresErrorCodes.ReadOnlySqlTransaction => New(
                    CatalogueProblem.CannotWrite,
                    $"The server {At(server)} is a replica, or takes no writes: name the primary server to write."
                ),
                PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted => New(
                    CatalogueProblem.Damaged,
                    $"The server {At(server)} found damaged data ({refused.MessageText}): restore the database from a backup."
                ),
                PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.InvalidSchemaName => New(
                    CatalogueProblem.Damaged,
                    $"The collection {server.Name} lacks a table or column ({refused.MessageText}): restore the database from a backup."
                ),
                var state when IsPassing(refused) => New(
                    CatalogueProblem.Unavailable,
                    $"The server {At(server)} did not take the work for {server.Patience.TotalSeconds:0} seconds "
                        + $"({refused.MessageText}, {state}): see that it runs, and try again; what was stored is safe."
                ),
                var state => New(
                    CatalogueProblem.Damaged,
                    $"The collection {server.Name} refused a statement ({refused.MessageText}, {state}): run 'sosia verify'."
                ),
            }
            : New(
                CatalogueProblem.Unavailable,
                $"The server {At(server)} can't be reached ({Reason(error)}): see that it runs and that host and port are right; what was "
                    + "stored is safe."
            );

    private static string At(PostgresServer server) => $"{server.Settings.Host}:{server.Settings.Port}";

    private static string Reason(Exception error) => (error.InnerException ?? error).Message.TrimEnd('.');

    private static CatalogueException New(CatalogueProblem problem, string message) => new(problem, message);
}
