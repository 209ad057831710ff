using Sosia.Catalogue;
using Sosia.Search.Local;
using Sosia.Search.Ranking;
using Sosia.Vectors;
using Sosia.Vectors.Exact;
using Sosia.Vectors.Metrics;

namespace Sosia.Tests.Search.Local;

/// <summary>The ranking against a plain one, with ties, several faces a photo, negative scores and rows of any length.</summary>
public class VectorTableTests
{
    [Theory]
    [InlineData(1), InlineData(7), InlineData(32), InlineData(67), InlineData(512)]
    public void Every_photo_comes_once_with_its_best_face_best_first(int dimensions)
    {
        var random = new Random(dimensions);
        for (var round = 0; round < 20; round++)
        {
            var count = random.Next(0, 200);
            var rows = new float[count * dimensions];
            for (var i = 0; i < rows.Length; i++)
                rows[i] = random.Next(-3, 4); // small whole numbers: exact sums, many ties
            PhotoId[] photos = [.. Enumerable.Range(0, count).Select(_ => new PhotoId(random.Next(1, 100) * 1_000_000_007L))];
            var table = new VectorTable(
                new EmbeddingTable(
                    new ArrayRows(rows, dimensions),
                    [.. Enumerable.Range(0, count).Select(i => new FaceId(i))],
                    photos,
                    new Revision(1, "")
                )
            );
            float[][] references =
            [
                .. Enumerable.Range(0, 2).Select(_ => Enumerable.Range(0, dimensions).Select(_ => (float)random.Next(-3, 4)).ToArray()),
            ];
            var allowed = round % 2 == 0 ? null : photos.Where(photo => photo.Value % 3 != 0).ToHashSet();

            var ranked = table.Best(references, allowed);

            float Score(int row) =>
                references.Max(reference => Enumerable.Range(0, dimensions).Sum(d => reference[d] * rows[row * dimensions + d]));
            var truth = Enumerable
                .Range(0, count)
                .Where(row => allowed?.Contains(photos[row]) != false)
                .GroupBy(row => photos[row])
                .Select(faces => (Photo: faces.Key, Score: faces.Max(Score)))
                .OrderByDescending(best => best.Score)
                .ThenBy(best => best.Photo.Value);
            Assert.Equal(truth, ranked.Select(score => (score.Photo, score.Score)));
            Assert.All(ranked, score => Assert.Equal((score.Photo, score.Score), (photos[score.Owner], Score((int)score.Owner))));
        }
    }

    [Theory]
    [InlineData(1), InlineData(20), InlineData(300)]
    public void The_best_photos_by_the_index_are_those_that_the_ranking_puts_first(int wanted)
    {
        const int count = 4000,
            dimensions = 64;
        var random = new Random(wanted);
        float[] Unit()
        {
            var row = Enumerable.Range(0, dimensions).Select(_ => random.NextSingle() - 0.5f).ToArray();
            var length = MathF.Sqrt(row.Sum(value => value * value));
            return Array.ConvertAll(row, value => value / length);
        }
        PhotoId[] photos = [.. Enumerable.Range(0, count).Select(_ => new PhotoId(1 + random.Next(count / 4)))]; // four faces a photo
        var rows = new EmbeddingTable(
            new ArrayRows([.. Enumerable.Range(0, count).SelectMany(_ => Unit())], dimensions),
            [.. Enumerable.Range(0, count).Select(i => new FaceId(i))],
            photos,
            new Revision(1, "")
        );
        var table = new VectorTable(rows, ExactIndex.Build<InnerProduct>(rows.Rows));
        for (var round = 0; round < 20; round++)
        {
            float[][] references = [.. Enumerable.Range(0, 1 + round % 3).Select(_ => Unit())];
            var allowed = round % 2 == 0 ? null : photos.Where(photo => photo.Value % 7 == round % 7).ToHashSet();
            var truth = table.Truth(references, allowed).Take(wanted);
            Assert.Equal(truth, table.Best(references, allowed, wanted));
            Assert.Equal(truth, new VectorTable(rows).Best(references, allowed, wanted)); // by a scan
        }
    }

    [Fact]
    public void Rows_that_are_all_alike_are_still_ranked_by_photo()
    {
        const int count = 3000,
            dimensions = 32;
        float[] row = [.. Enumerable.Range(0, dimensions).Select(i => i == 3 ? 1f : 0)];
        var random = new Random(1);
        PhotoId[] photos = [.. Enumerable.Range(0, count).Select(_ => new PhotoId(random.Next(1, 1000)))];
        var rows = new EmbeddingTable(
            new ArrayRows([.. Enumerable.Range(0, count).SelectMany(_ => row)], dimensions),
            [.. Enumerable.Range(0, count).Select(i => new FaceId(i))],
            photos,
            new Revision(1, "")
        );
        var table = new VectorTable(rows, ExactIndex.Build<InnerProduct>(rows.Rows));
        Assert.Equal(table.Truth([row]).Take(20), table.Best([row], photos: 20));
    }

    /// <summary>A face that was read again keeps its number, and its new row stands behind the others.</summary>
    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Equal_and_nearly_equal_rows_come_in_order_of_their_owners_also_after_some_were_replaced(bool indexed)
    {
        const int count = 60,
            dimensions = 512;
        var space = new Random(3);
        var first = Enumerable.Range(0, dimensions).Select(_ => space.NextSingle() - 0.5f).ToArray();
        var length = MathF.Sqrt(first.Sum(value => value * value));
        // Every third row is exactly the first one; the others differ from it in the last bits of a few numbers.
        float[] Row(int i) => [.. first.Select((value, d) => (i % 3 == 0 ? value : value + (d + i) % 11 * 1e-8f) / length)];
        EmbeddingTable Table(int version, params int[] owners) =>
            new(
                new ArrayRows([.. owners.SelectMany(Row)], dimensions),
                [.. owners.Select(owner => new FaceId(owner))],
                [.. owners.Select(owner => new PhotoId(owner))],
                new Revision(version, "")
            );
        var before = Table(1, [.. Enumerable.Range(0, count)]);
        var table = new VectorTable(before, indexed ? ExactIndex.Build<InnerProduct>(before.Rows) : null).With(
            new EmbeddingChanges(Table(2, 0, 3, 6, 7), [new FaceId(0), new FaceId(3), new FaceId(6), new FaceId(7)])
        );

        float[][] one = [Row(0)];
        float[][] many = [.. Enumerable.Range(0, 40).Select(_ => Row(0))];
        var truth = Enumerable
            .Range(0, count)
            .Select(owner => new VectorHit(new PhotoId(owner), owner, Similarity.Of(one[0], Row(owner))))
            .OrderByDescending(hit => hit.Score)
            .ThenBy(hit => hit.Owner)
            .ToArray();
        foreach (var wanted in new[] { 1, 4, 30, count })
        foreach (var vectors in new[] { one, many })
            Assert.All(await table.Searched().NearestAsync(vectors, wanted), hits => Assert.Equal(truth.Take(wanted), hits));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task The_four_verbs_give_what_a_plain_loop_gives(bool indexed)
    {
        const int count = 3000,
            dimensions = 48;
        var random = new Random(5);
        float[] Unit()
        {
            var row = Enumerable.Range(0, dimensions).Select(_ => random.NextSingle() - 0.5f).ToArray();
            var length = MathF.Sqrt(row.Sum(value => value * value));
            return Array.ConvertAll(row, value => value / length);
        }
        PhotoId[] photos = [.. Enumerable.Range(0, count).Select(_ => new PhotoId(1 + random.Next(count / 3)))];
        var rows = new EmbeddingTable(
            new ArrayRows([.. Enumerable.Range(0, count).SelectMany(_ => Unit())], dimensions),
            [.. Enumerable.Range(0, count).Select(i => new FaceId(10 * i))],
            photos,
            new Revision(1, "")
        );
        var table = new VectorTable(rows, indexed ? ExactIndex.Build<InnerProduct>(rows.Rows) : null);
        var vectors = Enumerable.Range(0, 40).Select(_ => Unit()).ToArray();
        var allowed = photos.Where(photo => photo.Value % 5 == 1).ToHashSet();
        var filter = table.FilterOf(allowed);

        VectorHit[] All(float[] vector) =>
            [
                .. Enumerable
                    .Range(0, count)
                    .Where(row => allowed.Contains(photos[row]))
                    .Select(row => new VectorHit(photos[row], 10 * row, Similarity.Of(vector, table.Row(row))))
                    .OrderByDescending(hit => hit.Score)
                    .ThenBy(hit => hit.Owner),
            ];
        var search = table.Searched();
        foreach (var batch in new[] { vectors, [vectors[0]] })
        {
            Assert.Equal(batch.Select(vector => All(vector)[..7]), await search.NearestAsync(batch, 7, filter));
            Assert.Equal(
                batch.Select(vector => All(vector).TakeWhile(hit => hit.Score > 0.3f).Take(7)),
                await search.NearestAsync(batch, 7, filter, least: 0.3f)
            );
        }
        Assert.Equal([All(vectors[0])], await search.NearestAsync([vectors[0]], int.MaxValue, filter));
        Assert.Equal(
            All(vectors[0]).TakeWhile(hit => hit.Score >= 0.2f),
            (await search.AboveAsync(vectors[0], 0.2f, filter).ToArrayAsync()).OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Owner)
        );
        var ranked = table.Truth(vectors[..3], allowed);
        foreach (var place in new[] { 0, 1, 50, ranked.Length - 1 })
            Assert.Equal(place, await search.CountBeforeAsync(vectors[..3], ranked[place].Photo, ranked[place].Score, filter));
        var found = await search.VectorsAsync([10 * 17, 5, 0]);
        Assert.Equal(table.Row(17), found[0]!);
        Assert.Null(found[1]);
        Assert.Equal(table.Row(0), found[2]!);
    }
}
