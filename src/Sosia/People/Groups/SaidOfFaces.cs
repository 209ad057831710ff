using Sosia.Catalogue;

namespace Sosia.People.Groups;

/// <summary>What was said of the stored faces.</summary>
internal sealed class SaidOfFaces
{
    private readonly Dictionary<FaceId, PersonId> _is = [];
    private readonly Dictionary<FaceId, HashSet<PersonId>> _isNot = [];

    public SaidOfFaces(IEnumerable<FaceVerdict> verdicts)
    {
        foreach (var verdict in verdicts)
            if (verdict is { Face: { } face, Says: Verdict.Is })
                _is.TryAdd(face, verdict.Person);
            else if (verdict.Face is { } other)
                (_isNot.TryGetValue(other, out var people) ? people : _isNot[other] = []).Add(verdict.Person);
    }

    /// <summary>The faces of people, as somebody said.</summary>
    public IReadOnlyDictionary<FaceId, PersonId> Confirmed => _is;

    /// <summary>The faces that somebody said are not some people's.</summary>
    public IReadOnlyDictionary<FaceId, HashSet<PersonId>> Denied => _isNot;

    /// <summary>The person of a face, as somebody said; null where nobody did.</summary>
    public PersonId? PersonOf(FaceId face) => _is.TryGetValue(face, out var person) ? person : null;

    /// <summary>Whether somebody said that a face is not a person's.</summary>
    public bool Denies(FaceId face, PersonId person) => _isNot.TryGetValue(face, out var people) && people.Contains(person);

    /// <summary>
    /// Brings groups in line with what was said: all confirmed faces of a person are one group, together with what was grouped with most of
    /// them; a face that was said not to be that person's stands alone.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<FaceId>> Apply(IReadOnlyList<IReadOnlyList<FaceId>> groups)
    {
        if (_is.Count + _isNot.Count == 0)
            return groups;
        var known = groups.SelectMany(group => group).ToHashSet();
        var ofPeople = new Dictionary<PersonId, List<FaceId>>();
        foreach (var (face, person) in _is)
            if (known.Contains(face))
                (ofPeople.TryGetValue(person, out var faces) ? faces : ofPeople[person] = []).Add(face);
        var others = new List<IReadOnlyList<FaceId>>();
        foreach (var group in groups)
        {
            var unconfirmed = group.Where(face => PersonOf(face) is null).ToList();
            if (MostOf(group) is not { } person)
            {
                others.Add(unconfirmed);
                continue;
            }
            foreach (var face in unconfirmed)
                if (Denies(face, person))
                    others.Add([face]);
                else
                    ofPeople[person].Add(face);
        }
        return FaceGroups.Ordered(others.Concat(ofPeople.Values));
    }

    /// <summary>The person of whom most faces of a group are confirmed; null where none is.</summary>
    public PersonId? MostOf(IReadOnlyList<FaceId> group)
    {
        var people = group.Where(_is.ContainsKey).CountBy(face => _is[face]).ToList();
        return people.Count == 0 ? null : people.MinBy(person => (-person.Value, person.Key.Value)).Key;
    }
}
