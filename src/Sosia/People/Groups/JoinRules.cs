namespace Sosia.People.Groups;

/// <summary>
/// What is certain before any two faces are compared: two faces of one photo are two people, unless one is the other's mirror or picture;
/// and what was said of them. Groups go by the number of one of their faces, as in <see cref="Members"/>.
/// </summary>
internal sealed class JoinRules
{
    private readonly long[] _photos;
    private readonly Func<int, int, bool> _isSameInPhoto;
    private readonly Dictionary<long, List<int>>?[] _inPhotos;
    private readonly long[] _people;
    private readonly HashSet<long>?[] _notPeople;
    private readonly List<(int, int)> _mustJoin = [];

    /// <param name="photos">The photo of each face.</param>
    /// <param name="isSameInPhoto">Whether two faces of one photo are one person's: a mirror, or a picture in the picture.</param>
    public JoinRules(long[] photos, Func<int, int, bool> isSameInPhoto)
    {
        var faces = photos.CountBy(photo => photo).ToDictionary();
        _photos = [.. photos.Select(photo => faces[photo] > 1 ? photo : 0)];
        _isSameInPhoto = isSameInPhoto;
        _inPhotos = new Dictionary<long, List<int>>?[photos.Length];
        _people = new long[photos.Length];
        _notPeople = new HashSet<long>?[photos.Length];
    }

    /// <summary>Faces that somebody said are one person's.</summary>
    public IReadOnlyList<(int One, int Other)> MustJoin => _mustJoin;

    /// <summary>Somebody said that faces are a person's.</summary>
    /// <param name="person">The person's number, not 0.</param>
    /// <param name="faces">The faces.</param>
    public void Is(long person, IReadOnlyList<int> faces)
    {
        foreach (var face in faces)
        {
            _people[face] = person;
            if (face != faces[0])
                _mustJoin.Add((faces[0], face));
        }
    }

    /// <summary>Somebody said that a face is not a person's.</summary>
    public void IsNot(long person, int face) => (_notPeople[face] ??= []).Add(person);

    /// <summary>Whether two groups may become one.</summary>
    public bool MayJoin(int one, int other) =>
        !(_people[one] != 0 && _people[other] != 0 && _people[one] != _people[other])
        && !Denies(one, other)
        && !Denies(other, one)
        && !ShareAPhoto(one, other);

    /// <summary>Gives a group what another brings; it may have been said by somebody that these are one.</summary>
    public void Join(int larger, int smaller)
    {
        if (_people[larger] == 0)
            _people[larger] = _people[smaller];
        if (_notPeople[smaller] is { } not)
            (_notPeople[larger] ??= []).UnionWith(not);
        var inPhotos = InPhotos(larger);
        foreach (var (photo, faces) in InPhotos(smaller))
            if (inPhotos.TryGetValue(photo, out var already))
                already.AddRange(faces);
            else
                inPhotos.Add(photo, faces);
        _inPhotos[smaller] = null;
    }

    private bool Denies(int one, int other) => _people[one] != 0 && _notPeople[other]?.Contains(_people[one]) == true;

    private bool ShareAPhoto(int one, int other)
    {
        if (_inPhotos[one] is null && _inPhotos[other] is null)
            return _photos[one] != 0 && _photos[one] == _photos[other] && !_isSameInPhoto(one, other);
        var (few, many) = (InPhotos(one), InPhotos(other));
        if (few.Count > many.Count)
            (few, many) = (many, few);
        foreach (var (photo, faces) in few)
            if (many.TryGetValue(photo, out var others) && faces.Exists(face => others.Exists(its => !_isSameInPhoto(face, its))))
                return true;
        return false;
    }

    /// <summary>The faces of a group by their photo, of photos with several.</summary>
    private Dictionary<long, List<int>> InPhotos(int group) =>
        _inPhotos[group] ??= _photos[group] == 0 ? [] : new() { [_photos[group]] = [group] };
}
