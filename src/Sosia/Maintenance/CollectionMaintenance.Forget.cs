using Sosia.Catalogue;
using Sosia.Hosting;
using Sosia.Search.Ranking;

namespace Sosia.Maintenance;

/// <summary>Forgets: at once, what a search or a cache could show; in the background, what only the freed pages of a file still
/// hold.</summary>
public sealed partial class CollectionMaintenance
{
    private const string Interrupted = "The program ended before it was done.";

    private readonly Lock _forgetting = new();
    private CancellationTokenSource? _ending;
    private Task<Overwritten> _overwriting = Task.FromResult(new Overwritten(null, null));

    /// <summary>
    /// Forgets photos, and single faces, with all that was made of them: rows, embeddings, pictures, the parts of the index that hold them.
    /// Returns when nothing of them is in any file. A person is forgotten with the faces that were confirmed, the name, and all that was
    /// said. The originals are not touched; indexing their folder again does not bring them back.
    /// </summary>
    /// <exception cref="CatalogueException">No such photo or face, or another process writes too long; nothing is forgotten.</exception>
    public ForgetReceipt Forget(IReadOnlyList<PhotoId> photos, IReadOnlyList<FaceId> faces, IReadOnlyList<PersonId>? people = null)
    {
        var receipt = BeginToForget(photos, faces, people);
        var overwritten = Blocking.Wait(new ValueTask<Overwritten>(receipt.Overwriting));
        var removed = receipt.Removed with { Overwritten = overwritten.At is not null, NotOverwritten = overwritten.Problem };
        return receipt with { Removed = removed };
    }

    /// <summary>
    /// Forgets likewise, and returns as soon as they can't be found any more and neither the index nor a cache holds a byte of them. The
    /// freed pages of the catalogue are overwritten in the background (<see cref="ForgetReceipt.Overwriting"/>), which takes as long as
    /// writing all of it; searches go on meanwhile. Where the program ends before, the next one that writes does it.
    /// </summary>
    /// <inheritdoc cref="Forget" path="/exception"/>
    public ForgetReceipt BeginToForget(IReadOnlyList<PhotoId> photos, IReadOnlyList<FaceId> faces, IReadOnlyList<PersonId>? people = null)
    {
        ArgumentNullException.ThrowIfNull(photos);
        ArgumentNullException.ThrowIfNull(faces);
        using var oneAtATime = _forgetting.EnterScope();
        var isDue = EndOverwriting(); // it keeps others from writing, and begins anew below
        var spaces = new List<SpaceName>();
        try
        {
            var (removed, files) = ForgetNow(photos, faces, people ?? [], spaces);
            return new ForgetReceipt(_clock.GetUtcNow(), removed, files, BeginOverwriting(spaces));
        }
        catch
        {
            if (isDue || spaces.Count > 0)
                BeginOverwriting(spaces);
            throw;
        }
    }

    /// <inheritdoc cref="Forget"/>
    public Task<ForgetReceipt> ForgetAsync(
        IReadOnlyList<PhotoId> photos,
        IReadOnlyList<FaceId> faces,
        IReadOnlyList<PersonId>? people = null
    ) => OnAThread.Run(() => Forget(photos, faces, people));

    /// <inheritdoc cref="BeginToForget"/>
    public Task<ForgetReceipt> BeginToForgetAsync(
        IReadOnlyList<PhotoId> photos,
        IReadOnlyList<FaceId> faces,
        IReadOnlyList<PersonId>? people = null
    ) => OnAThread.Run(() => BeginToForget(photos, faces, people));

    /// <summary>
    /// Overwrites in the background what was deleted for good and still stands in freed pages, as after <see cref="BeginToForget"/>.
    /// </summary>
    public Task<Overwritten> BeginToOverwrite()
    {
        using var oneAtATime = _forgetting.EnterScope();
        EndOverwriting();
        _readers.CloseIdle();
        return BeginOverwriting([]);
    }

    /// <summary>
    /// The overwriting that goes on here; else one that has ended, and says whether something is due, whoever forgot it.
    /// </summary>
    /// <exception cref="CatalogueException">Missing, or damaged.</exception>
    public Task<Overwritten> Overwriting
    {
        get
        {
            var last = Last();
            if (!last.IsCompleted)
                return last;
            var isDue = _readers.Ask(reader => reader.IsOverwritingDue);
            return Task.FromResult(isDue ? new Overwritten(null, last.Result.Problem ?? Interrupted) : last.Result with { Problem = null });
        }
    }

    /// <summary>Ends what goes on in the background; it stays due, and the next writer does it. The collection does so when it is
    /// disposed.</summary>
    public void Dispose()
    {
        using var _ = _forgetting.EnterScope();
        EndOverwriting();
    }

    /// <param name="photos">Photos.</param>
    /// <param name="faces">Faces.</param>
    /// <param name="people">People.</param>
    /// <param name="spaces">Is given the spaces whose index lacks something afterwards.</param>
    /// <returns>What the catalogue held, and the number of pictures deleted.</returns>
    private (Forgotten Removed, int Files) ForgetNow(
        IReadOnlyList<PhotoId> photos,
        IReadOnlyList<FaceId> faces,
        IReadOnlyList<PersonId> people,
        List<SpaceName> spaces
    )
    {
        using var writer = _catalogue.OpenWriter(overwrite: false);
        using var noIndex = _vectors.Hold();
        faces = [.. faces.Concat(people.SelectMany(person => ConfirmedFaces(writer, person))).Distinct()];
        // The pictures of a photo show its faces: they go with a face too.
        PhotoId[] shown = [.. photos.Concat(writer.FindFaces(faces).Values.Select(face => face.Photo)).Distinct()];
        string[] hashes = [.. writer.FindPhotos(shown).Values.Select(photo => photo.Sha256)];

        // Before, so that a crash leaves a row without pictures and index, and not the other way round.
        spaces.AddRange(_vectors.Delete(writer, photos, faces));
        var files = _pictures.Delete(hashes);
        _readers.CloseIdle();
        var removed = writer.Forget(photos, faces, overwrite: false, people);
        files += _pictures.Delete(hashes); // and after, for who was just making one
        _vectors.Drop();
        Log.Forgot(_log, removed.Photos, removed.Faces);
        return (removed, files);
    }

    private static IEnumerable<FaceId> ConfirmedFaces(ICatalogueReader reader, PersonId person) =>
        reader.ReadVerdicts(person).Where(verdict => verdict.Says == Verdict.Is).Select(verdict => verdict.Face).OfType<FaceId>();

    /// <returns>Whether it was interrupted.</returns>
    private bool EndOverwriting()
    {
        var wasRunning = !_overwriting.IsCompleted;
        _ending?.Cancel();
        Task.WaitAny(_overwriting);
        _ending?.Dispose();
        _ending = null;
        return wasRunning;
    }

    private Task<Overwritten> BeginOverwriting(IReadOnlyList<SpaceName> spaces)
    {
        _ending = new CancellationTokenSource();
        var ending = _ending.Token;
        return Settle(_overwriting = OnAThread.Run(() => Overwrite(spaces, ending)));
    }

    /// <summary>Where somebody forgot something more meanwhile, what was interrupted is done together with that.</summary>
    private async Task<Overwritten> Settle(Task<Overwritten> overwriting)
    {
        var result = await overwriting;
        if (result.Problem != Interrupted)
            return result;
        var later = Last();
        return later == overwriting ? result : await Settle(later);
    }

    private Task<Overwritten> Last()
    {
        using var _ = _forgetting.EnterScope();
        return _overwriting;
    }

    /// <summary>Makes what is missing of the indexes again, and overwrites what the catalogue's freed pages hold.</summary>
    private Overwritten Overwrite(IReadOnlyList<SpaceName> spaces, CancellationToken ending)
    {
        try
        {
            foreach (var space in spaces)
                _vectors.Renew(space, ending);
            ending.ThrowIfCancellationRequested();
            using var writer = _catalogue.OpenWriter(overwrite: false);
            _pictures.Delete([.. PicturedButNotStored(writer)]);
            _readers.CloseIdle();
            var problem = writer.Overwrite(ending);
            Log.Overwritten(_log, problem is null);
            return new Overwritten(problem is null ? _clock.GetUtcNow() : null, problem);
        }
        catch (OperationCanceledException)
        {
            return new Overwritten(null, Interrupted);
        }
        catch (Exception refused) when (refused is CatalogueException or IOException or UnauthorizedAccessException)
        {
            return new Overwritten(null, refused.Message);
        }
    }

    /// <summary>
    /// Photos that pictures were made of and that are stored no more: a process that was making one may have been killed when another
    /// forgot the photo.
    /// </summary>
    private IEnumerable<string> PicturedButNotStored(ICatalogueReader reader) =>
        _pictures.Photos().Where(sha256 => reader.FindPhoto(sha256) is null);
}
