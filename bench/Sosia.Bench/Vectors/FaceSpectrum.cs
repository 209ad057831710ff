using System.Text.Json;
using Sosia.Vectors.Exact;
using Sosia.Vectors.Files;

namespace Sosia.Bench.Vectors;

/// <summary>
/// What is known of the default model's rows: their mean's length, and along each principal direction how much people differ, and photos of
/// one person. Measured once on Labeled Faces in the Wild and kept in face-spectrum.json, so that rows can be drawn without it.
/// </summary>
internal sealed record FaceSpectrum(int Rows, int People, double MeanLength, double[] Between, double[] Within)
{
    private const int Directions = 192;
    private static readonly JsonSerializerOptions Names = new(JsonSerializerDefaults.Web);

    public static FaceSpectrum Load() =>
        JsonSerializer.Deserialize<FaceSpectrum>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "face-spectrum.json")), Names)!;

    /// <summary>Prints the spectrum of a file of rows.</summary>
    /// <param name="npy">Unit rows.</param>
    /// <param name="names">A line a row: the photo's path, whose folder names the person.</param>
    public static int Measure(string npy, string names)
    {
        using var rows = NpyRows.Open(npy);
        var people = File.ReadLines(names).Select(line => Path.GetFileName(Path.GetDirectoryName(line.Split('\t')[0]))!).ToArray();
        var rotation = RotationLearner.Leading(rows, Directions, iterations: 30);
        var (centred, turned) = (new float[4 * rotation.Padded], new float[4 * Directions]);
        var turnedRows = Enumerable
            .Range(0, rows.Count)
            .Select(i =>
            {
                rotation.Centre(rows.Row(i), 1, centred.AsSpan(0, rotation.Padded));
                rotation.Rotate(centred, turned);
                return turned[..Directions];
            })
            .ToArray();
        var total = new double[Directions];
        var within = new double[Directions];
        var freedom = 0;
        foreach (var person in turnedRows.Select((row, i) => (row, people[i])).GroupBy(pair => pair.Item2, pair => pair.row))
        {
            var photos = person.ToArray();
            freedom += photos.Length - 1;
            for (var j = 0; j < Directions; j++)
            {
                var mean = photos.Average(row => row[j]);
                foreach (var row in photos)
                {
                    within[j] += (row[j] - mean) * (row[j] - mean);
                    total[j] += row[j] * row[j] / rows.Count;
                }
            }
        }
        for (var j = 0; j < Directions; j++)
            within[j] /= freedom;
        var between = total.Select((sum, j) => Math.Max(0, sum - within[j])).ToArray();
        double[] Short(double[] values) => [.. values.Select(value => double.Parse(value.ToString("G4")))];
        Console.WriteLine(
            JsonSerializer.Serialize(
                new FaceSpectrum(rows.Count, people.Distinct().Count(), Math.Round(rotation.MeanLength, 4), Short(between), Short(within)),
                Names
            )
        );
        return 0;
    }
}
