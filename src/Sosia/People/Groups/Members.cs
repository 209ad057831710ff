namespace Sosia.People.Groups;

/// <summary>Which faces a group has. A group goes by the number of one of its faces.</summary>
internal sealed class Members
{
    private readonly int[] _groupOf;
    private readonly List<int>?[] _faces;

    /// <param name="count">Faces; each is a group of its own at first.</param>
    public Members(int count)
    {
        _groupOf = [.. Enumerable.Range(0, count)];
        _faces = new List<int>?[count];
    }

    /// <summary>The group of a face.</summary>
    public int GroupOf(int face) => _groupOf[face];

    /// <summary>Whether a number names a group.</summary>
    public bool IsGroup(int number) => _groupOf[number] == number;

    /// <summary>Gives a group the faces of another, which is none any more.</summary>
    public void Join(int larger, int smaller)
    {
        var faces = _faces[larger] ??= [larger];
        foreach (var face in _faces[smaller] ?? [smaller])
        {
            _groupOf[face] = larger;
            faces.Add(face);
        }
        _faces[smaller] = null;
    }

    /// <summary>The faces of each group, in order; the groups in order of their first face.</summary>
    public int[][] Groups()
    {
        var groups = new List<int[]>();
        for (var group = 0; group < _groupOf.Length; group++)
            if (IsGroup(group))
                groups.Add([.. (_faces[group] ?? [group]).Order()]);
        return [.. groups.OrderBy(faces => faces[0])];
    }
}
