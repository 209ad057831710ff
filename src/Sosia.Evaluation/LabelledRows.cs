namespace Sosia.Evaluation;

/// <summary>Embeddings whose owners are known: one row an image.</summary>
/// <param name="Dimensions">Floats a row.</param>
/// <param name="Rows">Count × dimensions floats of unit length; a row of zeros stands for an image without a usable face, which matches
/// nothing.</param>
/// <param name="Labels">The person of each row.</param>
/// <param name="Files">The file of each row.</param>
public sealed record LabelledRows(int Dimensions, float[] Rows, string[] Labels, string[] Files)
{
    /// <summary>Images.</summary>
    public int Count => Labels.Length;

    /// <summary>One image's embedding.</summary>
    public ReadOnlySpan<float> Row(int row) => Rows.AsSpan(row * Dimensions, Dimensions);

    /// <summary>Rows of each person, in order.</summary>
    public ILookup<string, int> People { get; } = Enumerable.Range(0, Labels.Length).ToLookup(row => Labels[row], StringComparer.Ordinal);

    /// <summary>The same images with other rows.</summary>
    public LabelledRows With(float[] rows) => new(Dimensions, rows, Labels, Files);
}
