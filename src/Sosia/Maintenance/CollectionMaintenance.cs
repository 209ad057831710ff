using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Sosia.Catalogue;
using Sosia.Hosting;
using Sosia.Pictures;
using Sosia.Search.Ranking;

namespace Sosia.Maintenance;

/// <summary>The receipt of forgetting.</summary>
/// <param name="At">When, in UTC.</param>
/// <param name="Removed">What the catalogue held.</param>
/// <param name="Files">Cached pictures deleted.</param>
public sealed record ForgetReceipt(DateTimeOffset At, Forgotten Removed, int Files);

/// <summary>Forgets, checks, backs up and restores what a collection holds.</summary>
public sealed class CollectionMaintenance
{
    private const int PhotosAtOnce = 1000;

    private readonly Lock _forgetting = new();
    private readonly string _directory;
    private readonly ICatalogueStore _catalogue;
    private readonly ICatalogueBackup _backup;
    private readonly CatalogueReaders _readers;
    private readonly IVectorStore _vectors;
    private readonly PictureCache _pictures;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    internal CollectionMaintenance(
        string directory,
        ICatalogueStore catalogue,
        ICatalogueBackup backup,
        CatalogueReaders readers,
        IVectorStore vectors,
        PictureCache pictures,
        TimeProvider clock,
        ILogger log
    )
    {
        (_directory, _catalogue, _backup, _readers) = (directory, catalogue, backup, readers);
        (_vectors, _pictures, _clock, _log) = (vectors, pictures, clock, log);
    }

    /// <summary>
    /// Forgets photos, and single faces, with all that was made of them: rows, embeddings, pictures. The index files are deleted, and made
    /// again by the next search. The originals are not touched; indexing their folder again does not bring them back.
    /// </summary>
    /// <exception cref="CatalogueException">No such photo or face, or another process writes too long; nothing is forgotten.</exception>
    public ForgetReceipt Forget(IReadOnlyList<PhotoId> photos, IReadOnlyList<FaceId> faces)
    {
        ArgumentNullException.ThrowIfNull(photos);
        ArgumentNullException.ThrowIfNull(faces);
        using var oneAtATime = _forgetting.EnterScope(); // to overwrite a large file takes longer than one writer waits for another
        using var writer = _catalogue.OpenWriter();
        using var noIndex = _vectors.Hold();
        // The pictures of a photo show its faces: they go with a face too.
        PhotoId[] shown = [.. photos.Concat(writer.FindFaces(faces).Values.Select(face => face.Photo)).Distinct()];
        string[] hashes = [.. writer.FindPhotos(shown).Values.Select(photo => photo.Sha256), .. PicturedButNotStored(writer)];

        _vectors.DeleteAll();
        var files = _pictures.Delete(hashes); // before, so that a crash leaves a row without pictures and not the other way round
        _readers.CloseIdle();
        var removed = writer.Forget(photos, faces);
        files += _pictures.Delete(hashes); // and after, for who was just making one
        _vectors.Drop();
        Log.Forgot(_log, removed.Photos, removed.Faces, removed.Overwritten);
        return new ForgetReceipt(_clock.GetUtcNow(), removed, files);
    }

    /// <summary>
    /// Photos that pictures were made of and that are stored no more: a process that was making one may have been killed when another
    /// forgot the photo.
    /// </summary>
    private IEnumerable<string> PicturedButNotStored(ICatalogueReader reader) =>
        _pictures.Photos().Where(sha256 => reader.FindPhoto(sha256) is null);

    /// <inheritdoc cref="Forget"/>
    public Task<ForgetReceipt> ForgetAsync(IReadOnlyList<PhotoId> photos, IReadOnlyList<FaceId> faces) =>
        OnAThread.Run(() => Forget(photos, faces));

    /// <summary>Reads every photo's file again and compares its bytes with the hash that was stored. Changes nothing.</summary>
    /// <returns>One sentence for each file that is gone, can't be read or has other bytes now, as they are found.</returns>
    /// <exception cref="CatalogueException">Missing, damaged, or made by a newer version.</exception>
    public IEnumerable<string> VerifyFiles(CancellationToken cancellation = default)
    {
        using var reader = _readers.Open();
        var after = new PhotoId(0);
        for (IReadOnlyList<PhotoRow> page; (page = reader.Photos(after, PhotosAtOnce)).Count > 0; after = page[^1].Id)
            foreach (var photo in page)
            foreach (var path in photo.Paths)
                if (Difference(path, photo.Sha256, cancellation) is { } difference)
                    yield return difference;
    }

    /// <summary>Checks the index files, which are derived: what is wrong with one costs time, not photos.</summary>
    /// <returns>One sentence for each file, and whether it is as it should be.</returns>
    /// <exception cref="CatalogueException">Missing, damaged, or made by a newer version.</exception>
    public IReadOnlyList<(string Says, bool Ok)> VerifyIndexes(CancellationToken cancellation = default)
    {
        using var reader = _readers.Open();
        return _vectors.Verify(reader, cancellation);
    }

    /// <summary>The index files: all of them are derived from the catalogue, and may be deleted at any time.</summary>
    public IReadOnlyList<FileInfo> IndexFiles() => _vectors.Files();

    /// <summary>Waits for an index that a search found missing or behind, and that is made in the background: before a program ends that
    /// has nothing else to do.</summary>
    /// <param name="cancellation">Cancels the work.</param>
    public void FinishIndexes(CancellationToken cancellation = default) => _vectors.Finish(cancellation);

    /// <summary>
    /// Writes all that has been committed into one file, while others index and search. Copying the files of a collection is no backup.
    /// </summary>
    /// <inheritdoc cref="ICatalogueBackup.Make"/>
    public BackupReceipt Backup(string file, bool replace = false) => _backup.Make(file, replace);

    /// <summary>Brings back what a backup holds. Index files and small pictures are deleted, and made again when they are needed.</summary>
    /// <inheritdoc cref="ICatalogueBackup.Restore" path="/param"/>
    /// <inheritdoc cref="ICatalogueBackup.Restore" path="/exception"/>
    public RestoreReceipt Restore(string file, bool replace = false)
    {
        using var noIndex = Directory.Exists(_directory) ? _vectors.Hold() : null;
        _readers.CloseIdle();
        var receipt = _backup.Restore(file, replace, DeleteDerived);
        DeleteDerived(); // again: another process may just have made some, and their photos may be forgotten now
        _vectors.Drop();
        return receipt;
    }

    /// <inheritdoc cref="Backup"/>
    public Task<BackupReceipt> BackupAsync(string file, bool replace = false) => OnAThread.Run(() => Backup(file, replace));

    /// <inheritdoc cref="Restore"/>
    public Task<RestoreReceipt> RestoreAsync(string file, bool replace = false) => OnAThread.Run(() => Restore(file, replace));

    private void DeleteDerived()
    {
        _vectors.DeleteAll();
        _pictures.DeleteAll();
        _readers.CloseIdle();
    }

    private static string? Difference(string path, string sha256, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return Convert.ToHexStringLower(SHA256.HashData(file)) == sha256
                ? null
                : $"{path} has other bytes than when it was indexed; index its folder again.";
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return $"{path} is gone; index its folder again if that is meant to be.";
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return $"{path} can't be read: {refused.Message}";
        }
    }
}
