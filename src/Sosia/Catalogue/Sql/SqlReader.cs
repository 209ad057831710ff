using Sosia.Catalogue.Sql.Engine;
using Sosia.Catalogue.Sql.Verdicts;
using Sosia.Faces;
using Sosia.Photos.Facts;

namespace Sosia.Catalogue.Sql;

/// <summary>
/// Reads a catalogue that is kept in tables: photos and faces here; the other parts read files, embeddings, and check everything.
/// </summary>
internal partial class SqlReader(SqlDatabase database) : ICatalogueReader
{
    private const string SelectPhotos = """
        SELECT p.id, p.sha256, p.width, p.height, p.state, f.path, f.modified,
               x.taken, x.taken_offset, x.taken_from, x.camera, x.latitude, x.longitude, x.caption, x.credit, x.problem,
               s.taken, s.taken_offset, s.caption, s.credit, s.problem
        FROM
        """;

    /// <param name="photos">A query in parentheses: the numbers of all photos that are meant.</param>
    private string WithFiles(string photos) =>
        $"""
            LEFT JOIN {Database.FilesOf(photos)} f ON f.photo = p.id LEFT JOIN sidecars s ON s.path = f.path
            LEFT JOIN photo_facts x ON {Of("x")}
            """;

    private string SelectFaces =>
        $"""
            SELECT id, photo, box_left, box_top, box_width, box_height, confidence, left_eye_x, left_eye_y, right_eye_x, right_eye_y,
                   nose_x, nose_y, left_mouth_x, left_mouth_y, right_mouth_x, right_mouth_y, size, sharpness, yaw, score,
                   {Database.Any($"embeddings e WHERE e.face = faces.id{Database.KeptWith("e", "faces")}")}, drawn
            FROM faces
            """;

    /// <summary>Where the tables are.</summary>
    internal SqlDatabase Database { get; } = database;

    protected VerdictStorage Verdicts { get; } = new(database);

    public Revision Revision => Database.ReadOne(CurrentRevision);

    public bool IsBehind(Revision revision) => Database.ReadOne(() => Database.IsBehind(revision));

    public string Identity => Database.ReadOne(() => (string)Database.Value("SELECT identity FROM catalogue")!);

    public bool IsOverwritingDue => Database.IsOverwritingDue;

    public long CountFaces() => Database.ReadOne(() => (long)Database.Value("SELECT count(*) FROM faces")!);

    public PhotoRow? FindPhoto(PhotoId id) =>
        Database.ReadOne(() =>
            PhotoRows($"{SelectPhotos} photos p {WithFiles("($1)")} WHERE p.id = $1 ORDER BY f.path", id.Value).SingleOrDefault()
        );

    public PhotoRow? FindPhoto(string sha256) =>
        Database.ReadOne(() =>
            PhotoRows(
                    $"""
                    {SelectPhotos} photos p {WithFiles($"(SELECT p.id FROM photos p WHERE {Database.IsPhoto("p", "$1")})")}
                    WHERE {Database.IsPhoto("p", "$1")} ORDER BY f.path
                    """,
                    sha256
                )
                .SingleOrDefault()
        );

    public PhotoRow? FindPhotoAt(string path) =>
        Database.ReadOne(() =>
            PhotoRows(
                    $"""
                    {SelectPhotos} photos p {WithFiles("(SELECT photo FROM files WHERE path = $1)")}
                    WHERE p.id IN (SELECT photo FROM files WHERE path = $1) ORDER BY f.path
                    """,
                    path
                )
                .SingleOrDefault()
        );

    public PhotoProgress ProgressOf(string sha256, IndexedSpaces spaces)
    {
        ArgumentNullException.ThrowIfNull(sha256);
        ArgumentNullException.ThrowIfNull(spaces);
        var (progress, mayBeMarked) = Database.ReadOne(() => Done(sha256, spaces));
        return mayBeMarked ? progress with { IsForgotten = Database.Read(() => IsMarked(sha256)) } : progress;
    }

    public IReadOnlyDictionary<PhotoId, PhotoRow> FindPhotos(IReadOnlyCollection<PhotoId> ids) =>
        Database.ReadOne(() => PhotosNamed(ids).Ask(Database)).ToDictionary(photo => photo.Id);

    public IReadOnlyDictionary<FaceId, FaceRow> FindFaces(IReadOnlyCollection<FaceId> ids) =>
        Database.ReadOne(() => FacesNamed(ids).Ask(Database)).ToDictionary(face => face.Id);

    public (IReadOnlyDictionary<PhotoId, PhotoRow> Photos, IReadOnlyDictionary<FaceId, FaceRow> Faces) Find(
        IReadOnlyCollection<PhotoId> photos,
        IReadOnlyCollection<FaceId> faces
    )
    {
        var (found, theirs) = Database.ReadBoth(PhotosNamed(photos), FacesNamed(faces));
        return (found.ToDictionary(photo => photo.Id), theirs.ToDictionary(face => face.Id));
    }

    public IReadOnlyList<PhotoRow> Photos(PhotoId after, int limit) =>
        Database.ReadOne(() =>
            PhotoRows(
                $"""
                {SelectPhotos} (SELECT * FROM photos WHERE id > $1 ORDER BY id LIMIT $2) p
                {WithFiles("(SELECT id FROM photos WHERE id > $1 ORDER BY id LIMIT $2)")} ORDER BY p.id, f.path
                """,
                after.Value,
                Math.Max(0, limit)
            )
        );

    public IReadOnlyList<FaceRow> FacesOf(PhotoId photo) => Database.ReadOne(() => FacesIn(photo));

    public FaceRow? FindFace(FaceId face) => Database.ReadOne(() => FaceIn(face));

    public IReadOnlyList<FaceRow> Faces(FaceId after, int limit) =>
        Database.ReadOne(() => FaceRows($"{SelectFaces} WHERE id > $1 ORDER BY id LIMIT $2", after.Value, Math.Max(0, limit)));

    public IReadOnlyList<PersonRow> ReadPeople() => Database.ReadOne(Verdicts.ReadPeople);

    public IReadOnlyList<FaceVerdict> ReadVerdicts(PersonId? person = null, PhotoId? photo = null) =>
        Database.Read(() => Verdicts.ReadVerdicts(person, photo, FacesIn));

    public IReadOnlyList<DrawnFace> ReadDrawn() => Database.Read(() => Verdicts.ReadDrawn(FacesIn));

    public IReadOnlyList<Box> DrawnIn(string sha256) => Database.ReadOne(() => Verdicts.DrawnIn(sha256));

    public IReadOnlyList<CaseRow> ReadCases() => Database.ReadOne(Verdicts.Cases.Read);

    public IReadOnlyList<CaseFace> ReadCaseFaces(CaseId of, string space) =>
        Database.Read(() => Verdicts.Cases.ReadFaces(of, space, FacesIn));

    public IReadOnlySet<string> ReadShown(CaseId of) => Database.ReadOne(() => Verdicts.Cases.ReadShown(of));

    public IReadOnlyList<JournalEntry> ReadJournal(long? before, int most) => Database.ReadOne(() => Verdicts.ReadJournal(before, most));

    /// <summary>Writes all that is committed into an empty file.</summary>
    public void CopyTo(string path) => Database.CopyTo(path);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the database.</summary>
    protected virtual void Dispose(bool disposing) => Database.Dispose();

    protected FaceRow? FaceIn(FaceId face) => FaceRows($"{SelectFaces} WHERE id = $1", face.Value).SingleOrDefault();

    protected List<FaceRow> FacesIn(PhotoId photo) =>
        FaceRows($"{SelectFaces} WHERE photo = $1 ORDER BY box_width * box_height DESC, id", photo.Value);

    private Question<List<PhotoRow>> PhotosNamed(IEnumerable<PhotoId> ids) =>
        new(
            $"""
            {SelectPhotos} photos p {WithFiles(Database.RowsOfList("$1"))} WHERE p.id IN {Database.RowsOfList("$1")}
            ORDER BY p.id, f.path
            """,
            Database.List(ids.Select(id => id.Value)),
            CatalogueRows.Photos
        );

    protected Question<List<FaceRow>> FacesNamed(IEnumerable<FaceId> ids) =>
        new($"{SelectFaces} WHERE id IN {Database.RowsOfList("$1")}", Database.List(ids.Select(id => id.Value)), CatalogueRows.Faces);

    /// <summary>The faces of some photos. The caller has a transaction open.</summary>
    internal List<FaceRow> FacesOfPhotos(IEnumerable<long> photos) => FacesIn(photos);

    private List<FaceRow> FacesIn(IEnumerable<long> photos) =>
        FaceRows($"{SelectFaces} WHERE photo IN {Database.RowsOfList("$1")}", Database.List(photos));

    protected PhotoProgress ProgressIn(string sha256, IndexedSpaces spaces)
    {
        var (progress, mayBeMarked) = Done(sha256, spaces);
        return mayBeMarked ? progress with { IsForgotten = IsMarked(sha256) } : progress;
    }

    /// <summary>What was made of a photo, and whether any photo was forgotten: one query, for every file of a run asks this.</summary>
    private (PhotoProgress Progress, bool MayBeMarked) Done(string sha256, IndexedSpaces spaces)
    {
        var isThis = Database.IsPhoto("p", "$1");
        var (made, photos) = Made(2, $"photos p WHERE {isThis}");
        using var row = Database.Query(
            $"""
            SELECT {Database.Any("forgotten_photos")}, {made}, {Database.Any("anchors n WHERE n.sha256 = $1")}
            FROM (SELECT 1) one LEFT JOIN {photos} ON {(Database.AsksPhotosApart ? "TRUE" : isThis)}
            """,
            sha256,
            spaces.Faces.Value,
            spaces.Look?.Value ?? 0, // no space has that number
            spaces.FoundBy?.Key,
            PhotoFacts.Version,
            spaces.Places ? 1 : 0,
            spaces.DescriptorVersion
        );
        row.Read();
        var progress = new PhotoProgress(IsForgotten: false, row.GetBoolean(1), row.GetBoolean(2))
        {
            HasFacts = row.GetBoolean(3),
            HasDescriptor = row.GetBoolean(4),
            MayHaveDrawn = row.GetBoolean(5),
        };
        return (progress, row.GetBoolean(0));
    }

    /// <summary>
    /// What was made of a photo `p`, as four columns: whether it has faces, a row by look, facts and a descriptor; and the table to join.
    /// </summary>
    /// <param name="first">The first of six parameters: the spaces of faces and of photos, the provenance, the version and the places of
    /// facts, and the version of descriptors.</param>
    /// <param name="apart">Where photos are asked apart: what follows FROM in that query.</param>
    private (string Columns, string Photos) Made(int first, string apart)
    {
        string[] names = ["has_faces", "has_look", "has_facts", "has_descriptor"];
        string[] has =
        [
            Database.Any($"analysed a WHERE {Of("a")} AND a.space = ${first} AND {IsFoundBy($"${first + 2}")}"),
            Database.Any($"analysed a WHERE {Of("a")} AND a.space = ${first + 1}"),
            Database.Any($"photo_facts x WHERE {Of("x")} AND {AreFactsOf($"${first + 3}", $"${first + 4}")}"),
            Database.Any($"photo_descriptors d WHERE {Of("d")} AND d.version >= ${first + 5}"),
        ];
        if (!Database.AsksPhotosApart)
            return (string.Join(", ", has), "photos p");
        var named = has.Zip(names, (column, name) => $"{column} AS {name}");
        return (
            string.Join(", ", names.Select(name => $"coalesce(p.{name}, FALSE)")),
            $"(SELECT p.id, p.sha256, {string.Join(", ", named)} FROM {apart}) p"
        );
    }

    /// <summary>Whether a row belongs to the photo `p`.</summary>
    private string Of(string table) => $"{table}.photo = p.id{Database.KeptWith(table, "p")}";

    /// <summary>Whether the faces of a row of `analysed` were found in the way of a key; true when the key is null.</summary>
    private static string IsFoundBy(string key) => $"(a.provenance = (SELECT id FROM provenances WHERE key = {key}) OR {key} IS NULL)";

    /// <summary>Whether the facts of a row of `photo_facts` are of a version, with places where they are wanted.</summary>
    private static string AreFactsOf(string version, string places) => $"(x.version >= {version} AND x.places >= {places})";

    private Revision CurrentRevision()
    {
        using var row = Database.Query("SELECT version, nonce FROM catalogue JOIN commits USING (version)");
        return row.Read() ? new(row.GetInt64(0), row.GetString(1)) : throw Database.Damaged("the last commit is not noted in it");
    }

    private List<PhotoRow> PhotoRows(string sql, params ReadOnlySpan<object?> values)
    {
        using var rows = Database.Query(sql, values);
        return CatalogueRows.Photos(rows);
    }

    private List<FaceRow> FaceRows(string sql, params ReadOnlySpan<object?> values)
    {
        using var rows = Database.Query(sql, values);
        return CatalogueRows.Faces(rows);
    }
}
