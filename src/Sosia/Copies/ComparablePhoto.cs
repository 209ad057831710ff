using System.Numerics.Tensors;

namespace Sosia.Copies;

/// <summary>A descriptor with what it is compared by, each made when it is first needed. For one thread.</summary>
internal sealed class ComparablePhoto(PhotoDescriptor descriptor)
{
    /// <summary>
    /// Below this cosine of any two of their rows, two pictures are not compared closely: of copies, one in a hundred has less.
    /// </summary>
    public const float WorthComparing = 0.6f;

    private float[][]? _questions;
    private Detail? _detail;

    private float[][] Questions => _questions ??= CoarseRow.Questions(descriptor);

    private float[] Row => Questions[0];

    private Detail Detail => _detail ??= Detail.Of(descriptor);

    /// <summary>
    /// How alike two photos are, compared closely whatever they look like from afar: <see cref="Copies.Detail.Likeness"/>.
    /// </summary>
    public float Likeness(ComparablePhoto other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Detail.Likeness(Detail, other.Detail);
    }

    /// <summary>Whether two photos look so much the same from afar that they are worth comparing closely.</summary>
    public bool LooksLike(ComparablePhoto other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return IsNear(other) || other.IsNear(this);
    }

    private bool IsNear(ComparablePhoto other) =>
        Array.Exists(Questions, question => TensorPrimitives.Dot<float>(question, other.Row) >= WorthComparing);
}
