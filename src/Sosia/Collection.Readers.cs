using System.Collections.Concurrent;
using Sosia.Catalogue;

namespace Sosia;

public sealed partial class Collection
{
    /// <summary>Open readers that nobody uses at the moment: opening one costs more than most questions.</summary>
    private readonly ConcurrentBag<ICatalogueReader> _idle = [];

    /// <summary>Asks the catalogue, with a reader that is kept open between calls. For programs that ask often.</summary>
    /// <exception cref="CatalogueException">Missing, damaged, or made by a newer version.</exception>
    public T Read<T>(Func<ICatalogueReader, T> question)
    {
        ArgumentNullException.ThrowIfNull(question);
        var reader = _idle.TryTake(out var idle) ? idle : OpenReader();
        try
        {
            var answer = question(reader);
            _idle.Add(reader);
            return answer;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    private void CloseReaders()
    {
        while (_idle.TryTake(out var reader))
            reader.Dispose();
    }
}
