using System.Diagnostics;
using System.Security.Cryptography;
using Npgsql;

namespace Sosia.Postgres.Server;

/// <summary>Work that is tried again, later each time, until patience ends, which begins with the first error: work that was stalled for a
/// minute has not been tried again yet.</summary>
internal sealed class Tries(PostgresServer server)
{
    private const int FirstPause = 20,
        LongestPause = 1000; // milliseconds

    private long? _failed;
    private int _pause = FirstPause;

    /// <summary>Waits for the next try.</summary>
    /// <returns>False when the error will not pass, or patience has ended.</returns>
    public bool WaitAfter(Exception error)
    {
        _failed ??= Stopwatch.GetTimestamp();
        server.HasAnswered |= error is PostgresException; // that it is not ready is an answer
        if (
            !PostgresErrors.IsPassing(error)
            || Stopwatch.GetElapsedTime(_failed.Value) > (server.HasAnswered ? server.Patience : server.FirstPatience)
        )
            return false;
        // Those that hindered each other must not meet again.
        Thread.Sleep(RandomNumberGenerator.GetInt32(_pause / 2, _pause));
        _pause = Math.Min(2 * _pause, LongestPause);
        return true;
    }
}
