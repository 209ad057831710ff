namespace Sosia.Training.Data;

/// <summary>A batch, ready to learn.</summary>
/// <param name="Step">Its place in the epoch, from 0.</param>
/// <param name="Pixels">Images × side × side × 3 bytes.</param>
/// <param name="Labels">Class number of each.</param>
internal sealed record Batch(int Step, byte[] Pixels, int[] Labels);

/// <summary>Reads an epoch's batches in their shuffled order, one ahead of the training.</summary>
internal sealed class BatchReader(TrainingSet set, TrainingOptions options)
{
    /// <summary>Steps an epoch; the last one may be smaller.</summary>
    public int Steps => StepsOver(set.Split.Learned.Count);

    /// <param name="epoch">From 0. Its order depends on the seed and on this number alone, so that a resumed run sees the same.</param>
    /// <param name="first">The first step wanted.</param>
    public IEnumerable<Batch> Epoch(int epoch, int first)
    {
        var order = set.Split.Learned.ToArray();
        new Random(unchecked(options.Seed * 1_000_003 + epoch)).Shuffle(order);
        return Batches(order, first);
    }

    /// <summary>The images that are only checked, in their order.</summary>
    public IEnumerable<Batch> Checked() => Batches([.. set.Split.Checked], 0);

    private IEnumerable<Batch> Batches(int[] order, int first)
    {
        var steps = StepsOver(order.Length);
        Task<Batch>? next = first < steps ? Task.Run(() => Read(order, first)) : null;
        for (var step = first; step < steps; step++)
        {
            var batch = next!.GetAwaiter().GetResult();
            var following = step + 1;
            next = following < steps ? Task.Run(() => Read(order, following)) : null;
            yield return batch;
        }
    }

    private int StepsOver(int images) => (images + options.BatchSize - 1) / options.BatchSize;

    private Batch Read(int[] order, int step)
    {
        var rows = order.AsSpan(step * options.BatchSize, Math.Min(options.BatchSize, order.Length - step * options.BatchSize));
        var pixels = new byte[rows.Length * set.ImageBytes];
        var labels = new int[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            set.Read(rows[i], pixels.AsSpan(i * set.ImageBytes, set.ImageBytes));
            labels[i] = set.Labels[rows[i]];
        }
        return new Batch(step, pixels, labels);
    }
}
