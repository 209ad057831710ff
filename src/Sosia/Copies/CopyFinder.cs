using System.Collections.Concurrent;
using Sosia.Catalogue;
using Sosia.Vectors;

namespace Sosia.Copies;

/// <summary>Two photos that show the same picture, or one that was asked about and one that was found.</summary>
/// <param name="Photo">The photo found.</param>
/// <param name="Likeness">In [−1, 1]: <see cref="Detail.Likeness"/>.</param>
internal readonly record struct CopyOf(PhotoId Photo, float Likeness);

/// <summary>
/// Finds copies among the photos of a collection: exactly the nearest rows (<see cref="CoarseRow"/>) of each are compared closely. Safe for
/// many callers.
/// </summary>
internal sealed class CopyFinder
{
    /// <summary>Photos compared closely for each row that is asked with.</summary>
    private const int Candidates = 32;

    /// <summary>As inner products are turned into distances: rows of a lower cosine are of other pictures.</summary>
    private const float FarthestRow = -ComparablePhoto.WorthComparing;

    /// <summary>Photos asked about at once in a search of all.</summary>
    private const int Batch = 512;

    private readonly PhotoId[] _photos;
    private readonly INeighborIndex _index;

    /// <summary>A finder among all photos of a collection whose descriptors are of this program's making.</summary>
    /// <param name="reader">The collection.</param>
    /// <param name="cancellation">Cancels the reading.</param>
    public static CopyFinder Read(IDescriptorReader reader, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var photos = new List<PhotoId>();
        var rows = new List<float>();
        reader.ReadDescriptors(
            PhotoDescriptor.Version,
            (photo, bytes) =>
            {
                if (PhotoDescriptor.Read(bytes) is not { } descriptor)
                    return;
                photos.Add(photo);
                rows.AddRange(CoarseRow.Of(descriptor));
            },
            cancellation
        );
        return new CopyFinder([.. photos], [.. rows]);
    }

    /// <param name="photos">The photos, each once.</param>
    /// <param name="rows">Their rows, one behind the other.</param>
    public CopyFinder(PhotoId[] photos, float[] rows)
    {
        _photos = photos;
        _index = NeighborIndex.Build(
            new ArrayRows(rows, CoarseRow.Dimensions),
            new NeighborIndexOptions { Metric = MetricKind.InnerProduct, Threads = Environment.ProcessorCount }
        );
    }

    /// <summary>Photos that can be found.</summary>
    public int Count => _photos.Length;

    /// <summary>The copies of a photo, the most alike first.</summary>
    /// <param name="descriptor">The photo's.</param>
    /// <param name="reader">The collection; photos that are gone by now are left out.</param>
    /// <param name="most">Copies wanted, at most.</param>
    /// <param name="least">Least likeness.</param>
    /// <param name="allowed">Only these photos; null for all.</param>
    /// <param name="cancellation">Checked between searches.</param>
    public IReadOnlyList<CopyOf> Of(
        PhotoDescriptor descriptor,
        IDescriptorReader reader,
        int most,
        float least,
        IReadOnlySet<PhotoId>? allowed,
        CancellationToken cancellation
    )
    {
        if (_photos.Length == 0)
            return [];
        var request = new SearchRequest
        {
            K = Math.Max(Candidates, most),
            Radius = FarthestRow,
            Threads = Environment.ProcessorCount,
            Allowed = allowed is null ? null : RowSet.Where(_photos.Length, row => allowed.Contains(_photos[row])),
        };
        var near = new HashSet<PhotoId>();
        foreach (var question in CoarseRow.Questions(descriptor))
        foreach (var neighbour in _index.Search(question, request, cancellation))
            near.Add(_photos[neighbour.Row]);
        var query = Detail.Of(descriptor);
        return
        [
            .. reader
                .FindDescriptors(near, PhotoDescriptor.Version)
                .AsParallel()
                .WithCancellation(cancellation)
                .Select(stored => new CopyOf(stored.Key, Detail.Likeness(query, DetailOf(stored.Value))))
                .Where(copy => copy.Likeness >= least)
                .OrderByDescending(copy => copy.Likeness)
                .ThenBy(copy => copy.Photo.Value)
                .Take(most),
        ];
    }

    /// <summary>All pairs of photos that show the same picture.</summary>
    /// <param name="reader">As for <see cref="Of"/>.</param>
    /// <param name="asked">Called with how many photos were asked about.</param>
    /// <param name="cancellation">Checked between batches.</param>
    /// <returns>Each pair once, the lower id first, with its likeness.</returns>
    public IReadOnlyCollection<(PhotoId First, PhotoId Second, float Likeness)> Pairs(
        IDescriptorReader reader,
        Action<int>? asked = null,
        CancellationToken cancellation = default
    )
    {
        var pairs = new ConcurrentDictionary<(PhotoId, PhotoId), float>();
        var request = new SearchRequest
        {
            K = Candidates,
            Radius = FarthestRow,
            Threads = Environment.ProcessorCount,
        };
        for (var start = 0; start < _photos.Length; start += Batch)
        {
            cancellation.ThrowIfCancellationRequested();
            var batch = _photos.AsMemory(start, Math.Min(Batch, _photos.Length - start)).ToArray();
            foreach (var group in CandidatesOf(batch, reader, request, cancellation).GroupBy(pair => pair.First).Chunk(Batch))
                Compare([.. group], reader, pairs, cancellation);
            asked?.Invoke(start + batch.Length);
        }
        return [.. pairs.Where(pair => pair.Value >= Likenesses.Copy).Select(pair => (pair.Key.Item1, pair.Key.Item2, pair.Value))];
    }

    private HashSet<(PhotoId First, PhotoId Second)> CandidatesOf(
        PhotoId[] batch,
        IDescriptorReader reader,
        SearchRequest request,
        CancellationToken cancellation
    )
    {
        var stored = reader.FindDescriptors(batch, PhotoDescriptor.Version);
        var owners = new List<PhotoId>();
        var questions = new List<float>();
        foreach (var photo in batch)
        {
            if (!stored.TryGetValue(photo, out var bytes) || PhotoDescriptor.Read(bytes) is not { } descriptor)
                continue;
            foreach (var question in CoarseRow.Questions(descriptor))
            {
                owners.Add(photo);
                questions.AddRange(question);
            }
        }
        var found = new HashSet<(PhotoId, PhotoId)>();
        if (owners.Count == 0)
            return found;
        var near = _index.SearchAll(new ArrayRows([.. questions], CoarseRow.Dimensions), request, cancellation);
        for (var i = 0; i < near.Length; i++)
            foreach (var neighbour in near[i])
                if (_photos[neighbour.Row] is var other && other != owners[i])
                    found.Add(owners[i].Value < other.Value ? (owners[i], other) : (other, owners[i]));
        return found;
    }

    private static void Compare(
        IGrouping<PhotoId, (PhotoId First, PhotoId Second)>[] groups,
        IDescriptorReader reader,
        ConcurrentDictionary<(PhotoId, PhotoId), float> pairs,
        CancellationToken cancellation
    )
    {
        var wanted = groups.SelectMany(group => group.Select(pair => pair.Second).Append(group.Key)).ToHashSet();
        var details = reader
            .FindDescriptors(wanted, PhotoDescriptor.Version)
            .AsParallel()
            .ToDictionary(stored => stored.Key, stored => DetailOf(stored.Value));
        Parallel.ForEach(
            groups.SelectMany(group => group).Where(pair => !pairs.ContainsKey(pair)),
            new ParallelOptions { CancellationToken = cancellation },
            pair =>
            {
                if (details.TryGetValue(pair.First, out var first) && details.TryGetValue(pair.Second, out var second))
                    if (Detail.Likeness(first, second) is >= Likenesses.Copy and var likeness)
                        pairs[pair] = likeness;
            }
        );
    }

    private static Detail DetailOf(byte[] stored) => PhotoDescriptor.Read(stored) is { } descriptor ? Detail.Of(descriptor) : Detail.None;
}
