using System.Numerics.Tensors;
using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;
using Sosia.Search;

namespace Sosia.Tests.Search;

/// <summary>Searches of a real collection of drawn faces, against a plain model of the rules.</summary>
public sealed class RankingRulesTests : IDisposable
{
    private const int Photos = 400;
    private const int Dimensions = 512;
    private const float Uncertainty = 2e-6f;

    private readonly TemporaryDirectory _place = new();
    private readonly Collection _collection;
    private readonly List<Drawn> _drawn = [];

    public RankingRulesTests()
    {
        _collection = Collection.Open(new CollectionOptions { Directory = _place["collection"] });
        using (var writer = Store.OpenWriter())
        {
            var space = writer.EnsureSpace(_collection.Space);
            var outcomes = Enumerable
                .Range(0, Photos)
                .Select(n => Some.Read(PathOf(n), $"{n}", [.. RowsOf(n).Select((row, i) => Some.Face(i + 1) with { Embedding = row })]));
            foreach (var batch in outcomes.Chunk(100))
                writer.Commit(new IndexedSpaces(space), batch);
        }
        for (var n = 0; n < Photos; n++)
        {
            var photo = _collection.Catalogue.Ask(reader => reader.FindPhotoAt(PathOf(n)))!;
            _drawn.Add(new Drawn(n, photo.Id, photo.Paths[0], RowsOf(n)));
        }
    }

    public void Dispose()
    {
        _collection.Dispose();
        _place.Dispose();
    }

    public static TheoryData<string, bool> Questions()
    {
        var questions = new TheoryData<string, bool>();
        foreach (var name in (string[])["plain", "best", "mean", "expanded", "one negative", "negatives", "expanded, negatives", "under"])
        foreach (var indexed in (bool[])[false, true])
            questions.Add(name, indexed);
        return questions;
    }

    [Theory, Slow, MemberData(nameof(Questions))]
    public void Photos_scores_and_places_are_those_of_the_rules(string name, bool indexed)
    {
        if (indexed)
            Renew();
        foreach (var seed in (int[])[3, 40, 203])
        {
            var (references, options, truth) = Ask(name, seed);
            foreach (var limit in (int[])[1, 20, Photos])
            {
                var asked = options with { Limit = limit, Threshold = -1 };
                var matches = _collection.Searching.Search(references, asked, TestContext.Current.CancellationToken).Matches;
                // Expansion ranks the best photos again, and how many those are depends on the limit.
                var expected = truth(limit);
                var scores = expected.ToDictionary(score => score.Path, score => score.Score);
                Assert.Equal(Math.Min(limit, expected.Length), matches.Select(match => match.Path).Distinct().Count());
                // Scores that differ by rounding alone, such as those of two references, may stand either way round.
                Assert.All(expected.Zip(matches), pair => Assert.Equal(pair.First.Score, pair.Second.Score, Uncertainty));
                Assert.All(matches, match => Assert.Equal(scores[match.Path], match.Score, Uncertainty));
            }
            var all = truth(20);
            foreach (var place in (int[])[1, 2, 19, 20, 21, 120, all.Length])
            {
                var expected = all[place - 1];
                var why = _collection.Searching.Explain(expected.Path, references, options with { Limit = 20, Threshold = -1 });
                Assert.Equal(expected.Score, why.Score!.Value, Uncertainty);
                Assert.Equal(expected.Score, all[why.Rank!.Value - 1].Score, Uncertainty);
                Assert.Equal(why.Rank <= 20 ? WhyKind.Found : WhyKind.BeyondLimit, why.Kind);
            }
        }
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void A_threshold_ends_the_matches_unless_those_below_are_wanted(bool indexed)
    {
        if (indexed)
            Renew();
        var (references, _, truth) = Ask("plain", 40);
        var threshold = (truth(20)[4].Score + truth(20)[5].Score) / 2;
        var options = new SearchOptions { Threshold = threshold };
        Assert.Equal(5, _collection.Searching.Search(references, options).Matches.Count);
        Assert.Equal(20, _collection.Searching.Search(references, options with { BelowThreshold = true }).Matches.Count);
        var why = _collection.Searching.Explain(truth(20)[5].Path, references, options);
        Assert.Equal((WhyKind.BelowThreshold, 6), (why.Kind, why.Rank));
    }

    [Fact]
    public void A_photo_that_came_to_a_folder_later_is_found_under_it_at_once()
    {
        var (references, options, _) = Ask("under", 3);
        var before = _collection.Searching.Search(references, options with { Threshold = -1, Limit = Photos }).Matches.Count;
        using (var writer = Store.OpenWriter())
        {
            // Another path of a photo that lies elsewhere: no embedding changes.
            var space = writer.EnsureSpace(_collection.Space);
            writer.Commit(new IndexedSpaces(space), [new PhotoKnown(Some.File("/photos/odd/more.jpg"), Some.Sha256("4"))]);
        }
        var after = _collection.Searching.Search(references, options with { Threshold = -1, Limit = Photos }).Matches;
        Assert.Equal(before + 1, after.Count);
        Assert.Contains(after, match => match.Photo.Sha256 == Some.Sha256("4"));
    }

    private void Renew()
    {
        var (references, options, _) = Ask("plain", 3);
        _collection.Searching.Search(references, options with { Threshold = -1 });
        _collection.Maintenance.FinishIndexes();
        Assert.Single(_collection.Maintenance.IndexFiles(), file => file.Extension == ".index");
    }

    private (QueryPhoto[] References, SearchOptions Options, Func<int, Scored[]> Truth) Ask(string name, int seed)
    {
        var first = Stored(seed);
        var row = RowOf(first);
        switch (name)
        {
            case "best":
            case "mean":
                QueryPhoto[] references = [first, Stored(seed + 1), Stored(seed + 57)];
                var rows = references.Select(RowOf).ToArray();
                return name == "best"
                    ? (references, new SearchOptions { Combine = Combine.Best }, _ => Plain(rows))
                    : (references, new SearchOptions(), _ => Plain([Unit(Sum(rows))]));
            case "expanded":
                return ([first], new SearchOptions { Expand = true }, limit => Expanded(row, seed, limit));
            case "one negative":
                return WithNegatives(false, Stored(seed + 1));
            case "negatives":
                return WithNegatives(false, Stored(seed + 1), Stored(seed + 2), Stored(seed + 100));
            case "expanded, negatives":
                return WithNegatives(true, Stored(seed + 1), Stored(seed + 100));
            case "under":
                return ([first], new SearchOptions { Photos = new() { Under = ["/photos/odd"] } }, _ => Only(Plain([row])));
            default:
                return ([first], new SearchOptions(), _ => Plain([row]));
        }

        (QueryPhoto[], SearchOptions, Func<int, Scored[]>) WithNegatives(bool expand, params QueryPhoto[] negatives) =>
            (
                [first],
                new SearchOptions { Expand = expand, Negatives = negatives },
                limit => Lowered(expand ? Expanded(row, seed, limit) : Plain([row]), [.. negatives.Select(RowOf)])
            );
    }

    /// <summary>Every photo with its best face, best first.</summary>
    private Scored[] Plain(float[][] references) =>
        InOrder(
            _drawn.Select(photo =>
            {
                var best = photo.Rows.MaxBy(face => references.Max(reference => Dot(reference, face)))!;
                return new Scored(photo.Id, photo.Path, best, references.Max(reference => Dot(reference, best)));
            })
        );

    /// <summary>The best by the plain score are ranked again, after query and faces were each summed with their nearest others.</summary>
    private Scored[] Expanded(float[] query, int own, int limit)
    {
        var plain = Plain([query]);
        var candidates = plain[..Math.Min(plain.Length, Math.Max(100, 2 * limit))];
        var faces = _drawn.SelectMany(photo => photo.Rows.Select(face => (photo.Number, Row: face))).ToArray();
        var expanded = Expand(query, faces.Where(face => face.Number != own).Select(face => face.Row));
        var again = candidates.Select(photo =>
            photo with
            {
                Score = Dot(Expand(photo.Best, faces.Select(face => face.Row).Where(face => face != photo.Best)), expanded),
            }
        );
        return [.. InOrder(again), .. plain[candidates.Length..]];
    }

    private static float[] Expand(float[] row, IEnumerable<float[]> others)
    {
        var near = others.Select(other => (other, cosine: Dot(row, other))).Where(near => near.cosine > 0.3f);
        var sum = (float[])row.Clone();
        foreach (var (other, cosine) in near.OrderByDescending(near => near.cosine).Take(3))
            for (var i = 0; i < sum.Length; i++)
                sum[i] += cosine * cosine * cosine * other[i];
        return Unit(sum);
    }

    /// <summary>A face loses what it has in common with a negative beyond the threshold.</summary>
    private Scored[] Lowered(Scored[] ranked, float[][] negatives)
    {
        var free = _collection.Searching.Threshold!.Value;
        return InOrder(
            ranked.Select(photo =>
            {
                var likeness = negatives.Max(negative => Dot(negative, photo.Best));
                return photo with { Score = photo.Score - Math.Max(0, likeness - free) };
            })
        );
    }

    private static Scored[] Only(Scored[] ranked) =>
        [.. ranked.Where(photo => photo.Path.StartsWith("/photos/odd/", StringComparison.Ordinal))];

    private static Scored[] InOrder(IEnumerable<Scored> photos) =>
        [.. photos.OrderByDescending(photo => photo.Score).ThenBy(photo => photo.Id.Value)];

    private QueryPhoto Stored(int number) => _collection.Queries.StoredPhoto(_drawn[number % Photos].Id)!.Query;

    private static float[] RowOf(QueryPhoto query) => query.Wanted.Embedding!;

    private SqliteCatalogueStore Store => new(_place["collection"]);

    private static string PathOf(int number) => $"/photos/{(number % 2 == 0 ? "even" : "odd")}/{number}.jpg";

    /// <summary>Eight photos a person; every third photo shows a second person.</summary>
    private static float[][] RowsOf(int number) =>
        number % 3 == 0 ? [Row(number / 8, number), Row(1000 + number / 5, -number - 1)] : [Row(number / 8, number)];

    private static float[] Row(int person, int own)
    {
        var (shared, alone) = (new Random(person), new Random(~own));
        return Unit([.. Enumerable.Range(0, Dimensions).Select(_ => shared.NextSingle() - 0.5f + 0.9f * (alone.NextSingle() - 0.5f))]);
    }

    private static float[] Sum(float[][] rows) => [.. Enumerable.Range(0, Dimensions).Select(i => rows.Sum(row => row[i]))];

    private static float[] Unit(float[] row)
    {
        var length = MathF.Sqrt(row.Sum(value => value * value));
        return Array.ConvertAll(row, value => value / length);
    }

    private static float Dot(float[] one, float[] other) => TensorPrimitives.Dot<float>(one, other);

    private sealed record Drawn(int Number, PhotoId Id, string Path, float[][] Rows);

    private sealed record Scored(PhotoId Id, string Path, float[] Best, float Score);
}
