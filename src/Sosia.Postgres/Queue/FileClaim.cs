using Sosia.Catalogue;
using Sosia.Photos;
using Sosia.Postgres.Catalogue;

namespace Sosia.Postgres.Queue;

/// <summary>A worker's claim: its token fences it off from others, and it is put off by a timer as long as the worker lives.</summary>
internal sealed class FileClaim : IFileClaim
{
    private readonly PostgresDatabase _database;
    private readonly long _token;
    private readonly TimeSpan _lease;
    private readonly CancellationTokenSource _lost = new();
    private readonly Timer _signs;
    private readonly Lock _gate = new();
    private bool _isDisposed;

    public FileClaim(
        PostgresDatabase database,
        long token,
        IReadOnlyList<FileStamp> files,
        IReadOnlyList<FileStamp> givenUp,
        TimeSpan lease
    )
    {
        (_database, _token, Files, GivenUp, _lease) = (database, token, files, givenUp, lease);
        _signs = new Timer(_ => GiveSign(), null, lease / 4, lease / 4);
    }

    /// <summary>Names it, and no other of this queue.</summary>
    public long Token => _token;

    /// <inheritdoc/>
    public IReadOnlyList<FileStamp> Files { get; }

    /// <inheritdoc/>
    public IReadOnlyList<FileStamp> GivenUp { get; }

    /// <inheritdoc/>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Gives back what was not stored; that it was claimed counts as no attempt.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
        }
        _signs.Dispose();
        try
        {
            _database.Change(() =>
                _database.Run(
                    """
                    WITH done AS (DELETE FROM claims WHERE token = $1)
                    UPDATE queue SET claim = NULL, attempts = greatest(attempts - 1, 0) WHERE claim = $1
                    """,
                    _token
                )
            );
        }
        catch (Exception gone) when (gone is CatalogueException or ObjectDisposedException)
        {
            // The server is gone, or the store was closed before: the claim ends by itself.
        }
        _lost.Dispose();
    }

    private void GiveSign()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            try
            {
                var isMine = _database.Change(() =>
                    _database.Run("UPDATE claims SET until = clock_timestamp() + $2 WHERE token = $1", _token, _lease) > 0
                );
                if (!isMine)
                    _lost.Cancel();
            }
            catch (CatalogueException)
            {
                // The server can't be reached now: the next sign may come through.
            }
            catch (ObjectDisposedException)
            {
                _signs.Dispose(); // the store was closed before the claim
            }
        }
    }
}
