using Sosia.Photos;

namespace Sosia.Catalogue;

/// <summary>
/// Writes to a catalogue. Every method is one transaction; several writers, in this process or others, take turns. A method waits some
/// seconds for another writer's transaction to end.
/// </summary>
/// <exception cref="CatalogueException">From any method: another writer held the catalogue for too long (the message names it), it is
/// damaged, or the file system refuses.</exception>
public interface ICatalogueWriter : ICatalogueReader
{
    /// <summary>The space of this key, made when missing.</summary>
    /// <exception cref="ArgumentException">Not 1 to 4,096 dimensions, or other dimensions or another kind than are stored for this
    /// key.</exception>
    SpaceId EnsureSpace(SpaceInfo space);

    /// <summary>
    /// Notes files as waiting, so that <see cref="IPhotoList.Count"/> accounts for them; known ones keep their state unless their
    /// stamp changed.
    /// </summary>
    /// <remarks>
    /// A file whose stamp changed keeps the photo it had, and stays findable, until <see cref="Commit"/> says what it is now.
    /// </remarks>
    void Announce(IReadOnlyList<FileStamp> files);

    /// <summary>Stores what became of some files, all in one transaction: when this returns it survives a crash.</summary>
    /// <param name="spaces">The spaces of the faces' embeddings, and of the rows of whole photos where an outcome has one.</param>
    /// <param name="outcomes">One for each file, in any order.</param>
    /// <remarks>
    /// A photo that was analysed in this space already stays as it is, and gains the path. One that is stored, but new in this space, keeps
    /// its faces: an embedding goes to the stored face that it is another detection of (their boxes overlap by more than half, or the
    /// landmarks lie in the middle of the stored box), and what is of none is a new face. The row of a photo is stored once in each space
    /// of photos. A photo that lies nowhere any more afterwards goes with its faces and embeddings; a file that can't be read keeps the
    /// photo that was read there before.
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

    /// <summary>Forgets paths that are gone; a photo that lies nowhere any more goes with its faces and embeddings.</summary>
    /// <returns>Photos removed.</returns>
    int RemovePaths(IReadOnlyList<string> paths);

    /// <summary>
    /// Forgets photos (rows, faces, embeddings, paths) and single faces, and overwrites where they stood. Only a salted hash of each photo,
    /// and the box of a face, stay behind: <see cref="Commit"/> stores neither again. A photo one of whose faces is forgotten keeps its own
    /// rows.
    /// </summary>
    /// <exception cref="CatalogueException">No such photo or face; nothing is forgotten.</exception>
    Forgotten Forget(IReadOnlyList<PhotoId> photos, IReadOnlyList<FaceId> faces);
}

/// <summary>Opens catalogues of one kind. SQLite is the first; the contract tests run against each.</summary>
public interface ICatalogueStore
{
    /// <summary>Opens for reading what has been committed.</summary>
    /// <exception cref="CatalogueException">Missing, damaged, or made by a newer version.</exception>
    ICatalogueReader OpenReader();

    /// <summary>Opens for writing; made when missing, migrated when older.</summary>
    /// <exception cref="CatalogueException">Held by another writer for too long (the message names it), damaged, read-only, or made by a
    /// newer version.</exception>
    ICatalogueWriter OpenWriter();

    /// <summary>
    /// Opens for an indexing run, as <see cref="OpenWriter"/> does, and keeps a second one out until the writer is disposed. Its methods
    /// wait for other writers as long as those take.
    /// </summary>
    /// <param name="cancellation">Ends the waiting, of this and of every method.</param>
    /// <exception cref="CatalogueException">Locked by another indexing run (the message names it), damaged, read-only, or made by a newer
    /// version.</exception>
    ICatalogueWriter OpenIndexer(CancellationToken cancellation = default);
}

/// <summary>What went wrong with a catalogue; the command line's exit codes follow it.</summary>
public enum CatalogueProblem
{
    /// <summary>There is none here.</summary>
    Missing,

    /// <summary>Another process is indexing, or has been writing for too long.</summary>
    Locked,

    /// <summary>The stored bytes are not what was written.</summary>
    Damaged,

    /// <summary>Made by a newer version of Sosia.</summary>
    TooNew,

    /// <summary>The disk is full, read-only or refuses.</summary>
    CannotWrite,

    /// <summary>The caller asked for something that is not there.</summary>
    NotFound,
}

/// <summary>A catalogue that can't do what was asked. The message is one sentence for people: what, why, and what to do.</summary>
public sealed class CatalogueException(CatalogueProblem problem, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The kind of problem.</summary>
    public CatalogueProblem Problem { get; } = problem;
}
