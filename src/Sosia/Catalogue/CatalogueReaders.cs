using System.Collections.Concurrent;
using Sosia.Hosting;

namespace Sosia.Catalogue;

/// <summary>
/// Readers of a catalogue that are kept open between questions: opening one costs more than most answers. Safe for many callers.
/// </summary>
public sealed class CatalogueReaders : IDisposable
{
    private readonly ICatalogueStore _store;
    private readonly ConcurrentBag<ICatalogueReader> _idle = [];

    internal CatalogueReaders(ICatalogueStore store) => _store = store;

    /// <summary>What the readers are of; opens writers.</summary>
    internal ICatalogueStore Store => _store;

    /// <summary>Asks the catalogue.</summary>
    /// <param name="question">Gets a reader that is its own until it returns.</param>
    /// <exception cref="CatalogueException">Missing, damaged, or made by a newer version.</exception>
    public T Ask<T>(Func<ICatalogueReader, T> question)
    {
        ArgumentNullException.ThrowIfNull(question);
        var reader = _idle.TryTake(out var idle) ? idle : _store.OpenReader();
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

    /// <inheritdoc cref="Ask"/>
    public Task<T> AskAsync<T>(Func<ICatalogueReader, T> question) => OnAThread.Run(() => Ask(question));

    /// <summary>Asks the catalogue together with something that is waited for; on the calling thread as far as it can.</summary>
    internal async ValueTask<T> AskAsync<T>(Func<ICatalogueReader, ValueTask<T>> question)
    {
        var reader = _idle.TryTake(out var idle) ? idle : _store.OpenReader();
        try
        {
            var answer = await question(reader);
            _idle.Add(reader);
            return answer;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Opens a reader of the caller's own.</summary>
    /// <exception cref="CatalogueException">Missing, damaged, or made by a newer version.</exception>
    public ICatalogueReader Open() => _store.OpenReader();

    /// <summary>Closes the readers that are not in use: an open one keeps old pages from being overwritten.</summary>
    public void CloseIdle()
    {
        while (_idle.TryTake(out var reader))
            reader.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => CloseIdle();
}
