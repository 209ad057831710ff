using Sosia.Vectors.Files;

namespace Sosia.Evaluation.Experiments.Products;

/// <summary>Features of images, a row each, read a piece at a time. Safe for many callers.</summary>
internal interface IFeatureRows
{
    int Count { get; }

    int Dimensions { get; }

    /// <summary>Values of a row from one on, as many as the span is long.</summary>
    void Read(int row, int first, Span<float> into);
}

/// <summary>Rows of a mapped file.</summary>
internal sealed class FileRows(NpyRows file) : IFeatureRows
{
    public int Count => file.Count;

    public int Dimensions => file.Dimensions;

    public void Read(int row, int first, Span<float> into) => file.Read(row, first, into);
}

/// <summary>Rows in memory.</summary>
internal sealed class MemoryRows(float[] values, int dimensions) : IFeatureRows
{
    public int Count => values.Length / dimensions;

    public int Dimensions => dimensions;

    public void Read(int row, int first, Span<float> into) => values.AsSpan(row * dimensions + first, into.Length).CopyTo(into);
}
