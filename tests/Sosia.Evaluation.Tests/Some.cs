namespace Sosia.Evaluation.Tests;

/// <summary>Rows made for tests.</summary>
internal static class Some
{
    /// <summary>Rows of two dimensions at given angles, in degrees: their cosines are known by heart.</summary>
    public static LabelledRows Angles(params (string Person, double Degrees)[] images) =>
        new(
            2,
            [
                .. images.SelectMany(image =>
                    new[] { (float)Math.Cos(image.Degrees * Math.PI / 180), (float)Math.Sin(image.Degrees * Math.PI / 180) }
                ),
            ],
            [.. images.Select(image => image.Person)],
            [.. images.Select((image, i) => $"/photos/{image.Person}/{image.Person}_{i + 1:0000}.jpg")]
        );

    /// <summary>People whose images scatter around a direction of their own.</summary>
    public static LabelledRows People(int people, Func<int, int> images, double scatter, int dimensions = 32, int seed = 1)
    {
        var random = new Random(seed);
        var (rows, labels) = (new List<float>(), new List<string>());
        for (var person = 0; person < people; person++)
        {
            var centre = Gaussian(random, dimensions);
            for (var image = 0; image < images(person); image++)
            {
                var noise = Gaussian(random, dimensions);
                var row = centre.Zip(noise, (a, b) => a + (float)scatter * b).ToArray();
                var length = MathF.Sqrt(row.Sum(value => value * value));
                rows.AddRange(row.Select(value => value / length));
                labels.Add($"Person_{person:000}");
            }
        }
        return new LabelledRows(dimensions, [.. rows], [.. labels], [.. labels.Select((label, i) => $"/photos/{label}/{i}.jpg")]);
    }

    private static float[] Gaussian(Random random, int dimensions) =>
        [
            .. Enumerable
                .Range(0, dimensions)
                .Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))),
        ];
}
