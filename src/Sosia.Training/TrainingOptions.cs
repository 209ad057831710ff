namespace Sosia.Training;

/// <summary>
/// What decides the weights: two runs with the same options, images and number of threads end with the same bits.
/// The defaults are the student project's. The checkpoint carries them.
/// </summary>
internal sealed record TrainingOptions
{
    /// <summary>Columns and rows of the input, in pixels.</summary>
    public int Side { get; init; } = 250;

    /// <summary>Filters of each block: a 3×3 convolution without padding, ReLU, 2×2 max-pool.</summary>
    public IReadOnlyList<int> Filters { get; init; } = [32, 64, 128];

    /// <summary>Passes over all images.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Images a step; the last step of an epoch takes what is left.</summary>
    public int BatchSize { get; init; } = 100;

    /// <summary>
    /// Images that go through the convolutions at once. Gradients add up, so it changes speed, memory and last bits, nothing else.
    /// </summary>
    public int MicroBatch { get; init; } = 25;

    /// <summary>Adam's step size.</summary>
    public float LearningRate { get; init; } = 0.001f;

    /// <summary>For the first weights and the order of the images.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Only the rows up to this many different labels; null takes all.</summary>
    public int? Labels { get; init; }

    /// <summary>Share of every person's images that is not learned, but asked about after each epoch; 0 for none.</summary>
    public double Validation { get; init; }

    /// <summary>
    /// Floating-point operations of a step over a whole batch: every product once forward, and once for each of the two gradients; the
    /// image has none.
    /// </summary>
    public double Operations(int classes) =>
        BatchSize * (3 * (Blocks().Sum(block => block.Operations) + 2.0 * Features * classes) - Blocks()[0].Operations);

    /// <summary>Dimensions of a block's input and output, from the image to the last map.</summary>
    public IReadOnlyList<BlockShape> Blocks()
    {
        var blocks = new List<BlockShape>();
        var (side, channels) = (Side, 3);
        foreach (var filters in Filters)
        {
            blocks.Add(new BlockShape(side, channels, filters));
            (side, channels) = (blocks[^1].PooledSide, filters);
        }
        return blocks;
    }

    /// <summary>Floats a row before the dense layer, in Keras's order: row, column, channel.</summary>
    public int Features => Blocks()[^1].PooledFloats;

    /// <exception cref="UsageException">A setting that makes no sense, in one sentence.</exception>
    public void Check()
    {
        if (Filters.Count == 0 || Filters.Any(f => f is < 16 or > 1024 || f % 16 != 0))
            throw new UsageException($"--filters are multiples of 16 from 16 to 1,024, got {string.Join(',', Filters)}.");
        if (Side is < 10 or > 4096 || Blocks()[^1].PooledSide < 1)
            throw new UsageException(
                $"--side of {Side} pixels leaves nothing after {Filters.Count} blocks; take a larger one (250 is the students')."
            );
        if (Epochs < 1 || BatchSize < 1 || MicroBatch < 1)
            throw new UsageException($"--epochs, --batch and --micro-batch are at least 1, got {Epochs}, {BatchSize} and {MicroBatch}.");
        if (!(LearningRate > 0) || !float.IsFinite(LearningRate))
            throw new UsageException($"--rate is more than 0, got {LearningRate}.");
        if (!(Validation >= 0 && Validation < 1))
            throw new UsageException(
                $"--validation is a share from 0 to less than 1, got {Validation}; 0.1 keeps a tenth of the images aside."
            );
        if (Labels < 2)
            throw new UsageException($"--labels is at least 2, got {Labels}: with one class there is nothing to tell apart.");
    }

    /// <summary>The first setting that differs, as a sentence part; null when all agree.</summary>
    public string? DifferenceTo(TrainingOptions other)
    {
        if (!Filters.SequenceEqual(other.Filters))
            return $"filters {string.Join(',', Filters)}, not {string.Join(',', other.Filters)}";
        foreach (
            var (name, mine, theirs) in new (string, object?, object?)[]
            {
                ("side", Side, other.Side),
                ("epochs", Epochs, other.Epochs),
                ("batch", BatchSize, other.BatchSize),
                ("micro-batch", MicroBatch, other.MicroBatch),
                ("rate", LearningRate, other.LearningRate),
                ("seed", Seed, other.Seed),
                ("labels", Labels, other.Labels),
                ("validation", Validation, other.Validation),
            }
        )
            if (!Equals(mine, theirs))
                return $"{name} {mine ?? "all"}, not {theirs ?? "all"}";
        return null;
    }
}

/// <summary>One block: convolution 3×3 without padding, max-pool 2×2, ReLU.</summary>
/// <param name="Side">Columns and rows that come in.</param>
/// <param name="Channels">Channels that come in.</param>
/// <param name="Filters">Channels that go out.</param>
internal readonly record struct BlockShape(int Side, int Channels, int Filters)
{
    /// <summary>Columns and rows after the convolution.</summary>
    public int ConvolvedSide => Side - 2;

    /// <summary>Columns and rows after the pool; an odd last row and column is left out.</summary>
    public int PooledSide => ConvolvedSide / 2;

    /// <summary>Floats of one image that go out.</summary>
    public int PooledFloats => PooledSide * PooledSide * Filters;

    /// <summary>Floating-point operations of the convolution for one image, forward.</summary>
    public double Operations => 2.0 * ConvolvedSide * ConvolvedSide * Filters * Channels * 9;
}
