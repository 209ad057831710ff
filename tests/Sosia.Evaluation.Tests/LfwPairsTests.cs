using Sosia.Evaluation.Lfw;
using Sosia.Evaluation.Measures;

namespace Sosia.Evaluation.Tests;

public sealed class LfwPairsTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Folds_of_pairs_are_read_against_the_images()
    {
        var rows = Some.Angles(("Anna", 0), ("Anna", 10), ("Ben", 90)); // files are numbered through: Anna_0001, Anna_0002, Ben_0003
        File.WriteAllText(_file, "2\t1\nAnna\t1\t2\nAnna\t1\tBen\t3\nAnna\t2\t1\nBen\t3\tAnna\t2\n");
        var folds = LfwPairs.Read(_file, rows);
        Assert.Equal([new Pair(0, 1, true), new Pair(0, 2, false)], folds[0]);
        Assert.Equal([new Pair(1, 0, true), new Pair(2, 1, false)], folds[1]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("1\t2\nAnna\t1\t2\n")] // too few lines
    [InlineData("1\t1\nAnna\t1\t2\nAnna\t1\tBen\t9\n")] // no such image
    [InlineData("1\t1\nAnna\t1\t2\nAnna\n")]
    [InlineData("999999999\t999999999\n")]
    public void What_is_no_list_of_pairs_of_these_images_is_refused_in_a_sentence(string text)
    {
        File.WriteAllText(_file, text);
        Assert.NotEmpty(
            Assert.Throws<ArgumentException>(() => LfwPairs.Read(_file, Some.Angles(("Anna", 0), ("Anna", 10), ("Ben", 90)))).Message
        );
    }
}
