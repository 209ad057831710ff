using Sosia.Evaluation.Lfw;

namespace Sosia.Evaluation.Datasets;

/// <summary>The student project's rows, as far as a copy of Labeled Faces in the Wild has their images.</summary>
/// <param name="Rows">In its order: row 630 is of Carmen Electra, row 696 of Albert Costa, where no image is missing.</param>
/// <param name="Sample">The first rows that it trained on: up to the 250th different name, 297 in a complete copy.</param>
public sealed record StudentRows(RowOrder Rows, RowOrder Sample)
{
    /// <summary>People with exactly six images that the six-image protocol needs to say something.</summary>
    public const int LeastWithSix = 20;

    /// <summary>Different names of the sample.</summary>
    public const int SampleNames = 250;

    /// <summary>The people that it queried.</summary>
    public static IReadOnlyList<string> QueriedPeople { get; } =
    [
        "Albert_Costa",
        "Angela_Bassett",
        "Arminio_Fraga",
        "Billy_Crystal",
        "Bob_Graham",
        "Boris_Becker",
        "Bulent_Ecevit",
        "Calista_Flockhart",
        "Cameron_Diaz",
        "Carmen_Electra",
    ];

    /// <summary>
    /// Rows that are always kept, so that their numbers are the students': up to the last one that was queried in writing.
    /// </summary>
    private const int AlwaysKept = 697;

    /// <summary>Finds the rows.</summary>
    /// <param name="folder">A folder for each person.</param>
    /// <param name="most">Rows at most; the first ones, all images of everyone with exactly six, and then the next ones in order. Null
    /// takes all.</param>
    /// <exception cref="ArgumentException">No copy of LFW, too few people with six images, or fewer rows than are needed.</exception>
    public static StudentRows Of(LabelledFolder folder, int? most = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var there = folder
            .Files.Zip(folder.Labels)
            .ToLookup(
                image => $"{image.Second}/{Path.GetFileNameWithoutExtension(image.First)}",
                image => image.First,
                StringComparer.Ordinal
            );
        var all = new List<(string File, string Label)>();
        var next = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var name in Names())
        {
            var number = next[name] = next.GetValueOrDefault(name) + 1;
            if (there[Path.ChangeExtension(LfwNames.Place(name, number), null)].FirstOrDefault() is { } file)
                all.Add((file, name));
        }
        if (all.Count == 0)
            throw new ArgumentException(
                $"{folder.Root} is no copy of Labeled Faces in the Wild: no image in it is called like "
                    + "Aaron_Eckhart/Aaron_Eckhart_0001.jpg; lay one out with `sosia dataset lfw`."
            );
        var withSix = all.CountBy(row => row.Label, StringComparer.Ordinal)
            .Where(person => person.Value == 6)
            .Select(person => person.Key)
            .ToHashSet(StringComparer.Ordinal);
        if (withSix.Count < LeastWithSix)
            throw new ArgumentException(
                $"{folder.Root} has too few people with exactly six images: {withSix.Count}, and the students' protocol asks about at "
                    + $"least {LeastWithSix} (a complete copy has 55); get a more complete copy of LFW."
            );
        return new StudentRows(Order(Kept(all, withSix, most)), Order(SampleOf(all)));
    }

    private static List<(string File, string Label)> Kept(List<(string File, string Label)> all, HashSet<string> withSix, int? most)
    {
        if (most is not { } wanted || wanted >= all.Count)
            return all;
        var needed = all.Index()
            .Where(row => row.Index < AlwaysKept || withSix.Contains(row.Item.Label))
            .Select(row => row.Index)
            .ToHashSet();
        if (wanted < needed.Count)
            throw new ArgumentException(
                $"--images {wanted} is too few: the rows up to the last one that the students queried and the images of everyone with "
                    + $"six are {needed.Count:N0}; give that many or more."
            );
        foreach (var row in Enumerable.Range(0, all.Count).Where(row => !needed.Contains(row)).Take(wanted - needed.Count).ToArray())
            needed.Add(row);
        return [.. all.Index().Where(row => needed.Contains(row.Index)).Select(row => row.Item)];
    }

    private static List<(string File, string Label)> SampleOf(List<(string File, string Label)> all)
    {
        var (names, rows) = (new HashSet<string>(StringComparer.Ordinal), new List<(string, string)>());
        foreach (var row in all)
        {
            names.Add(row.Label);
            rows.Add(row);
            if (names.Count == SampleNames)
                break;
        }
        return rows;
    }

    private static RowOrder Order(List<(string File, string Label)> rows) =>
        new([.. rows.Select(row => row.File)], [.. rows.Select(row => row.Label)]);

    /// <summary>The name of each row of the students' arrays.</summary>
    private static IEnumerable<string> Names()
    {
        using var reader = new StreamReader(typeof(StudentRows).Assembly.GetManifestResourceStream("student-rows.txt")!);
        while (reader.ReadLine() is { } name)
            if (name.Length > 0)
                yield return name;
    }
}
