using Sosia.Catalogue;
using Sosia.Photos;
using Sosia.Vectors;

namespace Sosia.Bench.Vectors;

/// <summary>A catalogue of drawn rows: one space that never changes, and no photos to look at.</summary>
internal sealed class DrawnCatalogue(SpaceInfo space, EmbeddingTable table) : ICatalogueReader
{
    public Revision Revision => table.Revision;

    public string Identity => "drawn";

    public IReadOnlyList<StoredSpace> Spaces() => [new(new SpaceId(1), space, table.Faces.Length)];

    public EmbeddingTable ReadEmbeddings(SpaceId space, CancellationToken cancellation = default) => table;

    public EmbeddingChanges? ReadChanges(SpaceId space, Revision since, CancellationToken cancellation = default) =>
        new(new EmbeddingTable(new ArrayRows([], table.Dimensions), [], [], table.Revision), []);

    public PhotoCounts Count() => new(table.Faces.Length, 0, 0, 0, 0);

    public long CountFaces() => table.Faces.Length;

    public IReadOnlyList<ProvenanceCount> CountByProvenance(SpaceId space) => [];

    public PhotoRow? FindPhoto(PhotoId id) => null;

    public PhotoRow? FindPhoto(string sha256) => null;

    public PhotoRow? FindPhotoAt(string path) => null;

    public IReadOnlyDictionary<PhotoId, PhotoRow> FindPhotos(IReadOnlyCollection<PhotoId> ids) => new Dictionary<PhotoId, PhotoRow>();

    public IReadOnlyDictionary<FaceId, FaceRow> FindFaces(IReadOnlyCollection<FaceId> ids) => new Dictionary<FaceId, FaceRow>();

    public PhotoProgress ProgressOf(string sha256, IndexedSpaces spaces) => default;

    public IReadOnlyList<FaceRow> FacesOf(PhotoId photo) => [];

    public FaceRow? FindFace(FaceId face) => null;

    public IReadOnlyList<FaceRow> Faces(FaceId after, int limit) => [];

    public IReadOnlyList<PhotoRow> Photos(PhotoId after, int limit) => [];

    public IReadOnlySet<PhotoId> PhotosIn(PhotoFilter filter) => new HashSet<PhotoId>();

    public ILookup<PhotoId, FileStamp> FilesOf(IReadOnlyCollection<PhotoId> ids) =>
        Array.Empty<FileStamp>().ToLookup(_ => default(PhotoId));

    public IReadOnlyList<PhotoId> PhotosInSeveralFiles() => [];

    public IReadOnlyDictionary<PhotoId, byte[]> FindDescriptors(IReadOnlyCollection<PhotoId> ids, int version) =>
        new Dictionary<PhotoId, byte[]>();

    public void ReadDescriptors(int version, Action<PhotoId, byte[]> take, CancellationToken cancellation = default) { }

    public bool KnowsFilesIn(string directory) => false;

    public IReadOnlyList<FailedFile> Failures() => [];

    public IReadOnlyDictionary<string, KnownFile> FilesUnder(string directory, IndexedSpaces? spaces = null) =>
        new Dictionary<string, KnownFile>();

    public IReadOnlyList<string> Verify(CancellationToken cancellation = default) => [];

    public void Dispose() { }
}
