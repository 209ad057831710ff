using Sosia.Catalogue;
using Sosia.Postgres.Server;

namespace Sosia.Postgres.Catalogue;

/// <summary>A collection in a database is backed up with the database, whose own means do it better.</summary>
internal sealed class PostgresBackup(PostgresServer server) : ICatalogueBackup
{
    /// <inheritdoc/>
    public BackupReceipt Make(string file, bool replace) => throw Refused("pg_dump makes a backup of it");

    /// <inheritdoc/>
    public RestoreReceipt Restore(string file, bool replace, Action? beforeReplacing = null) =>
        throw Refused("pg_restore restores a backup of it that pg_dump made");

    private CatalogueException Refused(string instead) =>
        new(
            CatalogueProblem.CannotWrite,
            $"The collection {server.Name} is kept by a database: {instead}, and 'sosia copy' brings it to a directory and back."
        );
}
