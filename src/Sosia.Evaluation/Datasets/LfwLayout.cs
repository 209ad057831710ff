using System.Globalization;
using Sosia.Vectors.Files;

namespace Sosia.Evaluation.Datasets;

/// <summary>What a copy of LFW was found to hold.</summary>
/// <param name="Images">Images laid out; a complete copy has 13,233.</param>
/// <param name="People">People; 5,749.</param>
/// <param name="PeopleWithTwoOrMore">1,680.</param>
/// <param name="Missing">Images that are not there, or damaged, by their place.</param>
/// <param name="Damaged">Those of them that were there.</param>
/// <param name="LeftOut">Files that are no images of LFW.</param>
public sealed record LfwContents(
    int Images,
    int People,
    int PeopleWithTwoOrMore,
    IReadOnlyList<string> Missing,
    IReadOnlyList<string> Damaged,
    int LeftOut
);

/// <summary>
/// Lays out anybody's copy of Labeled Faces in the Wild as <c>NAME/NAME_0001.jpg</c>. Only names that LFW has are ever written, so nothing
/// that an archive says can lead elsewhere; links in it are not followed.
/// </summary>
public static class LfwLayout
{
    /// <summary>LFW's largest image has 60 KB.</summary>
    private const int MostImageBytes = 1 << 20;

    /// <summary>Reads a copy and writes the folder, which appears when it is complete.</summary>
    /// <param name="source">A tar, tar.gz or zip archive, or a folder, in which the people's folders may lie at any depth.</param>
    /// <param name="directory">The folder to make: new, or empty.</param>
    /// <param name="cancellation">Ends it, and nothing is left behind.</param>
    /// <exception cref="ArgumentException">The source is not there, is no copy of LFW, is damaged, or holds an image twice and not the
    /// same.</exception>
    /// <exception cref="IOException">The folder is there already, or the disk is full or refuses.</exception>
    public static LfwContents Write(string source, string directory, CancellationToken cancellation = default)
    {
        source = Path.GetFullPath(source);
        var files = SourceFile.In(source, cancellation);
        using var layout = DerivedDirectory.Create(directory);
        try
        {
            var contents = Fill(layout, files, source, cancellation);
            if (contents.Images == 0)
                throw new ArgumentException(
                    $"{source} holds no image of LFW, which are called like Aaron_Eckhart/Aaron_Eckhart_0001.jpg; `sosia dataset "
                        + "arrays` takes any other folder of people as it is."
                );
            layout.Commit();
            return contents;
        }
        catch (Exception damaged) when (damaged is InvalidDataException or EndOfStreamException)
        {
            throw new ArgumentException($"The archive {source} can't be read: {damaged.Message.TrimEnd('.')}; get it again.", damaged);
        }
    }

    private static LfwContents Fill(DerivedDirectory layout, IEnumerable<SourceFile> files, string source, CancellationToken cancellation)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var damaged = new HashSet<string>(StringComparer.Ordinal);
        var leftOut = 0;
        foreach (var file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            if (PlaceOf(file) is not { } place)
                leftOut++;
            else if (file.Bytes > MostImageBytes || file.Read() is not { } bytes || !IsWholeJpeg(bytes))
                damaged.Add(place);
            else if (found.Add(place))
                layout.Add(place, bytes);
            else if (!layout.Read(place).AsSpan().SequenceEqual(bytes))
                throw new ArgumentException(
                    $"{source} holds two different images {place}, so it is more than one copy of LFW; give the folder of one of them."
                );
        }
        damaged.ExceptWith(found);
        string[] missing = [.. LfwNames.Places().Where(place => !found.Contains(place))];
        var people = found
            .GroupBy(place => place[..place.IndexOf('/', StringComparison.Ordinal)], StringComparer.Ordinal)
            .Select(person => person.Count())
            .ToArray();
        return new LfwContents(
            found.Count,
            people.Length,
            people.Count(images => images >= 2),
            missing,
            [.. damaged.Order(StringComparer.Ordinal)],
            leftOut
        );
    }

    /// <summary>Where an image belongs; null for what is none of LFW's.</summary>
    private static string? PlaceOf(SourceFile file)
    {
        var (person, name) = file.Last;
        if (!LfwNames.Images.TryGetValue(person, out var images) || name.Length != person.Length + "_0001.jpg".Length)
            return null;
        return
            int.TryParse(name.AsSpan(person.Length + 1, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= 1
            && number <= images
            && LfwNames.Place(person, number) is var place
            && place.EndsWith(name, StringComparison.Ordinal)
            ? place
            : null;
    }

    private static bool IsWholeJpeg(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) && bytes.LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]) > 0;
}
