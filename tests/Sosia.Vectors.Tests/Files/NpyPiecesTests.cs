using Sosia.Vectors.Files;

namespace Sosia.Vectors.Tests.Files;

public sealed class NpyPiecesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sosia-pieces-").FullName;

    private string Matrix => Path.Combine(_directory, "matrix.npy");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Pieces_in_any_order_by_two_programs_make_a_matrix()
    {
        using (var first = NpyPieces.Resume(Matrix, 2, 3))
        {
            first.Write(1, 1, [5, 6]);
            first.Flush();
        }
        Assert.False(File.Exists(Matrix));
        using (var second = NpyPieces.Resume(Matrix, 2, 3))
        {
            second.Write(0, 0, [1, 2, 3]);
            second.Complete();
        }
        Assert.Equal([1, 2, 3, 0, 5, 6], NpyFile.Read<float>(Matrix, out var header));
        Assert.Equal([2, 3], header.Shape.Select(side => (int)side));
        Assert.Equal([Matrix], Directory.GetFiles(_directory));
    }

    [Fact]
    public void A_piece_that_does_not_fit_is_refused()
    {
        using var pieces = NpyPieces.Resume(Matrix, 2, 3);
        Assert.Throws<ArgumentOutOfRangeException>(() => pieces.Write(2, 0, [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => pieces.Write(0, 2, [1, 2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => pieces.Write(0, -1, [1]));
    }

    [Fact]
    public void Part_of_a_row_is_what_the_whole_row_has_there()
    {
        Half[] values = [.. Enumerable.Range(0, 100).Select(i => (Half)(i * 0.5f))];
        NpyFile.Write<Half>(Matrix, values, 50);
        using var rows = NpyRows.Open(Matrix);
        var part = new float[37];
        rows.Read(1, 13, part);
        Assert.Equal(rows.Row(1)[13..].ToArray(), part);
        Assert.Throws<ArgumentOutOfRangeException>(() => rows.Read(1, 14, part));
        Assert.Throws<ArgumentOutOfRangeException>(() => rows.Read(2, 0, part));
    }
}
