using Sosia.Server.Errors;

namespace Sosia.Server.Safety;

/// <summary>Counts wrong keys: a few are a slip, more are an attack, and wait.</summary>
internal sealed class Attempts(TimeProvider clock)
{
    private const int Allowed = 5;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Queue<long> _wrong = new();

    /// <exception cref="ProblemException">Too many lately.</exception>
    public void Check()
    {
        lock (_gate)
        {
            while (_wrong.Count > 0 && clock.GetElapsedTime(_wrong.Peek()) > Window)
                _wrong.Dequeue();
            if (_wrong.Count >= Allowed)
                throw ProblemException.Busy("Too many wrong keys; wait a minute.", seconds: 60);
        }
    }

    public void Note()
    {
        lock (_gate)
            _wrong.Enqueue(clock.GetTimestamp());
    }
}
