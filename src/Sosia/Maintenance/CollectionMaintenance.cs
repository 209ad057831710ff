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
/// <param name="Overwriting">
/// The end of overwriting the freed pages of the catalogue, which goes on in the background. What is forgotten meanwhile is overwritten
/// with it.
/// </param>
public sealed record ForgetReceipt(DateTimeOffset At, Forgotten Removed, int Files, Task<Overwritten> Overwriting);

/// <summary>What became of the pages of a catalogue that held what was forgotten.</summary>
/// <param name="At">When no page and no log held the bytes any more, in UTC; null where that is still to be done, or not known.</param>
/// <param name="Problem">What kept it from being done, as a sentence: the next writer does it. Null when nothing is left to be
/// done.</param>
public sealed record Overwritten(DateTimeOffset? At, string? Problem);

/// <summary>Forgets, checks, backs up and restores what a collection holds.</summary>
public sealed partial class CollectionMaintenance : IDisposable
{
    private const int PhotosAtOnce = 1000;

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
