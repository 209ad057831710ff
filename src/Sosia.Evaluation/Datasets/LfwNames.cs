using System.Globalization;

namespace Sosia.Evaluation.Datasets;

/// <summary>What a complete copy of Labeled Faces in the Wild holds: 5,749 names, and how many images each has, numbered from 1.</summary>
public static class LfwNames
{
    /// <summary>Images of each person.</summary>
    public static IReadOnlyDictionary<string, int> Images { get; } = Read();

    /// <summary>Place of an image under the folder, as every copy has it.</summary>
    public static string Place(string person, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{person}/{person}_{number:D4}.jpg");

    /// <summary>All images, in order.</summary>
    public static IEnumerable<string> Places() =>
        Images.SelectMany(person => Enumerable.Range(1, person.Value).Select(number => Place(person.Key, number)));

    /// <summary>A name a line, and the number of images where it is not 1.</summary>
    private static OrderedDictionary<string, int> Read()
    {
        using var reader = new StreamReader(typeof(LfwNames).Assembly.GetManifestResourceStream("lfw-names.txt")!);
        var images = new OrderedDictionary<string, int>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            var parts = line.Split(' ');
            images.Add(parts[0], parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 1);
        }
        return images;
    }
}
