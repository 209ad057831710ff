namespace Sosia.Storage;

/// <summary>What a collection holds, as committed. Safe to use beside a writer in this or another process.</summary>
public interface ICatalogueReader : IDisposable
{
    /// <summary>Grows with every committed change; a derived index that carries the same number is current.</summary>
    long Version { get; }

    /// <summary>Counts by state; they add up.</summary>
    PhotoCounts Count();

    /// <summary>All faces stored, with and without embedding.</summary>
    long CountFaces();

    /// <summary>The spaces in this collection with the rows each holds.</summary>
    IReadOnlyList<(SpaceId Id, SpaceInfo Space, long Rows)> Spaces();

    /// <summary>All embeddings of a space at one moment.</summary>
    /// <exception cref="CatalogueException">No such space.</exception>
    EmbeddingTable ReadEmbeddings(SpaceId space, CancellationToken cancellation = default);

    /// <summary>The photo of an id; null when there is none.</summary>
    PhotoRow? FindPhoto(PhotoId id);

    /// <summary>The photo of these bytes; null when there is none.</summary>
    PhotoRow? FindPhoto(string sha256);

    /// <summary>The photo at a path, and null when nothing readable is stored for it.</summary>
    PhotoRow? FindPhotoAt(string path);

    /// <summary>The faces of a photo, largest first.</summary>
    IReadOnlyList<FaceRow> FacesOf(PhotoId photo);

    /// <summary>A face; null when there is none.</summary>
    FaceRow? FindFace(FaceId face);

    /// <summary>All photos after a given id, in order of id: pass the last id of a page to get the next.</summary>
    IReadOnlyList<PhotoRow> Photos(PhotoId after, int limit);

    /// <summary>The photos that have a path under a directory.</summary>
    IReadOnlySet<PhotoId> PhotosUnder(string directory);

    /// <summary>The files that could not be read, by path.</summary>
    IReadOnlyList<FailedFile> Failures();

    /// <summary>The stamps of every file known under a directory, read or failed or waiting: what makes a second run fast.</summary>
    IReadOnlyDictionary<string, KnownFile> FilesUnder(string directory);

    /// <summary>Checks structure, references and checksums.</summary>
    /// <returns>One sentence for each problem; empty when sound.</returns>
    IReadOnlyList<string> Verify(CancellationToken cancellation = default);
}

/// <summary>A known file: its stamp, the hash of its photo (null when waiting or unreadable) and its state.</summary>
public readonly record struct KnownFile(FileStamp File, string? Sha256, PhotoState State);

/// <summary>The one writer of a catalogue; holds its lock until disposed.</summary>
public interface ICatalogueWriter : ICatalogueReader
{
    /// <summary>The space of this key, made when missing.</summary>
    SpaceId EnsureSpace(SpaceInfo space);

    /// <summary>Notes files as waiting, so that <see cref="ICatalogueReader.Count"/> accounts for them; known ones keep their state unless their stamp changed.</summary>
    void Announce(IReadOnlyList<FileStamp> files);

    /// <summary>Stores what became of some files, all in one transaction: when this returns it survives a crash.</summary>
    /// <param name="space">The space of the faces' embeddings.</param>
    /// <param name="outcomes">One for each file.</param>
    void Commit(SpaceId space, IReadOnlyList<FileOutcome> outcomes);

    /// <summary>Forgets paths that are gone; a photo that lies nowhere any more goes with its faces and embeddings.</summary>
    /// <returns>Photos removed.</returns>
    int RemovePaths(IReadOnlyList<string> paths);
}

/// <summary>Opens catalogues of one kind. SQLite is the first; the contract tests run against each.</summary>
public interface ICatalogueStore
{
    /// <summary>Opens for reading what has been committed.</summary>
    /// <exception cref="CatalogueException">Missing, damaged, or made by a newer version.</exception>
    ICatalogueReader OpenReader();

    /// <summary>Opens for writing; made when missing, migrated when older.</summary>
    /// <exception cref="CatalogueException">Locked by another writer (the message names it), damaged, read-only, or made by a newer version.</exception>
    ICatalogueWriter OpenWriter();
}

/// <summary>What went wrong with a catalogue; the command line's exit codes follow it.</summary>
public enum CatalogueProblem
{
    /// <summary>There is none here.</summary>
    Missing,
    /// <summary>Another process is writing.</summary>
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
