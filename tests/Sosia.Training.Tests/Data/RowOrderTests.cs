using Sosia.Evaluation.Datasets;
using Sosia.Evaluation.Lfw;

namespace Sosia.Training.Tests.Data;

public class RowOrderTests
{
    [Fact]
    public void The_students_sample_has_297_rows_of_250_people()
    {
        var (lfw, labels) = Needs.Lfw();
        var rows = RowOrder.Of(LabelledFolder.Read(lfw), labels, 250);
        Assert.Equal(297, rows.Files.Count);
        Assert.Equal(250, rows.Labels.Distinct().Count());
        Assert.Equal("Tom_Amstutz", rows.Labels[0]);
        Assert.Equal(297, rows.Files.Distinct().Count());
    }

    [Fact]
    public void The_nth_row_of_a_name_takes_that_persons_nth_image()
    {
        using var directory = new TemporaryDirectory();
        Some.People(directory["people"], 8, ("Ann", 2), ("Bob", 1));
        File.WriteAllText(directory["labels.txt"], "Ann\nBob\nAnn\n");
        var rows = RowOrder.Of(LabelledFolder.Read(directory["people"]), directory["labels.txt"], null);
        Assert.Equal(["Ann_0001.png", "Bob_0001.png", "Ann_0002.png"], rows.Files.Select(Path.GetFileName));
    }
}
