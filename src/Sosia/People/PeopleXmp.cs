using Sosia.Catalogue;
using Sosia.Faces;
using Sosia.People.Names;
using Sosia.Photos;
using Sosia.Photos.Regions;

namespace Sosia.People;

/// <summary>What <see cref="PeopleXmp.Import"/> took over.</summary>
/// <param name="Files">Files of photos that were looked at.</param>
/// <param name="People">People who are named in them.</param>
/// <param name="Faces">Faces that got a name.</param>
/// <param name="Drawn">Those of them that Sosia had not found.</param>
/// <param name="Known">Faces that had that name already.</param>
/// <param name="Kept">Faces of which something else is said here, and that stay as they are.</param>
/// <param name="Problems">A sentence for each file, or region, that could not be taken.</param>
public sealed record XmpImport(int Files, int People, int Faces, int Drawn, int Known, int Kept, IReadOnlyList<string> Problems);

/// <summary>What <see cref="PeopleXmp.Export"/> wrote.</summary>
/// <param name="Written">Sidecars that were made or changed.</param>
/// <param name="Same">Files whose sidecars said it all already.</param>
/// <param name="Problems">A sentence for each file whose sidecar could not be written.</param>
public sealed record XmpExport(int Written, int Same, IReadOnlyList<string> Problems);

/// <summary>
/// People as face regions in XMP, as digiKam, Lightroom, Picasa and Windows keep them: read from sidecars and from inside JPEGs, written to
/// sidecars only.
/// </summary>
public sealed class PeopleXmp
{
    private const int PhotosAtOnce = 256;

    private readonly ICatalogueStore _store;
    private readonly CatalogueReaders _readers;
    private readonly DrawnFaces _drawn;
    private readonly TimeProvider _clock;

    internal PeopleXmp(ICatalogueStore store, CatalogueReaders readers, DrawnFaces drawn, TimeProvider clock) =>
        (_store, _readers, _drawn, _clock) = (store, readers, drawn, clock);

    /// <summary>
    /// Takes over the names that other programs gave to faces, in one change that can be undone. A person of a name that one has here is
    /// that one. What somebody said here stays where a file says something else. A named face that Sosia had not found is added as if
    /// somebody had drawn it.
    /// </summary>
    /// <param name="progress">Told of how many files were looked at.</param>
    /// <param name="cancellation">Cancels the work; nothing is imported, unless only drawn faces are still to be read.</param>
    /// <exception cref="PeopleException">Several people here have a name that is used; nothing was imported.</exception>
    /// <exception cref="CatalogueException">No collection, or another process writes too long.</exception>
    public XmpImport Import(IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        var problems = new List<string>();
        var (noted, files) = Read(problems, progress, cancellation);
        using var writer = _store.OpenWriter(overwrite: false);
        var said = new Words(writer);
        foreach (var face in noted)
            if (CleanNameOf(face, problems) is { } name)
                said.Add(face.Photo, face.Box, face.Found, name);
        if (said.Statements.Count > 0)
            writer.Say(ChangeKind.Import, said.Statements, _clock.GetUtcNow());
        if (said.Drawn > 0)
            problems.AddRange(_drawn.StoreMissing(writer, cancellation));
        return new XmpImport(files, said.People, said.Faces, said.Drawn, said.Known, said.Kept, problems);
    }

    /// <summary>
    /// Notes everybody's confirmed faces in sidecars, one beside each file of a photo; the photos stay byte for byte the same. What other
    /// programs wrote in a sidecar stays: also a name that differs.
    /// </summary>
    /// <param name="progress">Told of how many photos were written.</param>
    /// <param name="cancellation">Cancels the work between files.</param>
    /// <exception cref="CatalogueException">No collection, or it is damaged.</exception>
    public XmpExport Export(IProgress<int>? progress = null, CancellationToken cancellation = default) =>
        _readers.Ask(reader =>
        {
            var names = reader.ReadPeople().ToDictionary(person => person.Id, person => person.Name);
            var faces = reader
                .ReadVerdicts()
                .Where(face => face is { Says: Verdict.Is, Photo: not null })
                .ToLookup(face => face.Photo!.Value);
            var problems = new List<string>();
            var (written, same, done) = (0, 0, 0);
            foreach (var photos in faces.Chunk(PhotosAtOnce))
            {
                PhotoId[] ids = [.. photos.Select(photo => photo.Key)];
                var (rows, files) = (reader.FindPhotos(ids), reader.FilesOf(ids));
                var found = reader.FindFaces([.. photos.SelectMany(photo => photo).Select(face => face.Face).OfType<FaceId>()]);
                foreach (var photo in photos.Where(photo => rows.ContainsKey(photo.Key)))
                {
                    NamedFace[] named = [.. photo.Select(face => Named(names[face.Person], face, found))];
                    foreach (var file in files[photo.Key])
                        Write(file, rows[photo.Key], named);
                    progress?.Report(++done);
                }
            }
            return new XmpExport(written, same, problems);

            void Write(FileStamp file, PhotoRow photo, NamedFace[] named)
            {
                cancellation.ThrowIfCancellationRequested();
                try
                {
                    _ = PhotoXmp.Open(file, photo.Width, photo.Height, _drawn.Limits).Write(named) ? written++ : same++;
                }
                catch (FormatException refused)
                {
                    problems.Add(refused.Message);
                }
            }
        });

    /// <returns>Null where a name is none that can be kept.</returns>
    private static string? CleanNameOf(NotedFace face, List<string> problems)
    {
        try
        {
            return PersonName.Clean(face.Name);
        }
        catch (PeopleException unusable)
        {
            problems.Add($"{face.Path}: {unusable.Message}");
            return null;
        }
    }

    private static NamedFace Named(string name, FaceVerdict face, IReadOnlyDictionary<FaceId, FaceRow> found) =>
        face.Face is { } id && found.TryGetValue(id, out var row)
            ? new NamedFace(name, row.Box, box => SameFace.Is(box, row.Box, row.Landmarks))
            : new NamedFace(name, face.Place.Box, box => box.Overlap(face.Place.Box) > SameFace.Overlap);

    private (List<NotedFace> Faces, int Files) Read(List<string> problems, IProgress<int>? progress, CancellationToken cancellation) =>
        _readers.Ask(reader =>
        {
            var (noted, looked) = (new List<NotedFace>(), 0);
            IReadOnlyList<PhotoRow> photos;
            for (var last = new PhotoId(0); (photos = reader.Photos(last, PhotosAtOnce)).Count > 0; last = photos[^1].Id)
            {
                var files = reader.FilesOf([.. photos.Select(photo => photo.Id)]);
                foreach (var photo in photos)
                foreach (var file in files[photo.Id])
                {
                    cancellation.ThrowIfCancellationRequested();
                    noted.AddRange(NotedIn(file, photo, reader, problems));
                    progress?.Report(++looked);
                }
            }
            return (noted, looked);
        });

    private List<NotedFace> NotedIn(FileStamp file, PhotoRow photo, IPhotoReader reader, List<string> problems)
    {
        try
        {
            var faces = PhotoXmp.Open(file, photo.Width, photo.Height, _drawn.Limits).Read(problems);
            if (faces.Count == 0)
                return [];
            var found = reader.FacesOf(photo.Id);
            return
            [
                .. faces.Select(face =>
                {
                    var id = new FacePlace(photo.Sha256, face.Box).FaceAmong(found);
                    return new NotedFace(file.Path, photo.Sha256, face.Name, face.Box, found.FirstOrDefault(row => row.Id == id));
                }),
            ];
        }
        catch (FormatException refused)
        {
            problems.Add(refused.Message);
            return [];
        }
    }

    /// <summary>A face that a file notes.</summary>
    private sealed record NotedFace(string Path, string Photo, string Name, Box Box, FaceRow? Found);

    /// <summary>Gathers what is to be said, beside what was said before.</summary>
    private sealed class Words(IVerdictWriter writer)
    {
        private readonly IReadOnlyList<PersonRow> _here = writer.ReadPeople();
        private readonly Dictionary<string, PersonId> _people = new(StringComparer.OrdinalIgnoreCase);
        private readonly Dictionary<string, List<FaceVerdict>> _said = writer
            .ReadVerdicts()
            .GroupBy(face => face.Place.Sha256)
            .ToDictionary(photo => photo.Key, photo => photo.ToList(), StringComparer.Ordinal);

        public List<Statement> Statements { get; } = [];

        public int People => _people.Count;

        public int Faces { get; private set; }

        public int Drawn { get; private set; }

        public int Known { get; private set; }

        public int Kept { get; private set; }

        public void Add(string photo, Box box, FaceRow? found, string name)
        {
            var person = PersonOf(name);
            var place = new FacePlace(photo, found?.Box ?? box);
            if (!_said.TryGetValue(photo, out var said))
                _said[photo] = said = [];
            var here = said.FindAll(other => other.Place.Box.Overlap(place.Box) > SameFace.Overlap);
            if (here.Exists(other => other.Person == person && other.Says == Verdict.Is))
                Known++;
            else if (here.Exists(other => other.Person == person || other.Says == Verdict.Is))
                Kept++;
            else
            {
                if (found is null)
                {
                    Statements.Add(new FaceDrawn(place, true));
                    Drawn++;
                }
                Statements.Add(new FaceJudged(person, place, Verdict.Is));
                said.Add(new FaceVerdict(person, place, Verdict.Is, null, null));
                Faces++;
            }
        }

        private PersonId PersonOf(string name)
        {
            if (_people.TryGetValue(name, out var known))
                return known;
            PersonRow[] same = [.. _here.Where(row => PersonName.AreSame(row.Name, name))];
            if (same.Length > 1)
                throw new PeopleException(
                    $"{same.Length} people are called {name} here, so it is not known who is meant: rename one. Nothing was imported."
                );
            if (same is [var one])
                return _people[name] = one.Id;
            var person = writer.ReservePerson();
            Statements.Add(new PersonNamed(person, name));
            return _people[name] = person;
        }
    }
}
