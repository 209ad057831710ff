namespace Sosia.Vectors;

/// <summary>Keeps several tables open.</summary>
internal sealed class AllKeptOpen(List<IDisposable> held) : IDisposable
{
    /// <summary>Keeps all tables open, or none where one refuses.</summary>
    public static AllKeptOpen Take(params ReadOnlySpan<IRowReader?> tables)
    {
        var held = new List<IDisposable>(tables.Length);
        try
        {
            foreach (var table in tables)
                if (table?.KeepOpen() is { } open)
                    held.Add(open);
            return new AllKeptOpen(held);
        }
        catch
        {
            foreach (var open in held)
                open.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var open in held)
            open.Dispose();
    }
}
