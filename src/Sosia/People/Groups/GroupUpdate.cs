using System.Numerics.Tensors;
using Sosia.Catalogue;
using Sosia.Search.Ranking;

namespace Sosia.People.Groups;

/// <summary>
/// Brings groups up to date with faces that came and went: each new face joins the group that it is most like, or stands alone. That costs
/// a search each. Groups that only the new faces would join to each other stay apart until all are grouped again.
/// </summary>
internal sealed class GroupUpdate
{
    private readonly IPhotoReader _reader;
    private readonly IVectorSearch _vectors;
    private readonly SaidOfFaces _said;
    private readonly float _threshold;
    private readonly IReadOnlyList<IReadOnlyList<FaceId>> _before;
    private readonly Dictionary<FaceId, int> _groupOf = [];
    private readonly Dictionary<int, List<FaceId>> _changed = []; // new groups too, numbered behind those that there were
    private readonly Dictionary<int, float[]> _sums = [];
    private int _count;

    /// <param name="groups">The groups as they were.</param>
    /// <param name="reader">The catalogue.</param>
    /// <param name="vectors">The space.</param>
    /// <param name="said">What was said.</param>
    /// <param name="threshold">As in <see cref="GroupingOptions"/>.</param>
    public GroupUpdate(
        IReadOnlyList<IReadOnlyList<FaceId>> groups,
        IPhotoReader reader,
        IVectorSearch vectors,
        SaidOfFaces said,
        float threshold
    )
    {
        (_reader, _vectors, _said, _threshold) = (reader, vectors, said, threshold);
        (_before, _count) = (groups, groups.Count);
        _groupOf.EnsureCapacity(groups.Sum(group => group.Count));
        for (var group = 0; group < groups.Count; group++)
            foreach (var face in groups[group])
                _groupOf.Add(face, group);
    }

    /// <summary>The groups as they are now.</summary>
    public IReadOnlyList<IReadOnlyList<FaceId>> Groups =>
        [
            .. Enumerable
                .Range(0, _count)
                .Select(group => _changed.TryGetValue(group, out var faces) ? [.. faces.OrderBy(face => face.Value)] : _before[group])
                .Where(group => group.Count > 0)
                .OrderBy(group => group[0].Value),
        ];

    /// <summary>Takes faces out whose embeddings are gone.</summary>
    public void Remove(IEnumerable<FaceId> faces)
    {
        foreach (var face in faces)
            if (_groupOf.Remove(face, out var group))
                Change(group).Remove(face);
    }

    /// <summary>Puts new faces in; those that are in already stay where they are.</summary>
    public async ValueTask AddAsync(IReadOnlyList<FaceId> faces, CancellationToken cancellation)
    {
        FaceId[] added = [.. faces.Where(face => !_groupOf.ContainsKey(face))];
        var stored = await _vectors.VectorsAsync([.. added.Select(face => face.Value)], cancellation);
        for (var i = 0; i < added.Length; i++)
            if (stored[i] is { } vector)
                await AddAsync(added[i], vector, cancellation);
    }

    private async ValueTask AddAsync(FaceId face, float[] vector, CancellationToken cancellation)
    {
        var (best, likeness) = ((int?)null, _threshold);
        var inPhoto = await OthersInPhotoAsync(face, vector, cancellation);
        var found = await _vectors.NearestAsync([vector], GroupMaker.Neighbours + 1, least: _threshold, cancellation: cancellation);
        foreach (var group in found[0].Where(hit => _groupOf.ContainsKey(hit.Face)).Select(hit => _groupOf[hit.Face]).Distinct())
        {
            var faces = FacesOf(group);
            if (!MayJoin(face, faces, inPhoto))
                continue;
            var sum = await SumAsync(group, cancellation);
            var here = AverageLinkage.Likeness(vector, 1, sum, faces.Count);
            if (here >= likeness)
                (best, likeness) = (group, here);
        }
        if (best is { } joined)
            TensorPrimitives.Add(_sums[joined], vector, _sums[joined]);
        var its = best ?? _count++;
        Change(its).Add(face);
        _groupOf.Add(face, its);
    }

    private IReadOnlyList<FaceId> FacesOf(int group) => _changed.TryGetValue(group, out var faces) ? faces : _before[group];

    private List<FaceId> Change(int group)
    {
        if (!_changed.TryGetValue(group, out var faces))
            _changed.Add(group, faces = group < _before.Count ? [.. _before[group]] : []);
        return faces;
    }

    private bool MayJoin(FaceId face, IReadOnlyList<FaceId> group, HashSet<FaceId> inPhoto)
    {
        if (inPhoto.Count > 0 && group.Any(inPhoto.Contains))
            return false;
        var its = _said.PersonOf(face);
        if (_said.MostOf(group) is { } person)
            return !_said.Denies(face, person) && (its ?? person) == person;
        return its is not { } named || !group.Any(other => _said.Denies(other, named));
    }

    /// <summary>The other faces of its photo that are other people's.</summary>
    private async ValueTask<HashSet<FaceId>> OthersInPhotoAsync(FaceId face, float[] vector, CancellationToken cancellation)
    {
        if (_reader.FindFace(face) is not { } row)
            return [];
        FaceId[] others = [.. _reader.FacesOf(row.Photo).Select(other => other.Id).Where(other => other != face)];
        var vectors = await _vectors.VectorsAsync([.. others.Select(other => other.Value)], cancellation);
        return [.. others.Where((_, i) => vectors[i] is { } other && TensorPrimitives.Dot<float>(vector, other) < FaceTable.SameInPhoto)];
    }

    private async ValueTask<float[]> SumAsync(int group, CancellationToken cancellation)
    {
        if (_sums.TryGetValue(group, out var known))
            return known;
        var sum = new float[_vectors.Dimensions];
        foreach (var vector in await _vectors.VectorsAsync([.. FacesOf(group).Select(face => face.Value)], cancellation))
            if (vector is not null)
                TensorPrimitives.Add(sum, vector, sum);
        return _sums[group] = sum;
    }
}
