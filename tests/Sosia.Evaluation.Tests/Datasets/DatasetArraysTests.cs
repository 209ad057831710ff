using NetVips;
using Sosia.Evaluation.Datasets;
using Sosia.Evaluation.Lfw;
using Sosia.Photos;
using Sosia.Vectors.Files;

namespace Sosia.Evaluation.Tests.Datasets;

public sealed class DatasetArraysTests : IDisposable
{
    private const int PictureBytes = 250 * 250 * 3;
    private readonly string _directory = Directory.CreateTempSubdirectory("sosia-arrays-").FullName;

    private string People => Path.Combine(_directory, "people");

    private string Out => Path.Combine(_directory, "arrays");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Pictures_names_and_numbers_stand_row_by_row()
    {
        Put("Zoë", 1, 250, 250, 10);
        Put("Ann", 1, 250, 250, 20);
        Put("Ann", 2, 250, 250, 30);
        Assert.Equal(0, Write(null));
        var pictures = NpyFile.Read<byte>(Path.Combine(Out, DatasetArrays.Pictures), out var header);
        Assert.Equal([3L, 250L, 250L, 3L], header.Shape);
        Assert.Equal([20, 30, 10], Enumerable.Range(0, 3).Select(row => (int)pictures[row * PictureBytes]));
        Assert.Equal([20, 21, 22], pictures[..3].Select(b => (int)b)); // red, green, blue
        Assert.Equal([0L, 0L, 1L], NpyFile.Read<long>(Path.Combine(Out, DatasetArrays.Numbers), out header));
        Assert.Equal([3L], header.Shape);
        Assert.Equal(["Ann", "Ann", "Zoë"], Names());
        Assert.Equal(
            ["arrays.json", "endlables.npy", "imgs.npy", "labellistarr.npy"],
            Directory.EnumerateFiles(Out).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void A_label_file_gives_the_order_and_labels_end_it_at_the_last_new_name()
    {
        Put("Ann", 1, 250, 250, 20);
        Put("Ann", 2, 250, 250, 30);
        Put("Bo", 1, 250, 250, 40);
        var order = Path.Combine(_directory, "labels.txt");
        File.WriteAllLines(order, ["Bo", "Ann", "Ann"]);
        Write(order);
        Assert.Equal([40, 20, 30], Firsts());
        Write(order, labels: 2); // anew, in place of the other
        Assert.Equal([40, 20], Firsts());
        Assert.Equal(["Bo", "Ann"], Names());
        Assert.Equal([1L, 0L], NpyFile.Read<long>(Path.Combine(Out, DatasetArrays.Numbers), out _));
    }

    [Fact]
    public void Pictures_of_other_sizes_are_fitted_and_counted()
    {
        Put("Ann", 1, 500, 250, 20);
        Put("Ann", 2, 100, 130, 30);
        Put("Bo", 1, 250, 250, 40);
        Assert.Equal(2, Write(null));
        Assert.Equal([20, 30, 40], Firsts());
    }

    [Fact, Slow]
    public void An_interrupted_run_leaves_nothing_under_the_final_names_and_the_next_goes_on()
    {
        for (var i = 1; i <= 150; i++)
            Put("Ann", i, 250, 250, i);
        using var cancellation = new CancellationTokenSource();
        var seen = new List<int>();
        Assert.Throws<OperationCanceledException>(() =>
            DatasetArrays.Write(
                Rows(),
                Out,
                new Each(progress =>
                {
                    seen.Add(progress.Rows);
                    cancellation.Cancel();
                }),
                cancellation.Token
            )
        );
        Assert.Equal(
            ["imgs.npy.part", "imgs.npy.plan"],
            Directory.EnumerateFiles(Out).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)
        );
        seen.Clear();
        DatasetArrays.Write(Rows(), Out, new Each(progress => seen.Add(progress.Rows)), TestContext.Current.CancellationToken);
        Assert.Equal([64, 128, 150], seen); // the last block before the end may not have reached the disk, so it is made again
        Assert.Equal(Enumerable.Range(1, 150), Firsts());
    }

    [Fact]
    public void A_picture_that_can_not_be_read_ends_it_by_name()
    {
        Put("Ann", 1, 250, 250, 20);
        File.WriteAllText(Path.Combine(People, "Ann", "Ann_0002.png"), "no picture");
        var error = Assert.Throws<AggregateException>(() => Write(null)).InnerException;
        Assert.Contains("Ann_0002.png", Assert.IsType<UnreadablePhotoException>(error).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Out, DatasetArrays.Pictures)));
    }

    [Theory]
    [InlineData("Cy", "line 1 names 'Cy', and there is no such folder")]
    [InlineData("Ann\nAnn", "line 2 is row 2 of 'Ann', and the folder has 1 images")]
    [InlineData("", "names nobody")]
    public void A_label_file_that_does_not_fit_the_folder_is_told(string names, string sentence)
    {
        Put("Ann", 1, 250, 250, 20);
        var order = Path.Combine(_directory, "labels.txt");
        File.WriteAllText(order, names);
        Assert.Contains(sentence, Assert.Throws<ArgumentException>(() => Write(order)).Message, StringComparison.Ordinal);
        Assert.Contains("can't be read", Assert.Throws<ArgumentException>(() => Write(order + "x")).Message, StringComparison.Ordinal);
        Assert.Contains(
            "--labels 2 asks for more people than the 1",
            Assert.Throws<ArgumentException>(() => Write(null, labels: 2)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains("1 or more", Assert.Throws<ArgumentException>(() => Write(null, labels: 0)).Message, StringComparison.Ordinal);
    }

    private sealed class Each(Action<Sosia.Evaluation.Rows.RowProgress> tell) : IProgress<Sosia.Evaluation.Rows.RowProgress>
    {
        public void Report(Sosia.Evaluation.Rows.RowProgress value) => tell(value);
    }

    private RowOrder Rows(string? order = null, int? labels = null) => RowOrder.Of(LabelledFolder.Read(People), order, labels);

    private int Write(string? order, int? labels = null) =>
        DatasetArrays.Write(Rows(order, labels), Out, cancellation: TestContext.Current.CancellationToken);

    private int[] Firsts()
    {
        var pictures = NpyFile.Read<byte>(Path.Combine(Out, DatasetArrays.Pictures), out var header);
        return [.. Enumerable.Range(0, (int)header.Shape[0]).Select(row => (int)pictures[row * PictureBytes])];
    }

    private string[] Names()
    {
        var file = Path.Combine(Out, DatasetArrays.Names);
        var header = NpyHeader.Read(file);
        Assert.Equal(NpyType.Text, header.Type);
        var bytes = File.ReadAllBytes(file);
        return
        [
            .. Enumerable
                .Range(0, (int)header.Shape[0])
                .Select(row =>
                    System
                        .Text.Encoding.UTF32.GetString(bytes, (int)header.DataOffset + row * header.ValueBytes, header.ValueBytes)
                        .TrimEnd('\0')
                ),
        ];
    }

    /// <summary>A picture of one colour: red, green and blue one apart.</summary>
    private void Put(string person, int number, int width, int height, int red)
    {
        Directory.CreateDirectory(Path.Combine(People, person));
        using var plain = (Image.Black(width, height, 3) + new double[] { red, red + 1, red + 2 }).Cast(Enums.BandFormat.Uchar);
        using var coloured = plain.Copy(interpretation: Enums.Interpretation.Srgb);
        coloured.Pngsave(Path.Combine(People, person, $"{person}_{number:0000}.png"));
    }
}
