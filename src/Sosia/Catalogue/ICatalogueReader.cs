using Sosia.Faces;
using Sosia.Photos;
using Sosia.Vectors;

namespace Sosia.Catalogue;

/// <summary>Photos and faces, by what names them.</summary>
public interface IPhotoReader
{
    /// <summary>The photo of an id; null when there is none.</summary>
    PhotoRow? FindPhoto(PhotoId id);

    /// <summary>The photo of these bytes; null when there is none.</summary>
    PhotoRow? FindPhoto(string sha256);

    /// <summary>The photo at a path, and null when nothing readable is stored for it.</summary>
    PhotoRow? FindPhotoAt(string path);

    /// <summary>Those of some photos that there are.</summary>
    IReadOnlyDictionary<PhotoId, PhotoRow> FindPhotos(IReadOnlyCollection<PhotoId> ids);

    /// <summary>The faces of a photo, largest first.</summary>
    IReadOnlyList<FaceRow> FacesOf(PhotoId photo);

    /// <summary>A face; null when there is none.</summary>
    FaceRow? FindFace(FaceId face);

    /// <summary>Those of some faces that there are.</summary>
    IReadOnlyDictionary<FaceId, FaceRow> FindFaces(IReadOnlyCollection<FaceId> ids);

    /// <summary>Those of some photos and faces that there are: what a search shows, asked for at once.</summary>
    (IReadOnlyDictionary<PhotoId, PhotoRow> Photos, IReadOnlyDictionary<FaceId, FaceRow> Faces) Find(
        IReadOnlyCollection<PhotoId> photos,
        IReadOnlyCollection<FaceId> faces
    );

    /// <summary>The files in which some photos lie, by path.</summary>
    ILookup<PhotoId, FileStamp> FilesOf(IReadOnlyCollection<PhotoId> ids);

    /// <summary>The photos that lie in several files.</summary>
    IReadOnlyList<PhotoId> PhotosInSeveralFiles();

    /// <summary>The photos that a filter means.</summary>
    PhotoSet PhotosIn(PhotoFilter filter);
}

/// <summary>What copies of photos are found by.</summary>
public interface IDescriptorReader
{
    /// <summary>What copies of some photos are found by (<see cref="NewPhoto.Descriptor"/>), of those that have it.</summary>
    /// <param name="ids">The photos.</param>
    /// <param name="version">The version that is wanted.</param>
    IReadOnlyDictionary<PhotoId, byte[]> FindDescriptors(IReadOnlyCollection<PhotoId> ids, int version);

    /// <summary>The same of all photos, in order of id.</summary>
    /// <param name="version">The version that is wanted.</param>
    /// <param name="take">Called for each; the bytes may be kept.</param>
    /// <param name="cancellation">Checked every few thousand photos.</param>
    void ReadDescriptors(int version, Action<PhotoId, byte[]> take, CancellationToken cancellation = default);
}

/// <summary>The spaces and their embeddings: what an index is derived from.</summary>
public interface IEmbeddingReader
{
    /// <summary>The state as committed now; a derived index that carries the same is current.</summary>
    Revision Revision { get; }

    /// <summary>Grows with every committed change.</summary>
    long Version => Revision.Version;

    /// <summary>Whether a revision is one that a replica, of which this reader reads, has not got yet.</summary>
    bool IsBehind(Revision revision);

    /// <summary>
    /// Names this catalogue and no other, in hex: a version of one says nothing about another, such as one created later in the same place.
    /// </summary>
    string Identity { get; }

    /// <summary>The spaces in this collection with the rows each holds.</summary>
    IReadOnlyList<StoredSpace> Spaces();

    /// <summary>The space of a key, without counting its rows; null when there is none.</summary>
    NamedSpace? FindSpace(string key);

    /// <summary>All embeddings of a space at one moment, in memory.</summary>
    /// <exception cref="CatalogueException">No such space.</exception>
    EmbeddingTable ReadEmbeddings(SpaceId space, CancellationToken cancellation = default);

    /// <summary>Some embeddings of a space at one moment: a collection of millions is read piece by piece.</summary>
    /// <param name="space">The space.</param>
    /// <param name="range">Whose embeddings.</param>
    /// <param name="most">The first ones only, where there are more.</param>
    /// <param name="cancellation">Checked every few thousand rows.</param>
    /// <exception cref="CatalogueException">No such space.</exception>
    EmbeddingTable ReadPart(SpaceId space, OwnerRange range, int most, CancellationToken cancellation = default);

    /// <summary>Embeddings from all over a space, to learn from; as many as are asked for, or a few less.</summary>
    /// <exception cref="CatalogueException">No such space.</exception>
    IRowReader SampleEmbeddings(SpaceId space, int count, CancellationToken cancellation = default);

    /// <summary>The embeddings that a space holds.</summary>
    long CountEmbeddings(SpaceId space);

    /// <summary>What changed in a space since a revision, for an index that was derived then.</summary>
    /// <param name="space">The space.</param>
    /// <param name="since">The revision of the <see cref="EmbeddingTable"/> or <see cref="EmbeddingChanges"/> last read.</param>
    /// <param name="most">Rows added, at most.</param>
    /// <param name="cancellation">Checked every few thousand rows.</param>
    /// <returns>Null when the catalogue never was in that state, as after a restored copy, or can't tell any more, or when more rows were
    /// added: read the embeddings themselves.</returns>
    /// <exception cref="CatalogueException">No such space.</exception>
    EmbeddingChanges? ReadChanges(SpaceId space, Revision since, int most = int.MaxValue, CancellationToken cancellation = default);

    /// <summary>The same without the rows, which may be more than memory holds.</summary>
    /// <param name="space">The space.</param>
    /// <param name="since">As there.</param>
    /// <param name="cancellation">Checked every few thousand rows.</param>
    /// <exception cref="CatalogueException">No such space.</exception>
    OwnerChanges? ReadChangedOwners(SpaceId space, Revision since, CancellationToken cancellation = default);
}

/// <summary>The files that are known, and what is done of their photos: what indexing reads.</summary>
public interface IFileReader
{
    /// <summary>What is known of the photo of these bytes: whether it was forgotten, and what was made of it in some spaces.</summary>
    PhotoProgress ProgressOf(string sha256, IndexedSpaces spaces);

    /// <summary>The boxes that somebody drew around faces of the photo of these bytes, in pixels of the upright original.</summary>
    IReadOnlyList<Box> DrawnIn(string sha256);

    /// <summary>Whether any file is known, read or failed or waiting, that lies in a directory itself, not in one below.</summary>
    bool KnowsFilesIn(string directory);

    /// <summary>The files that could not be read when they were last tried, by path.</summary>
    IReadOnlyList<FailedFile> Failures();

    /// <summary>The stamps of every file known under a directory, read or failed or waiting: what makes a second run fast.</summary>
    /// <param name="directory">As long a path as the files were stored with; the files in it and below.</param>
    /// <param name="spaces">
    /// A file that was read is incomplete while its photo was not analysed in all of these; null to ask for none.
    /// </param>
    /// <param name="take">Called for each, in order of their paths' bytes. It must not ask the catalogue.</param>
    /// <param name="cancellation">Checked every few thousand files.</param>
    void ReadFilesUnder(string directory, IndexedSpaces? spaces, Action<KnownFile> take, CancellationToken cancellation = default);

    /// <summary>What is known of the file at a path; null when there is none.</summary>
    /// <param name="path">The whole path.</param>
    /// <param name="spaces">As for <see cref="ReadFilesUnder"/>.</param>
    KnownFile? FindFile(string path, IndexedSpaces? spaces = null);
}

/// <summary>Everything in order, page by page, and how much there is: what is listed.</summary>
public interface IPhotoList
{
    /// <summary>Counts by state; they add up.</summary>
    PhotoCounts Count();

    /// <summary>All faces stored, with and without embedding.</summary>
    long CountFaces();

    /// <summary>
    /// The photos that were analysed in a space of faces, by how their faces were found, the most frequent first. Every photo is counted
    /// once.
    /// </summary>
    /// <returns>Empty when there is no such space.</returns>
    IReadOnlyList<ProvenanceCount> CountByProvenance(SpaceId space);

    /// <summary>All photos after a given id, in order of id: pass the last id of a page to get the next.</summary>
    IReadOnlyList<PhotoRow> Photos(PhotoId after, int limit);

    /// <summary>All faces after a given id, in order of id: pass the last id of a page to get the next.</summary>
    IReadOnlyList<FaceRow> Faces(FaceId after, int limit);
}

/// <summary>What a search and its explanation read.</summary>
public interface ISearchReader : IPhotoReader, IDescriptorReader, IEmbeddingReader, IFileReader, IVerdictReader;

/// <summary>
/// What a collection holds, as committed. Safe to use beside a writer in this or another process, and from several threads, whose calls
/// then queue: open one for each where they should not. Every method sees one moment.
/// </summary>
/// <exception cref="CatalogueException">From any method: damaged, or the file system refuses.</exception>
public interface ICatalogueReader : ISearchReader, IPhotoList, IDisposable
{
    /// <summary>Whether pages or the log may still hold something that was forgotten; the next writer overwrites it.</summary>
    bool IsOverwritingDue { get; }

    /// <summary>Checks structure, references and checksums.</summary>
    /// <returns>One sentence for each problem; empty when sound.</returns>
    IReadOnlyList<string> Verify(CancellationToken cancellation = default);
}
