using Sosia.Photos;

namespace Sosia.Catalogue;

/// <summary>
/// What an indexing run needs of a catalogue. Every method is one transaction; several writers, in this process or others, take turns. A
/// method waits for another writer's transaction to end.
/// </summary>
/// <exception cref="CatalogueException">
/// From any method: another writer held the catalogue for too long (the message names it), it is damaged, or the file system refuses.
/// </exception>
internal interface IIndexWriter : IFileReader, IPhotoReader, IPhotoList, IDisposable
{
    /// <summary>The space of this key, made when missing.</summary>
    /// <exception cref="ArgumentException">Not 1 to 4,096 dimensions, or other dimensions or another kind than are stored for this
    /// key.</exception>
    SpaceId EnsureSpace(SpaceInfo space);

    /// <summary>
    /// Notes files as waiting, so that <see cref="IPhotoList.Count"/> counts them. A known file keeps its state unless its stamp changed;
    /// then it keeps its photo, and is found as it was, until <see cref="Commit"/> says what it is now.
    /// </summary>
    void Announce(IReadOnlyList<FileStamp> files);

    /// <summary>Stores what became of some files, all in one transaction: when this returns, it survives a crash.</summary>
    /// <param name="spaces">The spaces of the faces' embeddings, and of the rows of whole photos where an outcome has one.</param>
    /// <param name="outcomes">One for each file, in any order.</param>
    /// <remarks>
    /// What <see cref="PhotoProgress.WorkLeft"/> does not ask for is not stored: a photo that is done stays as it is and gains the path,
    /// and one that was forgotten is not stored again. A photo that is stored but new in this space keeps its faces: an embedding goes to
    /// the stored face that it is another detection of (their boxes overlap by more than half, or the landmarks lie in the middle of the
    /// stored box); any other detection is a new face. A photo that lies nowhere any more afterwards goes with its faces and embeddings. A
    /// file that can't be read keeps the photo that was read there before.
    /// <para>
    /// Where <see cref="IndexedSpaces.FoundBy"/> is set, the faces of a photo that were found in another way are replaced by those of the
    /// outcome. A face that is found again keeps its id and its embeddings in other spaces. One that is not found any more goes, unless it
    /// has an embedding in another space.
    /// </para>
    /// </remarks>
    /// <exception cref="ArgumentException">An outcome that can't be stored (wrong dimensions, not finite, a row without a space);
    /// nothing is stored.</exception>
    /// <exception cref="CatalogueException">No such space of this kind, or no photo of a known hash; nothing is stored.</exception>
    void Commit(IndexedSpaces spaces, IReadOnlyList<FileOutcome> outcomes);

    /// <summary>Removes paths that are gone; a photo that lies nowhere any more goes with its faces and embeddings.</summary>
    /// <returns>Photos removed.</returns>
    int RemovePaths(IReadOnlyList<string> paths);
}

/// <summary>Writes to a catalogue, and reads what is committed in it.</summary>
internal interface ICatalogueWriter : IIndexWriter, IVerdictWriter, ICatalogueReader
{
    /// <summary>
    /// Forgets photos (rows, faces, embeddings, paths) and single faces, and overwrites where they stood. Only a salted hash of each photo,
    /// and the box of a face, stay behind: <see cref="IIndexWriter.Commit"/> stores neither again. A photo keeps its own rows when one of
    /// its faces is forgotten.
    /// </summary>
    /// <param name="photos">Photos, with their faces.</param>
    /// <param name="faces">Faces.</param>
    /// <param name="overwrite">
    /// False to return as soon as nothing of them is stored: where they stood is overwritten by <see cref="Overwrite"/>, or by the next
    /// writer.
    /// </param>
    /// <param name="people">People: their names and all that was said of them. Their faces are to be given in <paramref
    /// name="faces"/>.</param>
    /// <exception cref="CatalogueException">No such photo, face or person; nothing is forgotten.</exception>
    Forgotten Forget(
        IReadOnlyList<PhotoId> photos,
        IReadOnlyList<FaceId> faces,
        bool overwrite = true,
        IReadOnlyList<PersonId>? people = null
    );

    /// <summary>Changes the beginning of paths, as when a folder was moved. Where a file is known at its new path already, that one stays.
    /// </summary>
    /// <param name="from">A folder, without a separator at its end.</param>
    /// <param name="to">Another.</param>
    /// <returns>Files that are known at a new path.</returns>
    long Relocate(string from, string to);

    /// <summary>
    /// Overwrites what was forgotten and is not overwritten yet: all that is stored is written once. Others read meanwhile, and don't
    /// write.
    /// </summary>
    /// <param name="cancellation">Interrupts the work at any moment; it stays due.</param>
    /// <returns>What kept it from being done, as a sentence; it stays due. Null when it is done.</returns>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    string? Overwrite(CancellationToken cancellation = default);

    /// <summary>Brings all that another catalogue holds here, while others use that one. Photos and faces get other numbers.</summary>
    /// <param name="source">The other one.</param>
    /// <param name="resume">This catalogue holds what an interrupted copying brought here; what else it holds is removed.</param>
    /// <param name="descriptor">The version of descriptors that this program makes.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Ends the copying; with <paramref name="resume"/> it goes on.</param>
    /// <exception cref="CatalogueException">This catalogue holds something, or is not like the other one at the end.</exception>
    CopyReceipt CopyFrom(
        ICatalogueReader source,
        bool resume,
        int descriptor,
        IProgress<CopyProgress>? progress,
        CancellationToken cancellation
    );
}

/// <summary>How far a copy has come.</summary>
/// <param name="Photos">Photos looked at.</param>
/// <param name="Total">Photos of the collection.</param>
public readonly record struct CopyProgress(long Photos, long Total);

/// <summary>What was copied, and checked.</summary>
/// <param name="Photos">Photos and files of the copy.</param>
/// <param name="Faces">Its faces.</param>
public sealed record CopyReceipt(PhotoCounts Photos, long Faces);
