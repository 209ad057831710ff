using Sosia.Search;
using Sosia.Storage;

namespace Sosia.Tests.Search;

/// <summary>The ranking against a plain one, with ties, several faces a photo, negative scores and rows of any length.</summary>
public class FaceTableTests
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
            for (var i = 0; i < rows.Length; i++) rows[i] = random.Next(-3, 4); // small whole numbers: exact sums, many ties
            PhotoId[] photos = [.. Enumerable.Range(0, count).Select(_ => new PhotoId(random.Next(1, 100) * 1_000_000_007L))];
            var table = new FaceTable(new EmbeddingTable(dimensions, rows, [.. Enumerable.Range(0, count).Select(i => new FaceId(i))], photos, 1));
            float[][] references = [.. Enumerable.Range(0, 2).Select(_ => Enumerable.Range(0, dimensions).Select(_ => (float)random.Next(-3, 4)).ToArray())];
            var allowed = round % 2 == 0 ? null : photos.Where(photo => photo.Value % 3 != 0).ToHashSet();

            var ranked = table.Rank(references, allowed);

            float Score(int row) => references.Max(reference => Enumerable.Range(0, dimensions).Sum(d => reference[d] * rows[row * dimensions + d]));
            var truth = Enumerable.Range(0, count).Where(row => allowed?.Contains(photos[row]) != false).GroupBy(row => photos[row])
                .Select(faces => (Photo: faces.Key, Score: faces.Max(Score))).OrderByDescending(best => best.Score).ThenBy(best => best.Photo.Value);
            Assert.Equal(truth, ranked.Select(score => (score.Photo, score.Score)));
            Assert.All(ranked, score => Assert.Equal((score.Photo, score.Score), (photos[score.Row], Score(score.Row))));
        }
    }
}
