using System.Text.Json;
using Sosia.Evaluation.Lfw;
using Sosia.People.Absence;
using Sosia.Search.Ranking;

namespace Sosia.Bench.OwnPhotos;

/// <summary>
/// Whether the bound of a certificate of absence holds: 500 people are looked for, of whom half are really absent. The bound comes from
/// the confirmed photos of a hundred others; the truth is the share of photos of those who are present that a search misses.
/// </summary>
internal static class CertificateBench
{
    private const int Planted = 500,
        Named = 100;

    public static int Run(string directory, int draws)
    {
        var random = new Random(1);
        var lfw = LabelledFolder.Read(directory);
        var images = lfw
            .Files.Zip(lfw.Labels)
            .GroupBy(image => image.Second)
            .Select(person => person.Select(image => image.First).ToArray());
        var photos = ComposedPhotos.Choose(images, random);
        var kinds = Enum.GetValues<Worse>();
        using var composed = new ComposedCollection(
            photos,
            photo => kinds[photo % kinds.Length],
            file => Path.GetFileName(Path.GetDirectoryName(file))!
        );
        var rows = composed.Rows;
        int[][] people = [.. rows.People.Select(person => person.ToArray())];
        float[] qualities = [.. composed.Faces.Select(face => face.Quality.Score)];
        var meanings = composed.Collection.Meanings;
        foreach (var references in new[] { 1, 2, 3 })
        {
            var threshold = ThresholdOf(references);
            var able = people.Where(person => person.Length > references).ToArray();
            var (covered, ratios, uppers, measured) = (0, new List<double>(), new List<double>(), new List<double>());
            for (var draw = 0; draw < draws; draw++)
            {
                random.Shuffle(able);
                // Half of those who are looked for are absent: of them nothing is to be missed.
                var present = able.Take(Planted / 2);
                var trials = able.Skip(Planted)
                    .Take(Named)
                    .SelectMany((person, i) => FoundAgain.Of(i, [.. person.Select(FaceOf)], references, ThresholdOf))
                    .ToArray();
                var bound = MissRate.Of(trials, qualities)!;
                var outcomes = present
                    .SelectMany(person =>
                    {
                        var with = MeanRow.Of([.. person[..references].Select(row => rows.Row(row).ToArray())]);
                        return person[references..].Select(row => Similarity.Of(with, rows.Row(row)) >= threshold);
                    })
                    .ToArray();
                var missed = outcomes.Count(found => !found) / (double)outcomes.Length;
                covered += bound.UpperBound >= missed ? 1 : 0;
                ratios.Add(bound.UpperBound / missed);
                uppers.Add(bound.UpperBound);
                measured.Add(missed);
            }
            var certified = able.Skip(Planted / 2)
                .Take(Planted / 2)
                .Count(person =>
                {
                    var with = MeanRow.Of([.. person[..references].Select(row => rows.Row(row).ToArray())]);
                    return !Enumerable
                        .Range(0, rows.Count)
                        .Any(row => !person.Contains(row) && Similarity.Of(with, rows.Row(row)) >= threshold);
                });
            Console.WriteLine(
                JsonSerializer.Serialize(
                    new
                    {
                        references,
                        photos = photos.Count,
                        faces = rows.Count,
                        draws,
                        covered = covered / (double)draws,
                        boundOverMeasured = Math.Round(
                            ratios.Where(double.IsFinite).Order().ElementAt(ratios.Count(double.IsFinite) / 2),
                            2
                        ),
                        bound = Math.Round(uppers.Average(), 4),
                        measured = Math.Round(measured.Average(), 4),
                        absentWithoutMatch = certified / (Planted / 2.0),
                    }
                )
            );
        }
        return 0;

        float ThresholdOf(int count) => meanings.ThresholdOf(count > 1 ? ScoringRule.Mean : ScoringRule.Plain, count);

        ConfirmedFace FaceOf(int row) => new(composed.Faces[row], rows.Row(row).ToArray());
    }
}
