namespace Sosia.Faces.Points;

/// <summary>The places at which a detector looks for faces: one each <paramref name="Stride"/> pixels, row by row.</summary>
/// <param name="Stride">Pixels between two places.</param>
/// <param name="Columns">Places in a row.</param>
/// <param name="Rows">Rows of places.</param>
internal readonly record struct StrideGrid(int Stride, int Columns, int Rows)
{
    /// <summary>Number of places.</summary>
    public int Places => Columns * Rows;

    /// <summary>The grid of one stride over a picture whose sides are multiples of the largest stride.</summary>
    public static StrideGrid Over(int width, int height, int stride) => new(stride, width / stride, height / stride);
}
