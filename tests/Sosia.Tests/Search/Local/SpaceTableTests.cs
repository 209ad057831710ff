using Sosia.Catalogue;
using Sosia.Search.Local;
using Sosia.Vectors;
using Sosia.Vectors.Exact;
using Sosia.Vectors.Metrics;

namespace Sosia.Tests.Search.Local;

/// <summary>The ranking against a plain one, with ties, several faces a photo, negative scores and rows of any length.</summary>
public class SpaceTableTests
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
            var table = new SpaceTable(
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

            var ranked = table.Rank(references, allowed);

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
            Assert.All(ranked, score => Assert.Equal((score.Photo, score.Score), (photos[score.Row], Score(score.Row))));
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
        Assert.Null(new SpaceTable(rows).Best([Unit()], null, wanted)); // without an index all are ranked
        var table = new SpaceTable(rows, ExactIndex.Build<InnerProduct>(rows.Rows));
        for (var round = 0; round < 20; round++)
        {
            float[][] references = [.. Enumerable.Range(0, 1 + round % 3).Select(_ => Unit())];
            var allowed = round % 2 == 0 ? null : photos.Where(photo => photo.Value % 7 == round % 7).ToHashSet();
            Assert.Equal(table.Rank(references, allowed).Take(wanted), table.Best(references, allowed, wanted)!);
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
        var table = new SpaceTable(rows, ExactIndex.Build<InnerProduct>(rows.Rows));
        Assert.Equal(table.Rank([row], null).Take(20), table.Best([row], null, 20)!);
    }
}
