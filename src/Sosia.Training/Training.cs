using System.Text;
using Sosia.Models;
using Sosia.Training.Data;
using Sosia.Training.Files;
using Sosia.Training.Kernels;
using Sosia.Training.Network;
using Sosia.Training.Run;
using Sosia.Vectors.Files;
using TorchSharp;

namespace Sosia.Training;

/// <summary>A run from the first image to the ONNX file: read it from top to bottom.</summary>
internal static class Training
{
    private const long DiskMargin = 64L << 20; // for the record, the plot and the network

    /// <param name="run">Where.</param>
    /// <param name="change">Makes the training's options: given the checkpoint's when resuming, else the defaults.</param>
    /// <param name="clock">For speeds and checkpoints.</param>
    /// <param name="cancellation">Ends after the step in flight, with a checkpoint.</param>
    /// <exception cref="UsageException">Something about the input, the settings or the machine, in one sentence.</exception>
    /// <exception cref="DamagedException">The checkpoint.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the checkpoint is written.</exception>
    public static History Run(
        RunOptions run,
        Func<TrainingOptions, TrainingOptions> change,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        run.Check();
        Libtorch.Load(run.Device, run.Threads);
        Directory.CreateDirectory(run.Out);
        using var alone = RunLock.Take(run.Out);
        var last = run.Resume ? Checkpoint.ReadHeader(run.Checkpoint) : null;
        var options = Agreed(change(last?.Options ?? new TrainingOptions()), last, run);

        // The images, the network, and where they were left.
        var set = TrainingSet.Open(run.Images, run.Order ?? last?.Order, options, cancellation);
        var header = new CheckpointHeader(
            options,
            run.Order ?? last?.Order,
            set.Fingerprint(),
            set.Classes,
            run.Threads,
            last?.Epoch ?? 0,
            last?.Step ?? 0,
            last?.History ?? new History()
        );
        CheckSame(header, last, run);
        var reader = new BatchReader(set, options);
        var progress = new Progress(options, reader.Steps, clock);
        Begin(header, set, run, progress);
        using var parameters = new Parameters(options, set.Classes.Count, new torch.Device(run.Device));
        if (last is not null)
            Checkpoint.ReadWeights(run.Checkpoint, parameters);
        using ITrainingStep step =
            run.Device == DeviceType.CPU
                ? new TiledStep(options, parameters, run.Threads)
                : new AutogradStep(options, parameters, new torch.Device(run.Device));

        var history = header.History;
        var saved = clock.GetTimestamp();
        for (var epoch = header.Epoch; epoch < options.Epochs; epoch++)
        {
            var began = clock.GetTimestamp();
            foreach (var batch in reader.Epoch(epoch, epoch == header.Epoch ? header.Step : 0))
            {
                var result = step.Run(batch.Pixels, batch.Labels, AdamRate.At(options.LearningRate, history.Steps + 1));
                history.Add(epoch, batch.Step, result, clock.GetElapsedTime(began).TotalSeconds);
                began = clock.GetTimestamp();
                if (!double.IsFinite(result.Loss))
                    throw new UsageException(
                        $"The loss is no number any more in epoch {epoch + 1}, step {batch.Step + 1}; start again with a smaller --rate "
                            + $"than {options.LearningRate}."
                    );
                progress.Step(history);
                var end = batch.Step + 1 == reader.Steps;
                if (end && set.Split.Checked.Count > 0)
                    progress.Say(history.AddCheck(epoch, [.. reader.Checked().Select(other => step.Check(other.Pixels, other.Labels))]));
                if (!end && !cancellation.IsCancellationRequested && clock.GetElapsedTime(saved) < run.CheckpointEvery)
                    continue;
                Save(
                    end ? header with { Epoch = epoch + 1, Step = 0 } : header with { Epoch = epoch, Step = batch.Step + 1 },
                    parameters,
                    run
                );
                saved = began = clock.GetTimestamp();
                cancellation.ThrowIfCancellationRequested();
            }
        }

        Artefacts(header, set, parameters, run);
        return history;
    }

    private static void Save(CheckpointHeader header, Parameters parameters, RunOptions run)
    {
        Write(
            "The checkpoint",
            "the one before it is kept",
            run,
            () =>
            {
                Checkpoint.Write(run.Checkpoint, header, parameters);
                header.History.WriteCsv(Path.Combine(run.Out, "run.csv"));
            }
        );
    }

    private static void Artefacts(CheckpointHeader header, TrainingSet set, Parameters parameters, RunOptions run)
    {
        var classes = string.Concat(header.Classes.Select(name => name + "\n"));
        Write(
            "The result",
            "all that was learnt is in the checkpoint",
            run,
            () =>
            {
                header.History.WriteCsv(Path.Combine(run.Out, "run.csv"));
                RunPlot.Write(header.History, Path.Combine(run.Out, "run.png"));
                BaselineOnnx.Write(header.Options, parameters, Path.Combine(run.Out, "baseline.onnx"));
                DerivedFile.Write(Path.Combine(run.Out, "classes.txt"), stream => stream.Write(Encoding.UTF8.GetBytes(classes)));
                if (set.Split.Checked.Count > 0)
                    WriteChecked(set, run);
                WholeNetwork.Write(header.Options, parameters, header.Classes, run.Out);
            }
        );
    }

    /// <summary>Names the images that were not learned: whoever asks the network about people should ask about these.</summary>
    private static void WriteChecked(TrainingSet set, RunOptions run)
    {
        var files = string.Concat(set.Split.Checked.Select(row => Path.GetRelativePath(run.Images, set.File(row)) + "\n"));
        DerivedFile.Write(Path.Combine(run.Out, "validation.txt"), stream => stream.Write(Encoding.UTF8.GetBytes(files)));
    }

    private static void Write(string what, string kept, RunOptions run, Action write)
    {
        try
        {
            write();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ModelException)
        {
            throw new UsageException(
                $"{what} can't be written ({refused.Message.Split(" : ")[0]}), and {kept}; make room in {run.Out} and go on with --resume.",
                refused
            );
        }
    }

    private static TrainingOptions Agreed(TrainingOptions options, CheckpointHeader? last, RunOptions run)
    {
        options.Check();
        if (last?.Options.DifferenceTo(options) is { } difference)
            throw new UsageException(
                $"The checkpoint {run.Checkpoint} was made with {difference}; leave that setting out to go on with the checkpoint's."
            );
        return options;
    }

    private static void CheckSame(CheckpointHeader now, CheckpointHeader? last, RunOptions run)
    {
        if (last is null || last.Data == now.Data)
            return;
        throw new UsageException(
            $"The checkpoint {run.Checkpoint} was made with {last.Classes.Count} people, and {run.Images} gives other images or labels "
                + $"({now.Classes.Count} people); give the same folder and --order."
        );
    }

    /// <summary>Says what is to be done, and refuses what the disk can't hold.</summary>
    private static void Begin(CheckpointHeader header, TrainingSet set, RunOptions run, Progress progress)
    {
        var bytes = Checkpoint.Bytes(header.Options, set.Classes.Count);
        var network = WholeNetwork.Bytes(header.Options, set.Classes.Count);
        var free = new DriveInfo(Path.GetFullPath(run.Out)).AvailableFreeSpace;
        progress.Say(
            $"{set.Count:N0} images of {set.Classes.Count:N0} people; a checkpoint takes {bytes / 1e9:F1} GB and the whole network "
                + $"{network / 1e9:F1} GB of the {free / 1e9:F1} GB that are free in {run.Out}."
        );
        if (set.Fitted > 0)
            progress.Say(
                $"{set.Fitted:N0} of them are not {header.Options.Side}×{header.Options.Side} and are fitted: the middle square, scaled."
            );
        if (set.Split.Checked.Count > 0)
            progress.Say(
                $"{set.Split.Checked.Count:N0} of them are not learned, but asked about after each epoch.{KeptWhole(set.Split.KeptWhole)}"
            );
        if (header.History.Steps > 0)
            progress.Say(
                $"Going on from epoch {header.Epoch + 1}, step "
                    + $"{header.Step + 1}.{(run.Device == DeviceType.CPU ? "" : " On a graphics card last bits may differ.")}"
            );
        if (free < bytes + network + DiskMargin)
            throw new UsageException(
                $"A checkpoint takes {bytes / 1e9:F1} GB beside the one before it, the whole network {network / 1e9:F1} GB, and "
                    + $"{run.Out} has {free / 1e9:F1} GB free; make room or take another --out."
            );
    }

    private static string KeptWhole(int people) =>
        people switch
        {
            0 => "",
            1 => " One person would have no image left to learn from, so all of theirs are learned.",
            _ => $" {people:N0} people would have no image left to learn from, so all of theirs are learned.",
        };
}
