using NetVips;

namespace Sosia.Bench.LargePhotos;

/// <summary>The sample photos as a phone would have made them: enlarged to so many megapixels, JPEG.</summary>
internal static class SampleCorpus
{
    /// <summary>Longest sides, by the megapixels that a photo of 4 : 3 has then.</summary>
    public static readonly (int Megapixels, int Side)[] Sizes = [(2, 1632), (12, 4000), (48, 8000)];

    /// <summary>Writes each sample once for each quality; files of several qualities are different photos.</summary>
    /// <returns>The files, in order.</returns>
    public static string[] Make(string directory, int side, params int[] qualities)
    {
        Directory.CreateDirectory(directory);
        var made = new List<string>();
        foreach (var quality in qualities)
        foreach (var sample in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "samples"), "*.jpg").Order(StringComparer.Ordinal))
        {
            using var image = Image.NewFromFile(sample);
            using var large = image.Resize((double)side / Math.Max(image.Width, image.Height), kernel: Enums.Kernel.Cubic);
            var file = Path.Combine(directory, $"{Path.GetFileNameWithoutExtension(sample)}-q{quality}.jpg");
            large.Jpegsave(file, q: quality);
            made.Add(file);
        }
        return [.. made];
    }
}
