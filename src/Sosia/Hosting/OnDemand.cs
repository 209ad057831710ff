namespace Sosia.Hosting;

/// <summary>
/// Something that is made when it is first asked for, once. Where that fails the next who asks tries again: the file that was missing or
/// damaged may have been repaired meanwhile.
/// </summary>
internal sealed class OnDemand<T>(Func<T> make)
{
    private readonly Lock _gate = new();
    private volatile Box? _made;

    /// <summary>The value; callers that ask while it is being made wait.</summary>
    public T Value
    {
        get
        {
            if (_made is { } made)
                return made.Content;
            lock (_gate)
                return (_made ??= new Box(make())).Content;
        }
    }

    /// <summary>Whether it was made.</summary>
    public bool IsMade => _made is not null;

    private sealed record Box(T Content);
}
