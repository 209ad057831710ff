using TorchSharp;

namespace Sosia.Training;

/// <summary>Where a run happens; none of it decides the weights, but for last bits.</summary>
internal sealed record RunOptions
{
    /// <summary>A folder for each person.</summary>
    public required string Images { get; init; }

    /// <summary>Directory for checkpoint, record, plot and network.</summary>
    public required string Out { get; init; }

    /// <summary>A label a line: the order of the rows; null goes by path.</summary>
    public string? Order { get; init; }

    /// <summary>Whether to go on from the checkpoint in <see cref="Out"/>.</summary>
    public bool Resume { get; init; }

    /// <summary>Threads of the processor. The same number gives the same bits.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Time between checkpoints within an epoch.</summary>
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Processor or graphics card.</summary>
    public DeviceType Device { get; init; } = DeviceType.CPU;

    /// <summary>The checkpoint.</summary>
    public string Checkpoint => Path.Combine(Out, "checkpoint.bin");

    /// <exception cref="UsageException">A setting that makes no sense, in one sentence.</exception>
    public void Check()
    {
        if (Threads is < 1 or > 1024)
            throw new UsageException($"--threads is from 1 to 1,024, got {Threads}.");
        if (CheckpointEvery <= TimeSpan.Zero)
            throw new UsageException($"--checkpoint-minutes is more than 0, got {CheckpointEvery.TotalMinutes}.");
        if (!Resume && File.Exists(Checkpoint))
            throw new UsageException($"There is a checkpoint {Checkpoint} already; go on with --resume, or take another --out.");
    }
}
