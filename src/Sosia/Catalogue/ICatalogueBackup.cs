namespace Sosia.Catalogue;

/// <summary>Copies of a catalogue that are safe to keep: one file each, complete in itself, made while others index and search.</summary>
internal interface ICatalogueBackup
{
    /// <summary>Writes what has been committed into one file, readable by its owner only.</summary>
    /// <param name="file">Where to.</param>
    /// <param name="replace">Put it in the place of a file that is there.</param>
    /// <exception cref="CatalogueException">
    /// No catalogue, a damaged one, a file that is there, or the disk is full or refuses; then nothing is left behind.
    /// </exception>
    BackupReceipt Make(string file, bool replace);

    /// <summary>
    /// Brings back what a backup holds, in one transaction: readers see the catalogue as it was or as it is restored. What was forgotten in
    /// the catalogue that is replaced is forgotten in the restored one too.
    /// </summary>
    /// <param name="file">A backup.</param>
    /// <param name="replace">Also when the catalogue holds something; it is lost then.</param>
    /// <param name="beforeReplacing">
    /// Called when the backup was found sound, before anything changes: the time to delete what was derived.
    /// </param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CatalogueException">
    /// No sound catalogue in the file, one of a newer version, a catalogue that holds something, or another writer; the catalogue is as it
    /// was.
    /// </exception>
    RestoreReceipt Restore(string file, bool replace, Action? beforeReplacing = null);
}

/// <summary>What a backup holds.</summary>
/// <param name="File">Where it is.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Photos">Photos and files, counted by state.</param>
/// <param name="Faces">Faces.</param>
public sealed record BackupReceipt(string File, long Bytes, PhotoCounts Photos, long Faces);

/// <summary>What was restored.</summary>
/// <param name="Photos">Photos and files in the catalogue now, counted by state.</param>
/// <param name="Faces">Faces in it.</param>
/// <param name="MarkedPhotos">
/// Marks of forgotten photos taken over from the catalogue that was replaced, which the backup did not have.
/// </param>
/// <param name="MarkedFaces">Marks of forgotten faces taken over likewise.</param>
/// <param name="Erased">What the backup held and these marks say was forgotten; it is not in the catalogue.</param>
public sealed record RestoreReceipt(PhotoCounts Photos, long Faces, int MarkedPhotos, int MarkedFaces, Forgotten Erased)
{
    /// <summary>The photos of the backup that were erased, or of which faces were, by path.</summary>
    public IReadOnlyList<ErasedPhoto> ErasedPhotos { get; init; } = [];
}

/// <summary>A photo of a backup that was forgotten since, or some of its faces were.</summary>
/// <param name="Paths">Where it lay when the backup was made, in order.</param>
/// <param name="Faces">Faces erased.</param>
/// <param name="IsWhole">Whether the whole photo was erased; the photo itself stays where only faces were.</param>
public sealed record ErasedPhoto(IReadOnlyList<string> Paths, int Faces, bool IsWhole);
