using Sosia.Catalogue;
using Sosia.Faces;
using Sosia.People.Exchange;
using Sosia.People.Names;

namespace Sosia.People;

/// <summary>What <see cref="CollectionPeople.Import"/> took over.</summary>
/// <param name="People">People, new ones and those that were known.</param>
/// <param name="Cases">Cases likewise.</param>
/// <param name="Faces">What was said of faces.</param>
/// <param name="Kept">Faces that are somebody else's here, and stay so.</param>
public sealed record ImportResult(int People, int Cases, int Faces, int Kept);

/// <summary>Gives people and cases to other programs, and takes them from there.</summary>
public sealed partial class CollectionPeople
{
    /// <summary>Everybody who has a name and all cases, as JSON (docs/people.md has its form).</summary>
    /// <exception cref="CatalogueException">No collection, or it is damaged.</exception>
    public string Export() =>
        _readers.Ask(reader =>
        {
            var verdicts = reader.ReadVerdicts().ToLookup(verdict => verdict.Person);
            var drawn = reader.ReadDrawn().Select(face => face.Place).ToHashSet();
            return PeopleFile
                .Of(
                    [
                        .. reader
                            .ReadPeople()
                            .Select(person => new PeopleFile.Person(
                                person.Name,
                                [
                                    .. verdicts[person.Id]
                                        .Select(said => new PeopleFile.Said(
                                            said.Place.Sha256,
                                            said.Place.Box,
                                            said.Says,
                                            drawn.Contains(said.Place)
                                        )),
                                ]
                            )),
                    ],
                    [
                        .. reader
                            .ReadCases()
                            .Select(row => new PeopleFile.Case(
                                row.Details,
                                [
                                    .. reader
                                        .ReadCaseFaces(row.Id, _space().Key)
                                        .Select(face => new PeopleFile.Judged(
                                            face.Place.Sha256,
                                            face.Place.Box,
                                            face.Role,
                                            face.Outside?.Path
                                        )),
                                ]
                            )),
                    ]
                )
                .Write();
        });

    /// <summary>
    /// Takes people and cases over, in one change that can be undone. A person or case of a name that one has here is that one. What
    /// somebody said here stays where the file says something else.
    /// </summary>
    /// <param name="json">What <see cref="Export"/> gave.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <exception cref="PeopleException">It is no such file, of a newer version, or several people here have a name that it uses; nothing
    /// was imported.</exception>
    /// <exception cref="CatalogueException">No collection, or another process writes too long.</exception>
    public ImportResult Import(string json, string name)
    {
        ArgumentNullException.ThrowIfNull(json);
        var file = PeopleFile.Read(json, name);
        using var writer = _store.OpenWriter(overwrite: false);
        var known = writer.ReadPeople();
        var taken = writer.ReadVerdicts().Where(said => said.Says == Verdict.Is).ToLookup(said => said.Place.Sha256);
        var (statements, faces, kept) = (new List<Statement>(), 0, 0);
        foreach (var person in file.People ?? [])
        {
            var clean = PersonName.Clean(person.Name);
            PersonRow[] same = [.. known.Where(row => PersonName.AreSame(row.Name, clean))];
            if (same.Length > 1)
                throw new PeopleException(
                    $"{same.Length} people are called {clean} here, so it is not known who is meant: rename one. Nothing was imported."
                );
            var id = same is [var one] ? one.Id : writer.ReservePerson();
            if (same.Length == 0)
                statements.Add(new PersonNamed(id, clean));
            foreach (var said in person.Faces ?? [])
                if (
                    said.Says == Verdict.Is
                    && taken[said.Photo].Any(other => other.Person != id && other.Place.Box.Overlap(said.Box) > SameFace.Overlap)
                )
                    kept++;
                else
                {
                    if (said.Drawn)
                        statements.Add(new FaceDrawn(new FacePlace(said.Photo, said.Box), true));
                    statements.Add(new FaceJudged(id, new FacePlace(said.Photo, said.Box), said.Says));
                    faces++;
                }
        }
        foreach (var of in file.Cases ?? [])
            faces += Add(of, writer, statements);
        if (statements.Count > 0)
        {
            writer.Say(ChangeKind.Import, statements, _clock.GetUtcNow());
            _drawn.StoreMissing(writer, CancellationToken.None); // photos whose files are gone get their faces when they are indexed again
        }
        return new ImportResult(file.People?.Count ?? 0, file.Cases?.Count ?? 0, faces, kept);
    }

    /// <returns>Its faces.</returns>
    private static int Add(PeopleFile.Case of, IVerdictWriter writer, List<Statement> statements)
    {
        var details = of.Details with { Name = PersonName.Clean(of.Details.Name) };
        var id = writer.ReadCases().FirstOrDefault(row => PersonName.AreSame(row.Details.Name, details.Name))?.Id;
        if (id is null)
            statements.Add(new CaseDescribed((id = writer.ReserveCase()).Value, details));
        foreach (var face in of.Faces ?? [])
            statements.Add(new CaseFaceJudged(id.Value, new FacePlace(face.Photo, face.Box), face.Role));
        return of.Faces?.Count ?? 0;
    }
}
