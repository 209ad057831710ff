using NetVips;

namespace Sosia.Training.Tests;

/// <summary>Small things that tests are made of.</summary>
internal static class Some
{
    /// <summary>A network that takes milliseconds: 34 → 16 → 7 → 2 pixels, 4 rows of 48 features.</summary>
    public static TrainingOptions Options =>
        new()
        {
            Side = 34,
            Filters = [16, 32, 48],
            Epochs = 2,
            BatchSize = 6,
            MicroBatch = 4,
            Seed = 7,
        };

    public static byte[] Pixels(int bytes, int seed = 1)
    {
        var pixels = new byte[bytes];
        new Random(seed).NextBytes(pixels);
        return pixels;
    }

    public static float[] Floats(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];
    }

    /// <summary>A folder for each person, with PNG images of noise.</summary>
    public static void People(string root, int side, params (string Name, int Images)[] people)
    {
        foreach (var (name, images) in people)
        {
            Directory.CreateDirectory(Path.Combine(root, name));
            for (var i = 1; i <= images; i++)
            {
                using var image = Image.NewFromMemory(
                    Pixels(side * side * 3, name.Length * 100 + i),
                    side,
                    side,
                    3,
                    Enums.BandFormat.Uchar
                );
                using var coloured = image.Copy(interpretation: Enums.Interpretation.Srgb);
                coloured.WriteToFile(Path.Combine(root, name, $"{name}_{i:D4}.png"));
            }
        }
    }

    public static float LargestDifference(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Assert.Equal(a.Length, b.Length);
        var largest = 0f;
        for (var i = 0; i < a.Length; i++)
            largest = MathF.Max(largest, MathF.Abs(a[i] - b[i]));
        return largest;
    }

    public static float Largest(ReadOnlySpan<float> values)
    {
        var largest = 0f;
        foreach (var value in values)
            largest = MathF.Max(largest, MathF.Abs(value));
        return largest;
    }
}

/// <summary>A directory that goes with the test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("sosia-training-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
