using Sosia.Evaluation.Datasets;
using Sosia.Evaluation.Lfw;

namespace Sosia.Evaluation.Tests.Datasets;

/// <summary>Which rows the student project had, and what is said of a folder that has too few of them.</summary>
public sealed class StudentRowsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("sosia-student-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Rows_have_the_numbers_of_the_students_and_the_sample_is_theirs()
    {
        var rows = StudentRows.Of(All());
        Assert.Equal(13_233, rows.Rows.Files.Count);
        Assert.Equal(("Carmen_Electra", "Albert_Costa"), (rows.Rows.Labels[630], rows.Rows.Labels[696]));
        Assert.Equal((297, 250), (rows.Sample.Files.Count, rows.Sample.Classes.Count));
        Assert.Equal(13_233, rows.Rows.Files.Distinct().Count());
        Assert.Equal(rows.Rows.Files.Take(297), rows.Sample.Files);
    }

    [Fact]
    public void Fewer_rows_keep_the_numbers_of_those_queried_in_writing_and_all_images_of_everyone_with_six()
    {
        var rows = StudentRows.Of(All(), 2000).Rows;
        Assert.Equal(2000, rows.Files.Count);
        Assert.Equal(StudentRows.Of(All()).Rows.Files.Take(697), rows.Files.Take(697));
        var six = LfwNames.Images.Where(person => person.Value == 6).Select(person => person.Key).ToArray();
        Assert.Equal(55, six.Length);
        Assert.All(six, person => Assert.Equal(6, rows.Labels.Count(label => label == person)));
        Assert.All(StudentRows.QueriedPeople, person => Assert.Contains(person, rows.Labels));
    }

    [Fact]
    public void Images_that_a_copy_lacks_are_left_out()
    {
        var all = All();
        var without = all.Files.Where(file => !file.EndsWith("Albert_Costa_0001.jpg", StringComparison.Ordinal)).ToArray();
        var rows = StudentRows.Of(new LabelledFolder(_root, without, [.. without.Select(Person)])).Rows;
        Assert.Equal(13_232, rows.Files.Count);
        Assert.Equal(5, rows.Labels.Count(label => label == "Albert_Costa"));
    }

    [Fact]
    public void A_folder_that_is_no_copy_of_LFW_is_told() =>
        Refused("is no copy of Labeled Faces in the Wild", new LabelledFolder(_root, [Path.Combine(_root, "Mum", "holiday.jpg")], ["Mum"]));

    [Fact]
    public void Fewer_than_20_people_with_six_images_are_told()
    {
        var six = LfwNames.Images.Where(person => person.Value == 6).Select(person => person.Key).Take(19).ToHashSet();
        var files = All().Files.Where(file => six.Contains(Person(file)) || LfwNames.Images[Person(file)] == 1).ToArray();
        Refused(
            "has too few people with exactly six images: 19, and the students' protocol asks about at least 20",
            new LabelledFolder(_root, files, [.. files.Select(Person)])
        );
    }

    [Fact]
    public void Fewer_rows_than_are_needed_are_told() => Refused("--images 500 is too few", All(), 500);

    private static void Refused(string sentence, LabelledFolder folder, int? most = null)
    {
        var error = Assert.Throws<ArgumentException>(() => StudentRows.Of(folder, most));
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    /// <summary>The names of a complete copy; no image is read.</summary>
    private LabelledFolder All()
    {
        string[] places = [.. LfwNames.Places()];
        return new LabelledFolder(
            _root,
            [.. places.Select(place => Path.Combine(_root, place))],
            [.. places.Select(place => place[..place.IndexOf('/', StringComparison.Ordinal)])]
        );
    }

    private static string Person(string file) => Path.GetFileName(Path.GetDirectoryName(file))!;
}
