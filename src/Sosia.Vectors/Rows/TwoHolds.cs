namespace Sosia.Vectors;

/// <summary>What keeps two tables open.</summary>
internal sealed class TwoHolds(IDisposable? first, IDisposable? second) : IDisposable
{
    /// <summary>Holds both tables, or neither where one refuses.</summary>
    public static TwoHolds Take(IDisposable? first, IRowReader? second)
    {
        try
        {
            return new TwoHolds(first, second?.Hold());
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
