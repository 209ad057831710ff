using System.Security.Cryptography;
using Sosia.Search;
using Sosia.Server.Errors;

namespace Sosia.Server.Queries;

/// <summary>A photo that somebody uploaded to search with.</summary>
/// <param name="Id">Names it; can't be guessed.</param>
/// <param name="Photo">What was read from it.</param>
/// <param name="Bytes">The file.</param>
/// <param name="Expires">When it goes.</param>
internal sealed record Query(string Id, QueryPhoto Photo, byte[] Bytes, DateTimeOffset Expires)
{
    /// <summary>Memory it takes, about.</summary>
    public long Size =>
        Bytes.Length + Photo.Faces.Sum(face => face.Aligned.Pixels.Length + (face.Embedding?.Length ?? 0) * sizeof(float) + 256L) + 512;
}

/// <summary>
/// Uploaded photos, in memory and nowhere else, until their time is over or somebody says so; the oldest go when there are too many.
/// </summary>
internal sealed class QueryStore : IDisposable
{
    private const int IdBytes = 18;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Query>> _byId = new(StringComparer.Ordinal);
    private readonly LinkedList<Query> _byAge = new(); // the oldest first
    private readonly ServerOptions _options;
    private readonly ITimer _sweep;
    private long _bytes;

    public QueryStore(ServerOptions options)
    {
        _options = options;
        var period = TimeSpan.FromTicks(Math.Clamp(options.QueryLifetime.Ticks / 10, TimeSpan.TicksPerSecond, TimeSpan.TicksPerMinute));
        _sweep = options.Clock.CreateTimer(_ => Sweep(), null, period, period);
    }

    /// <summary>Photos held.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _byId.Count;
        }
    }

    /// <summary>Memory they take, in bytes.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
                return _bytes;
        }
    }

    public Query Add(QueryPhoto photo, byte[] bytes)
    {
        var query = new Query(
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)),
            photo,
            bytes,
            _options.Clock.GetUtcNow() + _options.QueryLifetime
        );
        lock (_gate)
            Insert(query);
        Sweep();
        return query;
    }

    /// <exception cref="ProblemException">Gone, or never there: nothing of it is kept that would tell.</exception>
    public Query Get(string id)
    {
        lock (_gate)
            return _byId.TryGetValue(id, out var node) && node.Value.Expires > _options.Clock.GetUtcNow() ? node.Value : throw Gone();
    }

    /// <summary>Changes a query as it is now, so that two changes at once both hold; its time stays.</summary>
    /// <exception cref="ProblemException">Gone meanwhile.</exception>
    public Query Change(string id, Func<QueryPhoto, QueryPhoto> change)
    {
        lock (_gate)
        {
            if (!_byId.TryGetValue(id, out var node))
                throw Gone();
            var changed = node.Value with { Photo = change(node.Value.Photo) };
            _bytes += changed.Size - node.Value.Size;
            node.Value = changed;
            return changed;
        }
    }

    public void Remove(string id)
    {
        lock (_gate)
            if (_byId.TryGetValue(id, out var node))
                Drop(node);
    }

    public void Dispose()
    {
        _sweep.Dispose();
        lock (_gate)
            (_bytes, _) = (0, Clear());
    }

    private void Insert(Query query)
    {
        _byId.Add(query.Id, _byAge.AddLast(query));
        _bytes += query.Size;
    }

    private void Sweep()
    {
        var now = _options.Clock.GetUtcNow();
        lock (_gate)
            while (_byAge.First is { } oldest && (oldest.Value.Expires <= now || (_bytes > _options.QueryMemory && _byAge.Count > 1)))
                Drop(oldest);
    }

    private void Drop(LinkedListNode<Query> node)
    {
        _byId.Remove(node.Value.Id);
        _byAge.Remove(node);
        _bytes -= node.Value.Size;
    }

    private int Clear()
    {
        _byId.Clear();
        _byAge.Clear();
        return 0;
    }

    private static ProblemException Gone() =>
        new("query-gone", 410, "This photo is no longer held: uploaded photos stay in memory for a while only. Upload it again.");
}
