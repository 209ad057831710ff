using Sosia.Catalogue;
using Sosia.People.Names;

namespace Sosia.People;

/// <summary>Takes people's word.</summary>
public sealed partial class CollectionPeople
{
    /// <summary>Says that faces are a person's.</summary>
    /// <param name="view">What the speaker saw: what was changed since is not changed unknowingly.</param>
    /// <param name="faces">Their faces.</param>
    /// <param name="name">The person's name; where somebody has it, they are the one.</param>
    /// <param name="isAnother">The person is another one of a name that somebody has already.</param>
    /// <returns>The person.</returns>
    /// <exception cref="PeopleException">No face, or several people have the name.</exception>
    /// <exception cref="CatalogueException">No such face, or something of it was changed meanwhile; nothing is noted.</exception>
    public PersonId Name(PeopleView view, IReadOnlyList<FaceId> faces, string name, bool isAnother = false)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(faces);
        var clean = PersonName.Clean(name);
        if (!isAnother && Named(view, clean).Count > 0)
        {
            var known = Find(view, clean).Person!.Value;
            Say(view, ChangeKind.Name, reader => Give(reader, faces, known));
            return known;
        }
        return SayOfNew(view, ChangeKind.Name, (reader, person) => [new PersonNamed(person, clean), .. Give(reader, faces, person)]);
    }

    /// <summary>Says that faces are those of a person who has a name already.</summary>
    /// <param name="view">As for <see cref="Name"/>.</param>
    /// <param name="person">The person.</param>
    /// <param name="faces">The faces.</param>
    /// <inheritdoc cref="Name" path="/exception"/>
    public JournalEntry Confirm(PeopleView view, PersonId person, IReadOnlyList<FaceId> faces)
    {
        ArgumentNullException.ThrowIfNull(faces);
        return Say(view, ChangeKind.Name, reader => Give(reader, faces, person));
    }

    /// <summary>Gives a person another name.</summary>
    /// <param name="view">As for <see cref="Name"/>.</param>
    /// <param name="person">The person.</param>
    /// <param name="name">The new name; others may have it too.</param>
    /// <inheritdoc cref="Name" path="/exception"/>
    public JournalEntry Rename(PeopleView view, PersonId person, string name) =>
        Say(view, ChangeKind.Rename, _ => [new PersonNamed(person, PersonName.Clean(name))]);

    /// <summary>Makes two people one: all that was said of one holds for the other.</summary>
    /// <param name="view">As for <see cref="Name"/>.</param>
    /// <param name="into">Who stays.</param>
    /// <param name="other">Who is the same person.</param>
    /// <inheritdoc cref="Name" path="/exception"/>
    public JournalEntry Merge(PeopleView view, PersonId into, PersonId other)
    {
        if (into == other)
            throw new PeopleException("These are the same person already: name two.");
        return Say(view, ChangeKind.Merge, reader =>
        {
            var confirmed = reader.ReadVerdicts(into).Where(verdict => verdict.Says == Verdict.Is).Select(At).ToHashSet();
            return
            [
                new PersonNamed(other, null),
                .. reader
                    .ReadVerdicts(other)
                    .SelectMany(verdict =>
                        verdict.Says == Verdict.IsNot && confirmed.Contains(At(verdict))
                            ? new[] { new FaceJudged(other, verdict.Place, null) }
                            : [new FaceJudged(other, verdict.Place, null), new FaceJudged(into, verdict.Place, verdict.Says)]
                    ),
            ];
        });

        static (string, Faces.Box) At(FaceVerdict verdict) => (verdict.Place.Sha256, verdict.Place.Box);
    }

    /// <summary>Says that some faces of a person are another person's.</summary>
    /// <param name="view">As for <see cref="Name"/>.</param>
    /// <param name="from">Whose they are not.</param>
    /// <param name="faces">The faces.</param>
    /// <param name="name">The name of the other one, who is new.</param>
    /// <returns>The new person.</returns>
    /// <inheritdoc cref="Name" path="/exception"/>
    public PersonId Split(PeopleView view, PersonId from, IReadOnlyList<FaceId> faces, string name)
    {
        ArgumentNullException.ThrowIfNull(faces);
        var clean = PersonName.Clean(name);
        return SayOfNew(view, ChangeKind.Split, (reader, person) =>
            [
                new PersonNamed(person, clean),
                .. PlacesOf(reader, faces)
                    .SelectMany(place => new[] { new FaceJudged(from, place, Verdict.IsNot), new FaceJudged(person, place, Verdict.Is) }),
            ]
        );
    }

    /// <summary>Says that faces are not a person's: they are never suggested again.</summary>
    /// <param name="view">As for <see cref="Name"/>.</param>
    /// <param name="person">The person.</param>
    /// <param name="faces">The faces.</param>
    /// <inheritdoc cref="Name" path="/exception"/>
    public JournalEntry Reject(PeopleView view, PersonId person, IReadOnlyList<FaceId> faces)
    {
        ArgumentNullException.ThrowIfNull(faces);
        return Say(view, ChangeKind.Reject, reader =>
            [.. PlacesOf(reader, faces).Select(place => new FaceJudged(person, place, Verdict.IsNot))]
        );
    }

    /// <summary>Undoes a change, also after a restart.</summary>
    /// <inheritdoc cref="IVerdictWriter.Undo"/>
    /// <param name="entry">As there.</param>
    /// <param name="asOf">The last change that the speaker knew: where there is a later one, nothing is undone. Null not to ask.</param>
    public JournalEntry Undo(long? entry = null, long? asOf = null)
    {
        using var writer = _store.OpenWriter(overwrite: false);
        if (asOf is { } known && LastChange(writer) is var last && last > known)
            throw new CatalogueException(
                CatalogueProblem.Conflict,
                $"Change {last} was made meanwhile, and would be undone instead: look again, and undo what is still to be undone."
            );
        var undone = writer.Undo(entry, _clock.GetUtcNow());
        _drawn.StoreMissing(writer, CancellationToken.None); // an undo that is undone brings back what was drawn
        return undone;
    }

    private JournalEntry Say(PeopleView view, ChangeKind kind, Func<ICatalogueReader, IReadOnlyList<Statement>> statements)
    {
        ArgumentNullException.ThrowIfNull(view);
        using var writer = _store.OpenWriter(overwrite: false);
        return writer.Say(kind, statements(writer), _clock.GetUtcNow(), view.LastChange);
    }

    private PersonId SayOfNew(PeopleView view, ChangeKind kind, Func<ICatalogueReader, PersonId, IReadOnlyList<Statement>> statements)
    {
        ArgumentNullException.ThrowIfNull(view);
        using var writer = _store.OpenWriter(overwrite: false);
        var person = writer.ReservePerson();
        writer.Say(kind, statements(writer, person), _clock.GetUtcNow(), view.LastChange);
        return person;
    }

    /// <summary>Faces become a person's, and are nobody else's any more.</summary>
    private static List<Statement> Give(ICatalogueReader reader, IReadOnlyList<FaceId> faces, PersonId person)
    {
        var before = reader.ReadVerdicts().Where(verdict => verdict.Says == Verdict.Is).ToLookup(verdict => verdict.Face);
        var statements = new List<Statement>();
        foreach (var (face, place) in faces.Distinct().Zip(PlacesOf(reader, faces)))
        {
            foreach (var other in before[face].Where(verdict => verdict.Person != person))
                statements.Add(new FaceJudged(other.Person, other.Place, null));
            statements.Add(new FaceJudged(person, place, Verdict.Is));
        }
        return statements;
    }

    /// <exception cref="PeopleException">None.</exception>
    /// <exception cref="CatalogueException">One that is not stored.</exception>
    private static List<FacePlace> PlacesOf(ICatalogueReader reader, IReadOnlyList<FaceId> faces)
    {
        if (faces.Count == 0)
            throw new PeopleException("No face is named: give the numbers of some with --face.");
        var rows = reader.FindFaces(faces);
        var photos = reader.FindPhotos([.. rows.Values.Select(face => face.Photo).Distinct()]);
        return
        [
            .. faces
                .Distinct()
                .Select(face =>
                    rows.TryGetValue(face, out var row)
                        ? new FacePlace(photos[row.Photo].Sha256, row.Box)
                        : throw new CatalogueException(CatalogueProblem.NotFound, $"There is no face {face}; nothing was noted.")
                ),
        ];
    }
}
