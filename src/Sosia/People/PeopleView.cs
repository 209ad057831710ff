using Sosia.Catalogue;

namespace Sosia.People;

/// <summary>A person that somebody named, or a group of faces that look like one person's.</summary>
/// <param name="Person">Null for a group that nobody named.</param>
/// <param name="Name">Null likewise.</param>
/// <param name="Confirmed">The faces that somebody said are the person's, in order; empty for a group.</param>
/// <param name="Suggested">The faces that are grouped with them, or make up the group, in order. Nobody said that they are.</param>
public sealed record PersonGroup(PersonId? Person, string? Name, IReadOnlyList<FaceId> Confirmed, IReadOnlyList<FaceId> Suggested)
{
    private const char GroupSign = 'g';

    /// <summary>Places in pictures that were confirmed, and where no face is stored at the moment.</summary>
    public int Elsewhere { get; init; }

    /// <summary>Names it on a command line: a person's number, or for a group g and the number of its first face.</summary>
    public string Id => Person?.ToString() ?? $"{GroupSign}{Suggested[0]}";

    /// <summary>All its faces, the confirmed ones first.</summary>
    public IEnumerable<FaceId> Faces => Confirmed.Concat(Suggested);

    /// <summary>The face in the name of a group; null when it is no name of one.</summary>
    internal static FaceId? FaceIn(string id) =>
        id.StartsWith(GroupSign) && long.TryParse(id.AsSpan(1), out var face) && face > 0 ? new FaceId(face) : null;
}

/// <summary>Everybody at one moment.</summary>
/// <param name="People">Those that were named, in order of their numbers.</param>
/// <param name="Groups">The others, the largest first.</param>
/// <param name="LastChange">The last change of the journal that is in this, 0 for none.</param>
public sealed record PeopleView(IReadOnlyList<PersonGroup> People, IReadOnlyList<PersonGroup> Groups, long LastChange)
{
    /// <summary>What was said of the stored faces.</summary>
    internal Groups.SaidOfFaces Said { get; init; } = new([]);

    /// <summary>People and groups.</summary>
    public IEnumerable<PersonGroup> All => People.Concat(Groups);

    internal static PeopleView Of(
        IReadOnlyList<PersonRow> people,
        IReadOnlyList<FaceVerdict> verdicts,
        IReadOnlyList<IReadOnlyList<FaceId>> groups,
        long lastChange
    )
    {
        var said = new Groups.SaidOfFaces(verdicts);
        var ofPeople = new Dictionary<PersonId, IReadOnlyList<FaceId>>();
        var others = new List<PersonGroup>();
        foreach (var group in said.Apply(groups))
            if (said.MostOf(group) is { } person)
                ofPeople[person] = [.. group.Where(face => said.PersonOf(face) is null)];
            else
                others.Add(new PersonGroup(null, null, [], group));
        var confirmed = verdicts.Where(verdict => verdict.Says == Verdict.Is).ToLookup(verdict => verdict.Person);
        return new PeopleView(
            [
                .. people.Select(person => new PersonGroup(
                    person.Id,
                    person.Name,
                    [.. confirmed[person.Id].Select(verdict => verdict.Face).OfType<FaceId>().OrderBy(face => face.Value)],
                    ofPeople.GetValueOrDefault(person.Id) ?? []
                )
                {
                    Elsewhere = confirmed[person.Id].Count(verdict => verdict.Face is null),
                }),
            ],
            [.. others.OrderByDescending(group => group.Suggested.Count)],
            lastChange
        )
        {
            Said = said,
        };
    }
}
