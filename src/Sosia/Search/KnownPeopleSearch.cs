using Sosia.Catalogue;
using Sosia.Hosting;
using Sosia.Search.Ranking;

namespace Sosia.Search;

/// <summary>A person of whom somebody said which faces are theirs: to be searched for without a photo.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Shown">The best of their photos, which stands for them in answers.</param>
/// <param name="Rows">The embeddings of their faces, one at least.</param>
/// <param name="Confirmed">Their faces: always found, whatever they score.</param>
/// <param name="Denied">Faces that somebody said are not theirs, or are somebody else's: never found.</param>
public sealed record KnownPerson(
    string Name,
    QueryPhoto Shown,
    IReadOnlyList<float[]> Rows,
    IReadOnlySet<FaceId> Confirmed,
    IReadOnlySet<FaceId> Denied
);

/// <summary>Finds the photos in which some known people appear together, and others don't.</summary>
/// <param name="store">The vectors.</param>
/// <param name="space">The space of the faces.</param>
/// <param name="meanings">What scores mean.</param>
/// <param name="clock">Measures.</param>
internal sealed class KnownPeopleSearch(IVectorStore store, Func<SpaceName> space, ScoreMeanings meanings, TimeProvider clock)
{
    /// <inheritdoc cref="PhotoSearch.SearchPeople"/>
    public async ValueTask<SearchResult> SearchAsync(
        IReadOnlyList<KnownPerson> with,
        IReadOnlyList<KnownPerson> without,
        SearchOptions options,
        ISearchReader reader,
        CancellationToken cancellation
    )
    {
        using var _ = Telemetry.Measure("search");
        var called = clock.GetTimestamp();
        var first = with[0];
        var (rule, count) = RuleOf(first);
        var result = await store.AskAsync(
            space(),
            reader,
            async vectors =>
            {
                var (opening, started) = (clock.GetElapsedTime(called), clock.GetTimestamp());
                var asked = clock.GetTimestamp();
                var filter = options.FilterOf(vectors);
                var found = await AppearancesAsync(first, vectors, filter, options, reader, cancellation);
                foreach (var person in with.Skip(1))
                    Keep(found, await AppearancesAsync(person, vectors, filter, options, reader, cancellation));
                foreach (var person in without)
                foreach (var photo in (await AppearancesAsync(person, vectors, filter, options, reader, cancellation)).Keys)
                    found.Remove(photo);
                var indexTime = clock.GetElapsedTime(asked);
                return new SearchResult(
                    [.. with.Select(person => person.Shown)],
                    MatchesOf(found, rule, count, options, vectors.Count, reader),
                    options.Threshold ?? meanings.ThresholdOf(rule, count),
                    rule,
                    vectors.Count,
                    indexTime,
                    clock.GetElapsedTime(started)
                )
                {
                    OpeningTime = opening,
                    IsOfPeople = true,
                    Meaning = score => meanings.Of(rule, count, score),
                };
            },
            cancellation
        );
        store.RenewLater(space());
        return result;
    }

    /// <summary>How a person's score is made, and of how many faces.</summary>
    public static (ScoringRule Rule, int References) RuleOf(KnownPerson person) =>
        (person.Rows.Count > 1 ? ScoringRule.Mean : ScoringRule.Plain, person.Rows.Count);

    /// <summary>The photos in which a person appears, each with its best face.</summary>
    private async ValueTask<Dictionary<PhotoId, Appearance>> AppearancesAsync(
        KnownPerson person,
        IVectorSearch vectors,
        VectorFilter? filter,
        SearchOptions options,
        ISearchReader reader,
        CancellationToken cancellation
    )
    {
        var (rule, count) = RuleOf(person);
        var row = MeanRow.Of(person.Rows);
        var found = new Dictionary<PhotoId, Appearance>();
        await foreach (var hit in vectors.AboveAsync(row, options.Threshold ?? meanings.ThresholdOf(rule, count), filter, cancellation))
            if (!person.Denied.Contains(hit.Face) && !person.Confirmed.Contains(hit.Face))
                Take(found, hit.Photo, new Appearance(hit.Face, hit.Score, false));
        FaceRow[] confirmed = [.. reader.FindFaces([.. person.Confirmed]).Values];
        var rows = await vectors.VectorsAsync([.. confirmed.Select(face => face.Id.Value)], cancellation);
        for (var i = 0; i < confirmed.Length; i++)
            if (filter?.Contains(confirmed[i].Photo) != false)
            {
                var score = rows[i] is { } vector ? Similarity.Of(row, vector) : 0; // too poor for an embedding, and confirmed all the same
                Take(found, confirmed[i].Photo, new Appearance(confirmed[i].Id, score, true));
            }
        return found;
    }

    private static void Take(Dictionary<PhotoId, Appearance> found, PhotoId photo, Appearance appearance)
    {
        if (!found.TryGetValue(photo, out var before) || appearance.IsBetterThan(before))
            found[photo] = appearance;
    }

    /// <summary>Keeps the photos in which somebody else appears too, with the lower of the two scores.</summary>
    private static void Keep(Dictionary<PhotoId, Appearance> found, Dictionary<PhotoId, Appearance> others)
    {
        foreach (var (photo, appearance) in found.ToArray())
            if (!others.TryGetValue(photo, out var other) || other.Face == appearance.Face) // one face is not two people
                found.Remove(photo);
            else
                found[photo] = appearance with
                {
                    Score = Math.Min(appearance.Score, other.Score),
                    IsConfirmed = appearance.IsConfirmed && other.IsConfirmed,
                };
    }

    private List<Match> MatchesOf(
        Dictionary<PhotoId, Appearance> found,
        ScoringRule rule,
        int references,
        SearchOptions options,
        long searched,
        ISearchReader reader
    )
    {
        var best = found
            .OrderByDescending(photo => photo.Value.IsConfirmed)
            .ThenByDescending(photo => photo.Value.Score)
            .ThenBy(photo => photo.Key.Value)
            .Take(options.PhotosToRank)
            .ToArray();
        var (photos, faces) = reader.Find([.. best.Select(photo => photo.Key)], [.. best.Select(photo => photo.Value.Face)]);
        var matches = new List<Match>();
        foreach (var (id, appearance) in best)
        {
            if (matches.Count == options.Wanted)
                break;
            if (!photos.TryGetValue(id, out var photo) || photo.Paths.Count == 0 || !faces.TryGetValue(appearance.Face, out var face))
                continue; // removed since
            var meaning = meanings.Of(rule, references, appearance.Score);
            matches.Add(
                new Match(matches.Count + 1, photo, face, false, appearance.Score, meaning, meaning.FalseMatchRate * searched)
                {
                    IsConfirmed = appearance.IsConfirmed,
                }
            );
        }
        return matches;
    }

    private readonly record struct Appearance(FaceId Face, float Score, bool IsConfirmed)
    {
        public bool IsBetterThan(Appearance other) => IsConfirmed != other.IsConfirmed ? IsConfirmed : Score > other.Score;
    }
}
