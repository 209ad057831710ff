using Sosia.Catalogue;
using Sosia.Vectors;

namespace Sosia.Copies;

/// <summary>A photo that shows the same picture as the one asked about.</summary>
/// <param name="Photo">The photo found.</param>
/// <param name="Likeness">In [−1, 1]: <see cref="Detail.Likeness"/>.</param>
internal readonly record struct CopyOf(PhotoId Photo, float Likeness);

/// <summary>Two photos that show the same picture.</summary>
/// <param name="First">The one of the lower id.</param>
/// <param name="Second">The other.</param>
/// <param name="Likeness">In [−1, 1]: <see cref="Detail.Likeness"/>.</param>
internal readonly record struct CopyPair(PhotoId First, PhotoId Second, float Likeness);

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

    /// <param name="photos">The photos, each once, by id.</param>
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
        PhotoSet? allowed,
        CancellationToken cancellation
    )
    {
        if (_photos.Length == 0)
            return [];
        var request = RequestFor(RowsOf(allowed), Math.Max(Candidates, most));
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
    /// <param name="allowed">Only these photos; null for all.</param>
    /// <param name="asked">Called with how many photos were asked about, of how many.</param>
    /// <param name="cancellation">Checked between batches.</param>
    /// <returns>Each pair once, the lower id first, with its likeness.</returns>
    public IReadOnlyCollection<CopyPair> Pairs(
        IDescriptorReader reader,
        PhotoSet? allowed = null,
        Action<int, int>? asked = null,
        CancellationToken cancellation = default
    ) => _photos.Length == 0 ? [] : new PairSearch(_photos, _index, reader, RowsOf(allowed)).Find(asked, cancellation);

    /// <summary>How copies are looked for among some rows; null for all.</summary>
    internal static SearchRequest RequestFor(RowSet? rows, int most = Candidates) =>
        new()
        {
            K = most,
            Radius = FarthestRow,
            Threads = Environment.ProcessorCount,
            Allowed = rows,
        };

    internal static Detail DetailOf(byte[] stored) => PhotoDescriptor.Read(stored) is { } descriptor ? Detail.Of(descriptor) : Detail.None;

    private RowSet? RowsOf(PhotoSet? photos) => photos is null ? null : RowSet.Where(_photos.Length, row => photos.Contains(_photos[row]));
}
