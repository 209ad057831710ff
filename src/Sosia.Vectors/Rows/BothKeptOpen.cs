namespace Sosia.Vectors;

/// <summary>Keeps two tables open.</summary>
internal sealed class BothKeptOpen(IDisposable? first, IDisposable? second) : IDisposable
{
    /// <summary>Keeps both tables open, or neither where one refuses.</summary>
    public static BothKeptOpen Take(IDisposable? first, IRowReader? second)
    {
        try
        {
            return new BothKeptOpen(first, second?.KeepOpen());
        }
        catch
        {
            first?.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        first?.Dispose();
        second?.Dispose();
    }
}
