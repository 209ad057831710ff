using System.Security.Cryptography;
using Sosia.Catalogue.Sql.Engine;
using Sosia.Faces;

namespace Sosia.Catalogue.Sql.Verdicts;

/// <summary>What was said of people and faces, as rows. The caller has a transaction open.</summary>
internal sealed class VerdictStorage(SqlDatabase database)
{
    private const string OfPerson = "kind IN ('Name', 'Face') AND subject = $1";

    private readonly Journal _journal = new(database);
    private readonly Anchors _anchors = new(database);
    private readonly CaseStorage _cases = new(database);

    /// <summary>The cases.</summary>
    public CaseStorage Cases => _cases;

    /// <inheritdoc cref="IVerdictReader.ReadPeople"/>
    public List<PersonRow> ReadPeople()
    {
        var people = new List<PersonRow>();
        using var rows = database.Query("SELECT subject, value FROM statements WHERE kind = 'Name' AND value IS NOT NULL ORDER BY subject");
        while (rows.Read())
            people.Add(new PersonRow(new PersonId(rows.GetInt64(0)), rows.GetString(1)));
        return people;
    }

    /// <inheritdoc cref="IVerdictReader.ReadVerdicts"/>
    /// <param name="person">As there.</param>
    /// <param name="photo">As there.</param>
    /// <param name="facesOf">The stored faces of some photos.</param>
    public List<FaceVerdict> ReadVerdicts(PersonId? person, PhotoId? photo, Func<IEnumerable<long>, List<FaceRow>> facesOf)
    {
        var verdicts = new List<FaceVerdict>();
        using (
            var rows = database.Query(
                $"""
                SELECT s.subject, s.value, a.sha256, a.box_left, a.box_top, a.box_width, a.box_height, p.id
                FROM statements s JOIN anchors a ON a.id = s.anchor LEFT JOIN photos p ON {database.IsPhoto("p", "a.sha256")}
                WHERE s.kind = 'Face' AND s.value IS NOT NULL AND (s.subject = $1 OR $1 IS NULL) AND (p.id = $2 OR $2 IS NULL)
                ORDER BY s.subject, a.sha256, a.id
                """,
                person?.Value,
                photo?.Value
            )
        )
            while (rows.Read())
                verdicts.Add(
                    new FaceVerdict(
                        new PersonId(rows.GetInt64(0)),
                        new FacePlace(rows.GetString(2), Anchors.BoxAt(rows, 3)),
                        Enum.Parse<Verdict>(rows.GetString(1)),
                        null,
                        rows.IsDBNull(7) ? null : new PhotoId(rows.GetInt64(7))
                    )
                );
        var faces = facesOf(verdicts.Where(verdict => verdict.Photo is not null).Select(verdict => verdict.Photo!.Value.Value).Distinct())
            .ToLookup(face => face.Photo);
        return verdicts.ConvertAll(verdict =>
            verdict.Photo is { } stored ? verdict with { Face = verdict.Place.FaceAmong(faces[stored]) } : verdict
        );
    }

    /// <inheritdoc cref="IVerdictReader.ReadDrawn"/>
    public List<DrawnFace> ReadDrawn(Func<IEnumerable<long>, List<FaceRow>> facesOf)
    {
        var drawn = new List<DrawnFace>();
        using (
            var rows = database.Query(
                $"""
                SELECT a.sha256, a.box_left, a.box_top, a.box_width, a.box_height, p.id
                FROM statements s JOIN anchors a ON a.id = s.anchor LEFT JOIN photos p ON {database.IsPhoto("p", "a.sha256")}
                WHERE s.kind = 'Drawn' AND s.value IS NOT NULL ORDER BY a.sha256, a.id
                """
            )
        )
            while (rows.Read())
                drawn.Add(
                    new DrawnFace(
                        new FacePlace(rows.GetString(0), Anchors.BoxAt(rows, 1)),
                        rows.IsDBNull(5) ? null : new(rows.GetInt64(5)),
                        null
                    )
                );
        var faces = facesOf(drawn.Where(face => face.Photo is not null).Select(face => face.Photo!.Value.Value).Distinct())
            .ToLookup(face => face.Photo);
        return drawn.ConvertAll(face => face.Photo is { } stored ? face with { Face = face.Place.FaceAmong(faces[stored]) } : face);
    }

    /// <inheritdoc cref="IFileReader.DrawnIn"/>
    public List<Box> DrawnIn(string sha256) =>
        _anchors.Query("JOIN statements s ON s.anchor = a.id WHERE s.kind = 'Drawn' AND s.value IS NOT NULL AND a.sha256 = $1", sha256);

    /// <summary>The places at which a change says that nobody drew a face.</summary>
    public List<(string Sha256, Box Box)> NotDrawnBy(JournalEntry entry)
    {
        var places = new List<(string, Box)>();
        using var rows = database.Query(
            """
            SELECT a.sha256, a.box_left, a.box_top, a.box_width, a.box_height
            FROM journal_statements s JOIN anchors a ON a.id = s.anchor WHERE s.entry = $1 AND s.kind = 'Drawn' AND s.after IS NULL
            """,
            entry.Id
        );
        while (rows.Read())
            places.Add((rows.GetString(0), Anchors.BoxAt(rows, 1)));
        return places;
    }

    /// <inheritdoc cref="IVerdictReader.ReadJournal"/>
    public List<JournalEntry> ReadJournal(long? before, int most) => _journal.Read(before ?? long.MaxValue, Math.Max(0, most));

    /// <inheritdoc cref="IVerdictWriter.ReservePerson"/>
    public PersonId ReservePerson() =>
        new(
            (long)
                database.Value(
                    "INSERT INTO people (key) VALUES ($1) RETURNING id",
                    Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))
                )!
        );

    /// <inheritdoc cref="IVerdictWriter.Say"/>
    public JournalEntry Say(ChangeKind kind, IReadOnlyList<Statement> statements, DateTimeOffset at, long? asOf)
    {
        var values = new Dictionary<Cell, string?>();
        foreach (var statement in statements)
            switch (statement)
            {
                case PersonNamed named:
                    if (database.Value("SELECT 1 FROM people WHERE id = $1", named.Person.Value) is null)
                        throw NoPerson(named.Person);
                    values[NameOf(named.Person)] = named.Name;
                    break;
                case FaceJudged judged:
                    if (judged.Says is not null && !IsNamed(judged.Person, values))
                        throw NoPerson(judged.Person);
                    values[new Cell(CellKind.Face, judged.Person.Value, _anchors.IdOf(judged.Place))] = judged.Says?.ToString();
                    break;
                case FaceDrawn drawn:
                    values[new Cell(CellKind.Drawn, 0, _anchors.IdOf(drawn.Place))] = drawn.IsThere ? "Yes" : null;
                    break;
                case CaseDescribed described:
                    values[_cases.CellOf(described.Case)] = CaseText.Write(described.Details);
                    break;
                case CaseFaceJudged judged:
                    var anchor = _anchors.IdOf(judged.Place);
                    values[_cases.CellOf(judged.Case, anchor)] = judged.Role?.ToString();
                    if (judged.Outside is { } outside)
                        _cases.Keep(anchor, outside);
                    break;
            }
        return _journal.Note(kind, values, at, asOf);
    }

    /// <inheritdoc cref="IVerdictWriter.Undo"/>
    public JournalEntry Undo(long? entry, DateTimeOffset at) => _journal.Undo(entry, at);

    /// <summary>Leaves nothing of what was said of some places of a photo.</summary>
    /// <param name="sha256">The photo.</param>
    /// <param name="isMeant">Whether the face at a place is meant.</param>
    public void Erase(string sha256, Func<Box, bool> isMeant)
    {
        foreach (var (anchor, box) in _anchors.Of(sha256))
            if (isMeant(box))
            {
                _journal.Erase("anchor = $1", anchor);
                database.Run("DELETE FROM anchors WHERE id = $1", anchor);
            }
    }

    /// <summary>Leaves nothing of what was said of a photo, nor that it was shown.</summary>
    public void Erase(string sha256)
    {
        Erase(sha256, _ => true);
        database.Run("DELETE FROM case_shown WHERE sha256 = $1", sha256);
    }

    /// <summary>Leaves nothing of a case.</summary>
    public void Erase(CaseId of)
    {
        _cases.ThrowIfNone(of);
        _journal.Erase("kind IN ('Case', 'CaseFace') AND subject = $1", of.Value);
        database.Run("DELETE FROM cases WHERE id = $1", of.Value);
        DeleteUnused();
    }

    /// <summary>Leaves nothing of what was said of a person, and a mark that keeps a backup from bringing it back.</summary>
    public void Erase(PersonId person)
    {
        var key =
            database.Value("SELECT key FROM people WHERE id = $1", person.Value) as string
            ?? throw CatalogueException.NotFound($"There is no person {person}; nothing was forgotten.");
        AddMark(MarkOf(key, (byte[])database.Value("SELECT salt FROM catalogue")!));
        EraseUnmarked(person);
    }

    /// <summary>The photos of which something was said, or that a case has shown, by their hashes.</summary>
    public List<string> Photos() => _anchors.Photos();

    /// <summary>Marks of people that were forgotten.</summary>
    public List<byte[]> ReadMarks()
    {
        var marks = new List<byte[]>();
        using var rows = database.Query("SELECT mark FROM forgotten_people");
        while (rows.Read())
            marks.Add((byte[])rows[0]);
        return marks;
    }

    /// <summary>Takes over marks of people, and erases the people that they stand for.</summary>
    /// <param name="marks">The marks.</param>
    /// <param name="salts">The salts that they may have been made with.</param>
    public void TakeOver(IReadOnlyList<byte[]> marks, IReadOnlyList<byte[]> salts)
    {
        marks.ToList().ForEach(AddMark);
        var forgotten = ReadMarks().Select(Convert.ToHexString).ToHashSet(StringComparer.Ordinal);
        if (forgotten.Count == 0)
            return;
        foreach (var (person, key) in Keys())
            if (salts.Any(salt => forgotten.Contains(Convert.ToHexString(MarkOf(key, salt)))))
                EraseUnmarked(person);
    }

    private void EraseUnmarked(PersonId person)
    {
        foreach (var merged in MergedInto(person)) // their names are the person's too
            EraseUnmarked(merged);
        foreach (var anchor in AnchorsOf(person)) // what cases have of the person's faces, stored or not
            _journal.Erase("anchor = $1", anchor);
        _journal.Erase(OfPerson, person.Value);
        database.Run("DELETE FROM people WHERE id = $1", person.Value);
        DeleteUnused();
    }

    private List<PersonId> MergedInto(PersonId person)
    {
        var merged = new List<PersonId>();
        using var rows = database.Query(
            """
            SELECT DISTINCT n.subject FROM journal j
            JOIN journal_statements f ON f.entry = j.id AND f.kind = 'Face' AND f.subject = $1
            JOIN journal_statements n ON n.entry = j.id AND n.kind = 'Name' AND n.after IS NULL AND n.subject <> $1
            WHERE j.kind = 'Merge' AND j.undone_by IS NULL
            """,
            person.Value
        );
        while (rows.Read())
            merged.Add(new PersonId(rows.GetInt64(0)));
        return merged;
    }

    private void DeleteUnused() =>
        database.Run("DELETE FROM anchors WHERE NOT EXISTS (SELECT 1 FROM journal_statements s WHERE s.anchor = anchors.id)");

    private List<long> AnchorsOf(PersonId person)
    {
        var anchors = new List<long>();
        using var rows = database.Query(
            "SELECT anchor FROM statements WHERE kind = 'Face' AND value = 'Is' AND subject = $1",
            person.Value
        );
        while (rows.Read())
            anchors.Add(rows.GetInt64(0));
        return anchors;
    }

    private List<(PersonId Person, string Key)> Keys()
    {
        var keys = new List<(PersonId, string)>();
        using var rows = database.Query("SELECT id, key FROM people");
        while (rows.Read())
            keys.Add((new PersonId(rows.GetInt64(0)), rows.GetString(1)));
        return keys;
    }

    private void AddMark(byte[] mark) => database.Run("INSERT INTO forgotten_people (mark) VALUES ($1) ON CONFLICT DO NOTHING", mark);

    private static byte[] MarkOf(string key, byte[] salt) => SHA256.HashData([.. salt, .. Convert.FromHexString(key)]);

    private bool IsNamed(PersonId person, Dictionary<Cell, string?> values) =>
        values.TryGetValue(NameOf(person), out var name)
            ? name is not null
            : database.Value("SELECT value FROM statements WHERE kind = 'Name' AND subject = $1 AND anchor = 0", person.Value) is not null;

    private static Cell NameOf(PersonId person) => new(CellKind.Name, person.Value, 0);

    private static CatalogueException NoPerson(PersonId person) =>
        CatalogueException.NotFound($"There is no person {person}: `sosia people list` names those that there are.");
}
