using System.Diagnostics;
using Sosia.Catalogue;
using Sosia.Hosting;
using Sosia.Search;
using Sosia.Search.Local;

namespace Sosia;

public sealed partial class Collection
{
    /// <summary>A few photos more than wanted are ranked, because some may have been removed since.</summary>
    private const int MoreThanWanted = 8;

    /// <summary>Finds the photos in which a person appears, or those that look like a photo.</summary>
    /// <param name="references">One photo of the person or several; the wanted face of each counts. By look: photos read for that, or
    /// photos of the collection.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Looked at between stages.</param>
    /// <exception cref="ArgumentException">An option that makes no sense.</exception>
    /// <exception cref="QueryException">A reference has no face, or one too poor to be recognised.</exception>
    /// <exception cref="CatalogueException">Missing, damaged, or made by a newer version.</exception>
    public SearchResult Search(
        IReadOnlyList<QueryPhoto> references,
        SearchOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        options ??= new();
        options.Check();
        var started = _options.Clock.GetTimestamp();
        return Read(reader =>
            options.By switch
            {
                SearchBy.Look => SearchByLook(references, options, reader, started, cancellation),
                SearchBy.Both => SearchByBoth(references, options, reader, started, cancellation),
                _ => SearchByPerson(references, options, reader, started, cancellation),
            }
        );
    }

    private SearchResult SearchByPerson(
        IReadOnlyList<QueryPhoto> references,
        SearchOptions options,
        ICatalogueReader reader,
        long started,
        CancellationToken cancellation
    )
    {
        var result = FaceRows.Ask(reader, table => SearchIn(table, references, options, reader, started), cancellation);
        FaceRows.RenewLater();
        return result;
    }

    private SearchResult SearchIn(
        SpaceTable table,
        IReadOnlyList<QueryPhoto> references,
        SearchOptions options,
        ICatalogueReader reader,
        long started
    )
    {
        using var _ = Telemetry.Measure("search");
        var (ranked, rule, indexTime) = Rank(references, options, reader, table, all: false);
        var threshold = options.Threshold ?? DecidingThreshold(rule, references.Count);
        var own = references.Select(query => query.Sha256).ToHashSet(StringComparer.Ordinal);

        var matches = new List<Match>();
        foreach (var (id, row, score) in ranked)
        {
            if (matches.Count == options.Limit || (score < threshold && !options.BelowThreshold))
                break;
            if (reader.FindPhoto(id) is not { Paths.Count: > 0 } photo || reader.FindFace(table.Face(row)) is not { } face)
                continue; // removed since
            var meaning = Meaning(rule, references.Count, score);
            matches.Add(
                new Match(matches.Count + 1, photo, face, own.Contains(photo.Sha256), score, meaning, meaning.FalseMatchRate * table.Count)
            );
        }
        return new SearchResult(references, matches, threshold, rule, table.Count, indexTime, _options.Clock.GetElapsedTime(started))
        {
            Meaning = score => Meaning(rule, references.Count, score),
        };
    }

    /// <summary>Why a photo of the collection is, or is not, among the results of a search.</summary>
    /// <param name="path">The photo.</param>
    /// <param name="references">As for <see cref="Search"/>.</param>
    /// <param name="options">As for <see cref="Search"/>.</param>
    /// <param name="cancellation">Looked at between stages.</param>
    public Why Explain(
        string path,
        IReadOnlyList<QueryPhoto> references,
        SearchOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        options ??= new();
        options.Check();
        path = Path.GetFullPath(path);
        using var reader = OpenReader();
        return options.By switch
        {
            SearchBy.Look => ExplainLook(path, references, options, reader, cancellation),
            SearchBy.Both => ExplainBoth(path, references, options, reader, cancellation),
            _ => ExplainPerson(path, references, options, reader, cancellation),
        };
    }

    private Why ExplainPerson(
        string path,
        IReadOnlyList<QueryPhoto> references,
        SearchOptions options,
        ICatalogueReader reader,
        CancellationToken cancellation
    )
    {
        var (ranked, rule, _) = FaceRows.Ask(reader, table => Rank(references, options, reader, table, all: true), cancellation);
        var threshold = options.Threshold ?? DecidingThreshold(rule, references.Count);

        if (reader.FindPhotoAt(path) is not { } photo)
            return NotStored(path, reader, threshold);
        var place = Array.FindIndex(ranked, score => score.Photo == photo.Id);
        if (place < 0)
            return Unsearchable(photo, reader, options, threshold);
        var (rank, score) = (place + 1, ranked[place].Score);
        if (score < threshold)
            return new Why(
                WhyKind.BelowThreshold,
                $"Its best face has rank {rank:N0} with a score of {score:F2}, below the threshold of {threshold:F2}.",
                rank,
                score,
                threshold
            );
        return rank > options.Limit
            ? new Why(
                WhyKind.BeyondLimit,
                $"Its best face has rank {rank:N0} with a score of {score:F2}, and only {options.Limit:N0} photos were asked for; raise "
                    + "-k.",
                rank,
                score,
                threshold
            )
            : new Why(WhyKind.Found, $"It is among the results: rank {rank:N0} with a score of {score:F2}.", rank, score, threshold);
    }

    private (PhotoScore[] Ranked, ScoringRule Rule, TimeSpan IndexTime) Rank(
        IReadOnlyList<QueryPhoto> references,
        SearchOptions options,
        ICatalogueReader reader,
        SpaceTable table,
        bool all
    )
    {
        if (references.Count == 0)
            throw new QueryException("A search needs at least one photo of the person.");
        var rows = references.Select(EmbeddingOf).ToArray();
        var allowed = options.Under is { } directory ? reader.PhotosUnder(Path.GetFullPath(directory)) : null;
        var own = reader.FindPhoto(references[0].Sha256)?.Id;
        var started = Stopwatch.GetTimestamp();
        var rule = RuleFor(rows.Length, options);
        if (rule == ScoringRule.Mean)
            rows = [Mean(rows)];
        // Negatives and the place of a single photo ask for all of them.
        all |= options.Negatives.Count > 0;
        var ranked =
            rule == ScoringRule.Expanded
                ? table.RankExpanded(rows[0], own, allowed, QueryExpansion.Candidates(options.Limit), all)
                : Nearest(table, rows, allowed, options.Limit, all);
        if (options.Negatives.Count > 0)
            PushAway(ranked, options.Negatives, table);
        return (ranked, rule, Stopwatch.GetElapsedTime(started));
    }

    /// <summary>The photos with the best rows, all of them or some more than wanted.</summary>
    private static PhotoScore[] Nearest(SpaceTable table, float[][] rows, IReadOnlySet<PhotoId>? allowed, int limit, bool all) =>
        (all ? null : table.Best(rows, allowed, (int)Math.Min((long)limit + MoreThanWanted, int.MaxValue))) ?? table.Rank(rows, allowed);

    /// <summary>Several references are expansion enough: the same person's, and surely so.</summary>
    private static ScoringRule RuleFor(int references, SearchOptions options) =>
        references > 1
            ? options.Combine == Combine.Best
                ? ScoringRule.Best
                : ScoringRule.Mean
            : options.Expand
                ? ScoringRule.Expanded
                : ScoringRule.Plain;

    private static float[] Mean(float[][] rows)
    {
        var mean = new float[rows[0].Length];
        foreach (var row in rows)
            for (var i = 0; i < mean.Length; i++)
                mean[i] += row[i];
        var length = MathF.Sqrt(mean.Sum(value => value * value));
        for (var i = 0; i < mean.Length; i++)
            mean[i] /= length;
        return mean;
    }

    private static Why NotStored(string path, ICatalogueReader reader, float? threshold)
    {
        if (reader.Failures().FirstOrDefault(failed => failed.File.Path == path) is { } failure)
            return new Why(WhyKind.Unreadable, $"It could not be read: {failure.Failure.Message}", null, null, threshold);
        return reader.FilesUnder(path).ContainsKey(path)
            ? new Why(WhyKind.Waiting, "It was found, but not read yet: run `sosia index` again.", null, null, threshold)
            : new Why(WhyKind.NotInCollection, "The collection does not have it: index its folder first.", null, null, threshold);
    }

    private static Why Unsearchable(PhotoRow photo, ICatalogueReader reader, SearchOptions options, float threshold)
    {
        var faces = reader.FacesOf(photo.Id);
        if (faces.Count == 0)
            return new Why(WhyKind.NoFace, "No face was found in it.", null, null, threshold);
        if (faces.Any(face => face.HasEmbedding))
            return new Why(WhyKind.NotInCollection, $"It does not lie under {options.Under}.", null, null, threshold);
        return new Why(
            WhyKind.TooPoor,
            $"Its largest face is too small to be recognised: {faces.Max(face => face.Quality.Size):F0} pixels.",
            null,
            null,
            threshold
        );
    }
}
