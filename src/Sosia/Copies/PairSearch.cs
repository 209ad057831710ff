using System.Collections.Concurrent;
using Sosia.Catalogue;
using Sosia.Vectors;

namespace Sosia.Copies;

/// <summary>
/// Finds all pairs of copies among photos: every photo asks for the rows near it, and two that either of them found are compared once.
/// For one search; not safe for several threads.
/// </summary>
/// <param name="photos">The photos, by id.</param>
/// <param name="index">Their rows, in the same order.</param>
/// <param name="reader">The collection; photos that are gone by now are left out.</param>
/// <param name="allowed">Only these rows; null for all.</param>
internal sealed class PairSearch(PhotoId[] photos, INeighborIndex index, IDescriptorReader reader, RowSet? allowed)
{
    /// <summary>Photos asked about at once.</summary>
    private const int Batch = 512;

    private readonly SearchRequest _request = CopyFinder.RequestFor(allowed);

    /// <summary>For each photo asked about, the later ones that it was compared with, in order: these may find it too.</summary>
    private readonly int[]?[] _compared = new int[photos.Length][];

    /// <param name="asked">Called with how many photos were asked about, of how many.</param>
    /// <param name="cancellation">Checked between batches.</param>
    /// <returns>Each pair once.</returns>
    public IReadOnlyCollection<CopyPair> Find(Action<int, int>? asked, CancellationToken cancellation)
    {
        var found = new ConcurrentBag<CopyPair>();
        int[] rows = [.. Enumerable.Range(0, photos.Length).Where(row => allowed?.Contains(row) != false)];
        var done = 0;
        foreach (var batch in rows.Chunk(Batch))
        {
            var groups = CandidatesOf(batch, cancellation).GroupBy(pair => pair.First, pair => pair.Second).ToArray();
            foreach (var group in groups)
                _compared[group.Key] = [.. (_compared[group.Key] ?? []).Concat(group).Order()];
            foreach (var some in groups.Chunk(Batch))
                Compare(some, found, cancellation);
            asked?.Invoke(done += batch.Length, rows.Length);
        }
        return found;
    }

    /// <summary>The pairs with a photo of the batch that were not compared before, the earlier row first.</summary>
    private HashSet<(int First, int Second)> CandidatesOf(int[] batch, CancellationToken cancellation)
    {
        var (owners, questions) = QuestionsOf(batch);
        var pairs = new HashSet<(int, int)>();
        if (owners.Count == 0)
            return pairs;
        var near = index.SearchAll(new ArrayRows([.. questions], CoarseRow.Dimensions), _request, cancellation);
        for (var i = 0; i < near.Length; i++)
            foreach (var neighbour in near[i])
            {
                var (first, second) = (Math.Min(owners[i], neighbour.Row), Math.Max(owners[i], neighbour.Row));
                if (first != second && !(_compared[first] is { } known && Array.BinarySearch(known, second) >= 0))
                    pairs.Add((first, second));
            }
        return pairs;
    }

    private (List<int> Owners, List<float> Questions) QuestionsOf(int[] batch)
    {
        var stored = reader.FindDescriptors([.. batch.Select(row => photos[row])], PhotoDescriptor.Version);
        var (owners, questions) = (new List<int>(), new List<float>());
        foreach (var row in batch)
            if (stored.TryGetValue(photos[row], out var bytes) && PhotoDescriptor.Read(bytes) is { } descriptor)
                foreach (var question in CoarseRow.Questions(descriptor))
                {
                    owners.Add(row);
                    questions.AddRange(question);
                }
        return (owners, questions);
    }

    private void Compare(IGrouping<int, int>[] groups, ConcurrentBag<CopyPair> found, CancellationToken cancellation)
    {
        var wanted = groups.SelectMany(group => group.Append(group.Key)).Distinct().Select(row => photos[row]);
        var details = reader
            .FindDescriptors([.. wanted], PhotoDescriptor.Version)
            .AsParallel()
            .ToDictionary(stored => stored.Key, stored => CopyFinder.DetailOf(stored.Value));
        Parallel.ForEach(
            groups.SelectMany(group => group, (group, second) => (First: photos[group.Key], Second: photos[second])),
            new ParallelOptions { CancellationToken = cancellation },
            pair =>
            {
                if (details.TryGetValue(pair.First, out var first) && details.TryGetValue(pair.Second, out var second))
                    if (Detail.Likeness(first, second) is >= Likenesses.Copy and var likeness)
                        found.Add(new CopyPair(pair.First, pair.Second, likeness));
            }
        );
    }
}
