namespace Sosia.Vectors;

/// <summary>Keeps several files open.</summary>
internal sealed class AllKeptOpen(List<IDisposable> held) : IDisposable
{
    /// <summary>Keeps all open, or none where one refuses.</summary>
    /// <param name="holds">Each keeps one open; null for what needs nothing.</param>
    public static AllKeptOpen Take(IEnumerable<Func<IDisposable?>> holds)
    {
        var held = new AllKeptOpen([]);
        try
        {
            foreach (var hold in holds)
                held.Take(hold());
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var open in held)
            open.Dispose();
    }

    private void Take(IDisposable? open)
    {
        if (open is not null)
            held.Add(open);
    }
}
