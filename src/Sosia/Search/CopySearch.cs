using System.Diagnostics;
using Sosia.Catalogue;
using Sosia.Copies;
using Sosia.Hosting;
using Sosia.Search.Ranking;

namespace Sosia.Search;

/// <summary>
/// Finds copies of a picture. What it searches is read when it is first asked, and again when the collection has changed.
/// </summary>
/// <param name="clock">Measures.</param>
internal sealed class CopySearch(TimeProvider clock)
{
    private readonly Lock _reading = new();
    private (string Collection, Revision Revision, CopyFinder Finder)? _read;

    /// <inheritdoc cref="PhotoSearch.SearchAsync"/>
    public ValueTask<SearchResult> SearchAsync(
        IReadOnlyList<QueryPhoto> references,
        SearchOptions options,
        ISearchReader reader,
        CancellationToken cancellation
    )
    {
        if (options.Expand || options.Negatives.Count > 0)
            throw new OptionException("Expansion and photos of others are for search by person: leave them out of a search by copy.");
        using var _ = Telemetry.Measure("search");
        var called = clock.GetTimestamp();
        var finder = FinderOf(reader, cancellation);
        var (opening, started) = (clock.GetElapsedTime(called), clock.GetTimestamp());
        var asked = Stopwatch.GetTimestamp();
        var least = options.Threshold ?? Likenesses.Copy;
        var allowed = options.Photos.IsAll ? null : reader.PhotosIn(options.Photos);
        var found = references
            .SelectMany(query => finder.Of(DescriptorOf(query, reader), reader, options.Wanted, least, allowed, cancellation))
            .GroupBy(copy => copy.Photo)
            .Select(copies => copies.MaxBy(copy => copy.Likeness))
            .OrderByDescending(copy => copy.Likeness)
            .ThenBy(copy => copy.Photo.Value)
            .Select(copy => (copy.Photo, copy.Likeness))
            .ToArray();
        var indexTime = Stopwatch.GetElapsedTime(asked);
        var result = new SearchResult(
            references,
            WholePhotoMatches.Of(found, FoundBy.Copy, references, options.Wanted, reader),
            least,
            ScoringRule.Plain,
            0,
            indexTime,
            clock.GetElapsedTime(started)
        )
        {
            OpeningTime = opening,
            Meaning = _ => default,
            By = SearchBy.Copy,
            PhotosSearched = finder.Count,
        };
        return ValueTask.FromResult(result);
    }

    /// <inheritdoc cref="PhotoSearch.ExplainAsync"/>
    public static ValueTask<Why> ExplainAsync(
        string path,
        IReadOnlyList<QueryPhoto> references,
        SearchOptions options,
        ISearchReader reader
    )
    {
        var threshold = options.Threshold ?? Likenesses.Copy;
        return ValueTask.FromResult(Explain());

        Why Explain()
        {
            if (reader.FindPhotoAt(path) is not { } photo)
                return Explanations.NotStored(path, reader, threshold);
            if (options.Photos.WhyNot(photo) is { } leftOut)
                return new Why(WhyKind.NotInCollection, leftOut, null, null, threshold);
            if (StoredDescriptor(photo.Id, reader) is not { } descriptor)
                return new Why(WhyKind.Waiting, NotYet, null, null, threshold);
            var score = references.Max(query => Detail.Likeness(Detail.Of(DescriptorOf(query, reader)), Detail.Of(descriptor)));
            return score >= threshold
                ? new Why(WhyKind.Found, $"It shows the same picture: a likeness of {score:F2}.", null, score, threshold)
                : new Why(
                    WhyKind.BelowThreshold,
                    $"It shows another picture: a likeness of {score:F2}, below {threshold:F2}.",
                    null,
                    score,
                    threshold
                );
        }
    }

    /// <summary>What is searched, as the collection is now.</summary>
    public CopyFinder FinderOf(ISearchReader reader, CancellationToken cancellation)
    {
        lock (_reading)
        {
            var (collection, revision) = (reader.Identity, reader.Revision);
            if (_read is { } read && read.Collection == collection && read.Revision == revision)
                return read.Finder;
            var finder = CopyFinder.Read(reader, cancellation);
            _read = (collection, revision, finder);
            return finder;
        }
    }

    private const string NotYet = "It was indexed by an earlier version, which did not look for copies: run `sosia index` again.";

    private static PhotoDescriptor DescriptorOf(QueryPhoto query, ISearchReader reader) =>
        query.Descriptor
        ?? (reader.FindPhoto(query.Sha256) is { } photo ? StoredDescriptor(photo.Id, reader) : null)
        ?? throw new QueryException($"{query.Path}: copies can't be looked for. {NotYet}");

    private static PhotoDescriptor? StoredDescriptor(PhotoId photo, IDescriptorReader reader) =>
        reader.FindDescriptors([photo], PhotoDescriptor.Version).GetValueOrDefault(photo) is { } bytes ? PhotoDescriptor.Read(bytes) : null;
}
