using Sosia.Catalogue;

namespace Sosia.Search.Ranking;

/// <summary>Names a space: what its rows were made with.</summary>
/// <param name="Key">The space's key (<see cref="SpaceInfo.Key"/>).</param>
/// <param name="Model">The model's name, for messages.</param>
internal readonly record struct SpaceName(string Key, string Model);

/// <summary>The vectors of a collection, all spaces, ready to be searched. What it keeps is derived from the catalogue.</summary>
internal interface IVectorStore : IDisposable
{
    /// <summary>Asks the vectors of a space, as the catalogue has them now.</summary>
    /// <param name="space">The space.</param>
    /// <param name="reader">The catalogue.</param>
    /// <param name="question">Gets the vectors, which are good until it has answered.</param>
    /// <param name="cancellation">Cancels the reading.</param>
    /// <exception cref="CatalogueException">The collection has no such space, or is damaged.</exception>
    ValueTask<T> AskAsync<T>(
        SpaceName space,
        ISearchReader reader,
        Func<IVectorSearch, ValueTask<T>> question,
        CancellationToken cancellation = default
    );

    /// <summary>Reads what the first search of a space would have to read.</summary>
    /// <inheritdoc cref="AskAsync"/>
    void Warm(SpaceName space, ISearchReader reader, CancellationToken cancellation = default);

    /// <summary>After a search: begins to bring what is derived of a space up to date in the background, where that is worth its time.
    /// Other questions don't call this: a program that only asks why should not make an index.</summary>
    /// <param name="space">The space.</param>
    void RenewLater(SpaceName space);

    /// <summary>Brings what is derived of a space up to date, where that is worth its time: after indexing.</summary>
    /// <param name="space">The space.</param>
    /// <param name="cancellation">Cancels the work; nothing is lost.</param>
    void Renew(SpaceName space, CancellationToken cancellation = default);

    /// <summary>Waits for what searches began to renew in the background.</summary>
    /// <param name="cancellation">Cancels the work.</param>
    void Finish(CancellationToken cancellation = default);

    /// <summary>The files that it keeps; all may be deleted at any time.</summary>
    IReadOnlyList<FileInfo> Files();

    /// <summary>Checks what it keeps against the catalogue.</summary>
    /// <returns>One sentence for each file, and whether it is as it should be.</returns>
    IReadOnlyList<(string Says, bool Ok)> Verify(ISearchReader reader, CancellationToken cancellation = default);

    /// <summary>Closes all that is open, and keeps every process from writing new files until disposed: called before something is
    /// forgotten.</summary>
    /// <exception cref="CatalogueException">Another process is making something and does not end, or the file system refuses.</exception>
    IDisposable Hold();

    /// <summary>
    /// Deletes what it keeps of some photos and faces, which the catalogue still holds, and as little else as it can. The caller has called
    /// <see cref="Hold"/>.
    /// </summary>
    /// <returns>The spaces of which something was deleted: <see cref="Renew"/> makes that again.</returns>
    IReadOnlyList<SpaceName> Delete(ISearchReader reader, IReadOnlyList<PhotoId> photos, IReadOnlyList<FaceId> faces);

    /// <summary>Deletes all that it keeps. The caller has called <see cref="Hold"/>.</summary>
    void DeleteAll();

    /// <summary>Closes all that is open: the next search reads it again.</summary>
    void Drop();
}
