using System.Data.Common;
using Sosia.Catalogue.Sql.Engine;
using Sosia.Catalogue.Sql.Verdicts;
using Sosia.Faces;
using Sosia.Photos.Facts;

namespace Sosia.Catalogue.Sql;

/// <summary>Reads a catalogue that is kept in tables: photos and faces here; the other parts read files, embeddings, and check everything.</summary>
internal partial class SqlReader(SqlDatabase database) : ICatalogueReader
{
    private const string SelectPhotos = """
        SELECT p.id, p.sha256, p.width, p.height, p.state, f.path, f.modified,
               x.taken, x.taken_offset, x.taken_from, x.camera, x.latitude, x.longitude, x.caption, x.credit, x.problem,
               s.taken, s.taken_offset, s.caption, s.credit, s.problem
        FROM
        """;

    private const string WithFiles = """
        LEFT JOIN files f ON f.photo = p.id LEFT JOIN sidecars s ON s.path = f.path LEFT JOIN photo_facts x ON x.photo = p.id
        """;

    private const string SelectFaces = """
        SELECT id, photo, box_left, box_top, box_width, box_height, confidence,
               left_eye_x, left_eye_y, right_eye_x, right_eye_y, nose_x, nose_y, left_mouth_x, left_mouth_y, right_mouth_x, right_mouth_y,
               size, sharpness, yaw, score, EXISTS (SELECT 1 FROM embeddings e WHERE e.face = faces.id), drawn
        FROM faces
        """;

    protected SqlDatabase Database { get; } = database;

    protected VerdictStorage Verdicts { get; } = new(database);

    public Revision Revision => Database.Read(CurrentRevision);

    public string Identity => Database.Read(() => (string)Database.Value("SELECT identity FROM catalogue")!);

    public bool IsOverwritingDue => Database.IsOverwritingDue;

    public long CountFaces() => Database.Read(() => (long)Database.Value("SELECT count(*) FROM faces")!);

    public PhotoRow? FindPhoto(PhotoId id) =>
        Database.Read(() => PhotoRows($"{SelectPhotos} photos p {WithFiles} WHERE p.id = $1 ORDER BY f.path", id.Value).SingleOrDefault());

    public PhotoRow? FindPhoto(string sha256) =>
        Database.Read(() =>
            PhotoRows($"{SelectPhotos} photos p {WithFiles} WHERE {Database.IsPhoto("p", "$1")} ORDER BY f.path", sha256).SingleOrDefault()
        );

    public PhotoRow? FindPhotoAt(string path) =>
        Database.Read(() =>
            PhotoRows(
                    $"{SelectPhotos} files here JOIN photos p ON p.id = here.photo {WithFiles} WHERE here.path = $1 ORDER BY f.path",
                    path
                )
                .SingleOrDefault()
        );

    public PhotoProgress ProgressOf(string sha256, IndexedSpaces spaces)
    {
        ArgumentNullException.ThrowIfNull(sha256);
        ArgumentNullException.ThrowIfNull(spaces);
        return Database.Read(() => ProgressIn(sha256, spaces));
    }

    public IReadOnlyDictionary<PhotoId, PhotoRow> FindPhotos(IReadOnlyCollection<PhotoId> ids) =>
        Database
            .Read(() =>
                PhotoRows(
                    $"{SelectPhotos} photos p {WithFiles} WHERE p.id IN {Database.RowsOfList("$1")} ORDER BY p.id, f.path",
                    Database.List(ids.Select(id => id.Value))
                )
            )
            .ToDictionary(photo => photo.Id);

    public IReadOnlyDictionary<FaceId, FaceRow> FindFaces(IReadOnlyCollection<FaceId> ids) =>
        Database
            .Read(() => FacesNamed(ids))
            .ToDictionary(face => face.Id);

    public IReadOnlyList<PhotoRow> Photos(PhotoId after, int limit) =>
        Database.Read(() =>
            PhotoRows(
                $"{SelectPhotos} (SELECT * FROM photos WHERE id > $1 ORDER BY id LIMIT $2) p {WithFiles} ORDER BY p.id, f.path",
                after.Value,
                Math.Max(0, limit)
            )
        );

    public IReadOnlyList<FaceRow> FacesOf(PhotoId photo) => Database.Read(() => FacesIn(photo));

    public FaceRow? FindFace(FaceId face) => Database.Read(() => FaceIn(face));

    public IReadOnlyList<FaceRow> Faces(FaceId after, int limit) =>
        Database.Read(() => FaceRows($"{SelectFaces} WHERE id > $1 ORDER BY id LIMIT $2", after.Value, Math.Max(0, limit)));

    public IReadOnlyList<PersonRow> ReadPeople() => Database.Read(Verdicts.ReadPeople);

    public IReadOnlyList<FaceVerdict> ReadVerdicts(PersonId? person = null, PhotoId? photo = null) =>
        Database.Read(() => Verdicts.ReadVerdicts(person, photo, FacesIn));

    public IReadOnlyList<DrawnFace> ReadDrawn() => Database.Read(() => Verdicts.ReadDrawn(FacesIn));

    public IReadOnlyList<Box> DrawnIn(string sha256) => Database.Read(() => Verdicts.DrawnIn(sha256));

    public IReadOnlyList<CaseRow> ReadCases() => Database.Read(Verdicts.Cases.Read);

    public IReadOnlyList<CaseFace> ReadCaseFaces(CaseId of, string space) =>
        Database.Read(() => Verdicts.Cases.ReadFaces(of, space, FacesIn));

    public IReadOnlySet<string> ReadShown(CaseId of) => Database.Read(() => Verdicts.Cases.ReadShown(of));

    public IReadOnlyList<JournalEntry> ReadJournal(long? before, int most) => Database.Read(() => Verdicts.ReadJournal(before, most));

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

    protected List<FaceRow> FacesNamed(IEnumerable<FaceId> ids) =>
        FaceRows($"{SelectFaces} WHERE id IN {Database.RowsOfList("$1")}", Database.List(ids.Select(id => id.Value)));

    private List<FaceRow> FacesIn(IEnumerable<long> photos) =>
        FaceRows($"{SelectFaces} WHERE photo IN {Database.RowsOfList("$1")}", Database.List(photos));

    protected PhotoProgress ProgressIn(string sha256, IndexedSpaces spaces) =>
        new(IsMarked(sha256), IsAnalysed(sha256, spaces.Faces, spaces.FoundBy), IsAnalysed(sha256, spaces.Look, foundBy: null))
        {
            HasFacts =
                Database.Value(
                    $"SELECT 1 FROM photos p JOIN photo_facts x ON x.photo = p.id WHERE {Database.IsPhoto("p", "$1")} AND {AreFactsOf("$2", "$3")}",
                    sha256,
                    PhotoFacts.Version,
                    spaces.Places ? 1 : 0
                )
                    is not null,
            HasDescriptor =
                Database.Value(
                    $"SELECT 1 FROM photos p JOIN photo_descriptors d ON d.photo = p.id WHERE {Database.IsPhoto("p", "$1")} AND d.version >= $2",
                    sha256,
                    spaces.DescriptorVersion
                )
                    is not null,
        };

    private bool IsAnalysed(string sha256, SpaceId? space, Provenance? foundBy) =>
        Database.Value(
            $"SELECT 1 FROM photos p JOIN analysed a ON a.photo = p.id WHERE {Database.IsPhoto("p", "$1")} AND a.space = $2 AND {IsFoundBy("$3")}",
            sha256,
            space?.Value,
            foundBy?.Key
        )
            is not null;

    /// <summary>Whether the faces of a row of `analysed` were found in the way of a key; true when the key is null.</summary>
    private static string IsFoundBy(string key) => $"(a.provenance = (SELECT id FROM provenances WHERE key = {key}) OR {key} IS NULL)";

    /// <summary>Whether the facts of a row of `photo_facts` are of a version, with places where they are wanted.</summary>
    private static string AreFactsOf(string version, string places) => $"(x.version >= {version} AND x.places >= {places})";

    private Revision CurrentRevision()
    {
        using var row = Database.Query("SELECT version, nonce FROM catalogue JOIN commits USING (version)");
        return row.Read()
            ? new(row.GetInt64(0), row.GetString(1))
            : throw Database.Damaged("the last commit is not noted in it");
    }

    // One line a path, the lines of a photo together.
    private List<PhotoRow> PhotoRows(string sql, params ReadOnlySpan<object?> values)
    {
        var photos = new List<PhotoRow>();
        var paths = new List<string>();
        using var rows = Database.Query(sql, values);
        while (rows.Read())
        {
            var id = new PhotoId(rows.GetInt64(0));
            if (photos.Count == 0 || photos[^1].Id != id)
            {
                paths = [];
                photos.Add(
                    new(id, rows.GetString(1), rows.GetInt32(2), rows.GetInt32(3), Enum.Parse<PhotoState>(rows.GetString(4)), paths)
                    {
                        Facts = FactsRows.OfPhoto(rows, 7),
                    }
                );
            }
            if (rows.IsDBNull(5))
                continue;
            paths.Add(rows.GetString(5));
            photos[^1] = FactsRows.WithPath(photos[^1], Utc(rows.GetInt64(6)), FactsRows.OfSidecar(rows, 16));
        }
        return photos;
    }

    private List<FaceRow> FaceRows(string sql, params ReadOnlySpan<object?> values)
    {
        var faces = new List<FaceRow>();
        using var rows = Database.Query(sql, values);
        while (rows.Read())
        {
            faces.Add(
                new(
                    new(rows.GetInt64(0)),
                    new(rows.GetInt64(1)),
                    new Box(rows.GetFloat(2), rows.GetFloat(3), rows.GetFloat(4), rows.GetFloat(5)),
                    rows.GetFloat(6),
                    new Landmarks(Point(rows, 7), Point(rows, 9), Point(rows, 11), Point(rows, 13), Point(rows, 15)),
                    new FaceQuality(rows.GetFloat(17), rows.GetFloat(18), rows.GetFloat(19), rows.GetFloat(20)),
                    rows.GetBoolean(21)
                )
                {
                    IsDrawn = rows.GetBoolean(22),
                }
            );
        }
        return faces;

        static System.Numerics.Vector2 Point(DbDataReader rows, int column) => new(rows.GetFloat(column), rows.GetFloat(column + 1));
    }
}
