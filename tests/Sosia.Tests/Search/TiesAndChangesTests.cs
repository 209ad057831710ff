using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;
using Sosia.Embeddings;
using Sosia.Pipeline;
using Sosia.Search;
using Sosia.Search.Local.Segments;

namespace Sosia.Tests.Search;

/// <summary>
/// The rules of ranking, to the last tie, in a collection with equal rows, photos without a face and faces too poor, before and after
/// photos came, went and were read again.
/// </summary>
public sealed class TiesAndChangesTests : IDisposable
{
    private const int Dimensions = 512,
        Photos = 150;

    private readonly TemporaryDirectory _place = new();
    private readonly Collection _collection;

    public TiesAndChangesTests()
    {
        _collection = Collection.Open(new CollectionOptions { Directory = _place["collection"] });
        using var writer = Store.OpenWriter();
        writer.Commit(writer.EnsureSpace(_collection.Space), [.. Enumerable.Range(0, Photos).Select(Read)]);
    }

    public void Dispose()
    {
        _collection.Dispose();
        _place.Dispose();
    }

    [Theory, Slow]
    [InlineData(false)]
    [InlineData(true)]
    public void Search_and_explanation_follow_the_rules(bool indexed)
    {
        if (indexed)
        {
            MakeIndex();
            AssertRules();
            return;
        }
        new IndexFolder(_collection.Directory).Hold(TimeSpan.Zero, out var held);
        using (held!) // nobody makes an index meanwhile
            AssertRules();
        Assert.Empty(_collection.Maintenance.IndexFiles());
    }

    [Fact, Slow]
    public void Search_and_explanation_follow_the_rules_when_photos_came_went_and_were_read_again_since_the_index_was_made()
    {
        MakeIndex();
        ChangeSome();
        AssertRules();
    }

    [Fact]
    public void Only_a_search_begins_to_make_an_index()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var collection = Collection.Open(new CollectionOptions { Directory = _place["collection"] });
        collection.Searching.Prepare(new SearchOptions { Expand = true }, cancellation);
        collection.Searching.Explain(PathOf(4), [Query(2)], cancellation: cancellation);
        _ = collection.Queries.StoredPhoto(collection.Catalogue.Ask(reader => reader.FindPhotoAt(PathOf(4)))!.Id);
        collection.Maintenance.FinishIndexes(cancellation);
        Assert.Empty(collection.Maintenance.IndexFiles());

        collection.Searching.Search([Query(2)], cancellation: cancellation);
        collection.Maintenance.FinishIndexes(cancellation);
        Assert.Single(collection.Maintenance.IndexFiles(), file => file.Extension == ".index");
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task A_search_that_was_cancelled_is_a_cancelled_task(bool indexed)
    {
        if (indexed)
            MakeIndex();
        var cancelled = new CancellationToken(canceled: true);
        var search = _collection.SearchAsync([Query(2)], cancellation: cancelled);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => search);
        Assert.True(search.IsCanceled);
        var why = _collection.Searching.ExplainAsync(PathOf(4), [Query(2)], cancellation: cancelled);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => why);
        Assert.True(why.IsCanceled);
    }

    [Fact]
    public void A_stored_photo_is_not_searched_with_a_face_of_another()
    {
        var (one, other) = _collection.Catalogue.Ask(reader => (reader.FindPhotoAt(PathOf(4))!, reader.FindPhotoAt(PathOf(5))!));
        var face = _collection.Catalogue.Ask(reader => reader.FacesOf(other.Id))[0].Id;
        var error = Assert.Throws<QueryException>(() => _collection.Queries.StoredPhoto(one.Id, face));
        Assert.Equal($"The photo {one.Id} has no face {face}; take one of its own faces.", error.Message);
    }

    [Fact]
    public void A_photo_whose_faces_another_model_embedded_waits_for_this_one()
    {
        using (var writer = Store.OpenWriter())
            writer.Commit(writer.EnsureSpace(Some.Space("another")), [Some.Read("/photos/other.jpg", "other", Some.Face())]);
        var why = _collection.Searching.Explain("/photos/other.jpg", [Query(2)]);
        Assert.Equal(WhyKind.Waiting, why.Kind);
        Assert.Equal("Its faces were indexed with another face model: run `sosia index` again.", why.Sentence);
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void By_look_and_by_both_follow_the_rules(bool indexed)
    {
        var looks = new SpaceInfo(EmbedderKey.Of(RealFiles.Model("resnet-18").Entry), "resnet-18", Dimensions, SpaceKind.Photos);
        using (var writer = Store.OpenWriter())
        {
            // Every seventh photo has no row; several photos have equal ones.
            var seen = Enumerable.Range(0, Photos).Where(number => number % 7 != 0).Select(number => (number, Row: Row(number / 3 * 3)));
            var read = seen.Select(photo => new DetailsRead(Some.File(PathOf(photo.number)), Some.Sha256($"{photo.number}"))
            {
                Look = photo.Row,
            });
            writer.Commit(writer.Spaces()[0].Id, [.. read], writer.EnsureSpace(looks));
        }
        QueryPhoto Seen(int number) => Query(number) with { Look = new(looks.Key, Row(number)) };
        if (indexed)
        {
            _collection.Searching.Search([Seen(9)], new SearchOptions { By = SearchBy.Look });
            _collection.Maintenance.FinishIndexes();
            Assert.Single(_collection.Maintenance.IndexFiles(), file => file.Extension == ".index");
        }
        foreach (var references in new QueryPhoto[][] { [Seen(9)], [Seen(30), Seen(31), Seen(77)] })
        foreach (var limit in new[] { 1, 5, 100, int.MaxValue })
        foreach (var under in new[] { null, "/photos/a" })
        {
            var options = new SearchOptions
            {
                By = SearchBy.Look,
                Combine = Combine.Best,
                Limit = limit,
                Photos = new() { Under = under is null ? [] : [under] },
            };
            var ranked = RankedByLook(references, under);
            var found = _collection.Searching.Search(references, options).Matches;
            Assert.Equal(ranked.Take(limit).Select(photo => photo.Id), found.Select(match => match.Photo.Id.Value));
            Assert.All(ranked.Zip(found), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-5));
            foreach (var number in new[] { 0, 1, 9, 14, 33, 100 })
                AssertWhyByLook(number, references, options, ranked);

            var both = options with { By = SearchBy.Both, Threshold = 0.3f };
            var byPerson = _collection.Searching.Search(references, both with { By = SearchBy.Person }).Matches;
            Assert.Equal(
                RankFusion.Merge(byPerson, found, limit).Select(match => (match.Rank, match.Photo.Id, match.FoundBy)),
                _collection.Searching.Search(references, both).Matches.Select(match => (match.Rank, match.Photo.Id, match.FoundBy))
            );
        }
    }

    private void AssertWhyByLook(int number, QueryPhoto[] references, SearchOptions options, Ranking[] ranked)
    {
        var why = _collection.Searching.Explain(PathOf(number), references, options);
        var photo = _collection.Catalogue.Ask(reader => reader.FindPhotoAt(PathOf(number)))!.Id.Value;
        var place = Array.FindIndex(ranked, score => score.Id == photo);
        Assert.Equal(place < 0 ? null : place + 1, why.Rank);
        if (place >= 0)
            Assert.Equal(place < options.Limit ? WhyKind.Found : WhyKind.BeyondLimit, why.Kind);
        else
            Assert.Equal(options.Photos.Under.Count > 0 && number % 3 != 0 ? WhyKind.NotInCollection : WhyKind.NotByLook, why.Kind);
    }

    private Ranking[] RankedByLook(QueryPhoto[] references, string? under) =>
        Sorted(
            Enumerable
                .Range(0, Photos)
                .Where(number => number % 7 != 0 && (under is null || number % 3 == 0))
                .Select(number =>
                {
                    var id = _collection.Catalogue.Ask(reader => reader.FindPhotoAt(PathOf(number)))!.Id.Value;
                    var row = Row(number / 3 * 3);
                    return new Ranking(id, id, row, references.Max(query => Cosine(query.Look!.Row, row)));
                })
        );

    private SqliteCatalogueStore Store => new(_place["collection"]);

    private static string PathOf(int number) => $"/photos/{(number % 3 == 0 ? "a" : "b")}/{number}.jpg";

    private static PhotoRead Read(int number) => Some.Read(PathOf(number), $"{number}", Faces(number, 0));

    /// <summary>None, one, two or three faces; every tenth shows what others show, some of them twice; some faces are too poor.</summary>
    private static NewFace[] Faces(int number, int reading) =>
        [
            .. Enumerable
                .Range(1, number % 17 == 0 ? 0 : 1 + number % 3)
                .Select(face => Some.Face(face) with { Embedding = number % 13 == 0 ? null : RowOf(number, face, reading) }),
        ];

    private static float[] RowOf(int number, int face, int reading)
    {
        if (number % 20 == 0)
            return Row(1);
        return number % 10 == 0 ? Row(face) : Row(10 * number + face + 7000 * reading);
    }

    /// <summary>A row near those of the same person.</summary>
    private static float[] Row(int number)
    {
        var (person, own) = (Some.Embedding(number / 10 % 12, Dimensions), Some.Embedding(~number, Dimensions));
        return Unit([.. person.Zip(own, (one, other) => one + 0.9f * other)]);
    }

    private static float[] Unit(float[] row)
    {
        var length = MathF.Sqrt(row.Sum(value => value * value));
        return Array.ConvertAll(row, value => value / length);
    }

    private static QueryPhoto Query(int number, string? content = null) =>
        new($"/queries/{number}.jpg", Some.Sha256(content ?? $"query {number}"), [Face(Row(number))], 0, 640, 480, 1);

    private static ReadFace Face(float[] row) => new(null!, null!, default, row);

    private void MakeIndex()
    {
        _collection.Searching.Search([Query(1)]);
        _collection.Maintenance.FinishIndexes();
        Assert.Single(_collection.Maintenance.IndexFiles(), file => file.Extension == ".index");
    }

    private void ChangeSome()
    {
        using var writer = Store.OpenWriter();
        writer.RemovePaths([PathOf(10), PathOf(25), PathOf(31)]);
        var space = writer.Spaces()[0].Id;
        writer.Commit(space, [.. Enumerable.Range(Photos, 20).Select(Read)]);
        var again = new IndexedSpaces(space) { FoundBy = new(Some.Sha256("again"), "again") };
        writer.Commit(
            again,
            [
                .. new[] { 20, 41, 44, 50 }.Select(number =>
                {
                    var photo = Some.Photo($"{number}", Faces(number, number % 10 == 0 ? 0 : 1));
                    return new PhotoRead(Some.File(PathOf(number)), photo with { FoundBy = again.FoundBy });
                }),
            ]
        );
    }

    private void AssertRules()
    {
        var random = new Random(11);
        foreach (var by in new[] { "plain", "mean", "best", "expanded", "own", "one negative", "three negatives", "expanded, negatives" })
        foreach (var limit in new[] { 1, 7, 60, 1000, int.MaxValue })
        foreach (var under in new[] { null, "/photos/a" })
        {
            var first = random.Next(1000);
            QueryPhoto[] references = by switch
            {
                "mean" or "best" => [Query(first), Query(first + 1), Query(first + 40)],
                "own" => [Query(331, "33")],
                _ => [Query(first)],
            };
            QueryPhoto[] negatives = by switch
            {
                "one negative" => [Query(first / 10 * 10)],
                "three negatives" or "expanded, negatives" => [Query(first + 2), Query(first + 20), Query(1)],
                _ => [],
            };
            AssertRules(
                references,
                new SearchOptions
                {
                    Limit = limit,
                    Photos = new() { Under = under is null ? [] : [under] },
                    Negatives = negatives,
                    Combine = by == "best" ? Combine.Best : Combine.Mean,
                    Expand = by is "own" || by.StartsWith("expanded"),
                    Threshold = 0.3f,
                    BelowThreshold = limit != 7,
                }
            );
        }
    }

    private void AssertRules(QueryPhoto[] references, SearchOptions options)
    {
        var all = Ranked(references, options);
        var expected = all.Take(options.Limit).TakeWhile(photo => options.BelowThreshold || photo.Score >= options.Threshold).ToArray();
        var found = _collection.Searching.Search(references, options).Matches;

        Assert.Equal(Enumerable.Range(1, expected.Length), found.Select(match => match.Rank));
        Assert.Equal(
            expected.Select(photo => (photo.Id, photo.Owner)),
            found.Select(match => (match.Photo.Id.Value, match.Face!.Id.Value))
        );
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-5));

        foreach (var number in new[] { 0, 1, 13, 20, 33, 41, 100, 130, 149 })
        {
            var why = _collection.Searching.Explain(PathOf(number), references, options);
            var photo = _collection.Catalogue.Ask(reader => reader.FindPhotoAt(PathOf(number)))!;
            var place = Array.FindIndex(all, ranked => ranked.Id == photo.Id.Value);
            Assert.Equal(KindOf(number, all, place, options), why.Kind);
            Assert.Equal(place < 0 ? null : place + 1, why.Rank);
            if (place >= 0)
                Assert.Equal(all[place].Score, why.Score!.Value, 1e-5);
        }
    }

    private static WhyKind KindOf(int number, Ranking[] all, int place, SearchOptions options)
    {
        if (number % 17 == 0)
            return WhyKind.NoFace;
        if (number % 13 == 0)
            return WhyKind.TooPoor;
        if (place < 0)
            return WhyKind.NotInCollection;
        if (all[place].Score < options.Threshold)
            return WhyKind.BelowThreshold;
        return place < options.Limit ? WhyKind.Found : WhyKind.BeyondLimit;
    }

    private sealed record StoredRow(long Owner, long Photo, float[] Row);

    private sealed record Ranking(long Id, long Owner, float[] Row, double Score);

    /// <summary>The documented rules: all photos of a question, best first.</summary>
    private Ranking[] Ranked(QueryPhoto[] references, SearchOptions options)
    {
        var faces = StoredFaces();
        var under = options.Photos.Under.Count > 0 ? _collection.Catalogue.Ask(reader => reader.PhotosIn(options.Photos)) : null;
        float[][] rows = [.. references.Select(query => query.Wanted.Embedding!)];
        if (rows.Length > 1 && options.Combine == Combine.Mean)
            rows = [Unit([.. Enumerable.Range(0, Dimensions).Select(i => rows.Sum(row => row[i]) / rows.Length)])];
        var ranked = Sorted(
            faces
                .Where(face => under?.Contains(new PhotoId(face.Photo)) != false)
                .Select(face => new Ranking(face.Photo, face.Owner, face.Row, rows.Max(row => Cosine(row, face.Row))))
                .GroupBy(face => face.Id)
                .Select(photo => photo.OrderByDescending(face => face.Score).ThenBy(face => face.Owner).First())
        );
        if (options.Expand && references.Length == 1)
            ranked = Expanded(ranked, rows[0], faces, references[0].Sha256, options.Limit);
        if (options.Negatives.Count == 0)
            return ranked;
        var strangers = _collection.Meanings.Threshold!.Value;
        return Sorted(
            ranked.Select(photo =>
            {
                var likeness = options.Negatives.Max(negative => Cosine(negative.Wanted.Embedding!, photo.Row));
                return photo with { Score = photo.Score - Math.Max(0, likeness - strangers) };
            })
        );
    }

    private Ranking[] Expanded(Ranking[] ranked, float[] query, StoredRow[] faces, string sha256, int limit)
    {
        var own = _collection.Catalogue.Ask(reader => reader.FindPhoto(sha256))?.Id.Value;
        var candidates = (int)Math.Clamp(2L * limit, 100, ranked.Length < 100 ? 100 : ranked.Length);
        var wide = Expanded(query, faces.Where(face => face.Photo != own));
        var itself = own is null ? new[] { new StoredRow(-1, -1, query) } : [];
        var again = ranked
            .Take(candidates)
            .Select(photo =>
            {
                var others = itself.Concat(faces.Where(face => face.Owner != photo.Owner));
                return photo with { Score = Cosine(wide, Expanded(photo.Row, others)) };
            });
        return [.. Sorted(again), .. ranked.Skip(candidates)];
    }

    /// <summary>A row and its three nearest others above 0.3, each weighted by the cube of its cosine, of unit length.</summary>
    private static float[] Expanded(float[] row, IEnumerable<StoredRow> others)
    {
        var near = others
            .Select(face => (face.Owner, face.Row, Cosine: Cosine(row, face.Row)))
            .Where(face => face.Cosine > 0.3)
            .OrderByDescending(face => face.Cosine)
            .ThenBy(face => face.Owner)
            .Take(3);
        var sum = row.Select(value => (double)value).ToArray();
        foreach (var (_, other, cosine) in near)
            for (var i = 0; i < sum.Length; i++)
                sum[i] += Math.Pow(cosine, 3) * other[i];
        return Unit([.. sum.Select(value => (float)value)]);
    }

    private static Ranking[] Sorted(IEnumerable<Ranking> photos) =>
        [.. photos.OrderByDescending(photo => photo.Score).ThenBy(photo => photo.Id)];

    private StoredRow[] StoredFaces() =>
        _collection.Catalogue.Ask(reader =>
        {
            var table = reader.ReadEmbeddings(reader.Spaces()[0].Id);
            return Enumerable
                .Range(0, table.Count)
                .Select(row => new StoredRow(table.OwnerOf(row), table.Photos[row].Value, table.Rows.Row(row).ToArray()))
                .ToArray();
        });

    private static double Cosine(float[] one, float[] other)
    {
        var sum = 0.0;
        for (var i = 0; i < one.Length; i++)
            sum += (double)one[i] * other[i];
        return sum;
    }
}
