using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Sosia.Models;
using Sosia.Training.Network;
using Sosia.Training.Run;
using TorchSharp;

namespace Sosia.Training;

/// <summary>The program: its commands, and what an error becomes. Exit codes are those of <c>sosia</c>.</summary>
internal static class CommandLine
{
    private const int Done = 0,
        Error = 2,
        Locked = 11,
        Damaged = 12,
        Cancelled = 130;

    private static readonly Argument<string> Images = new("DIR") { Description = "A folder with a folder of images for each person" };
    private static readonly Option<string> Out = new("--out")
    {
        Description = "Directory for checkpoint, record, plot and network",
        HelpName = "DIR",
        DefaultValueFactory = _ => "baseline-run",
    };
    private static readonly Option<bool> Resume = new("--resume") { Description = "Go on from the checkpoint in --out" };
    private static readonly Option<string?> Order = new("--order")
    {
        Description = "File with a name a line: the rows in this order (default: by path)",
        HelpName = "FILE",
    };
    private static readonly Option<int?> Labels = new("--labels")
    {
        Description = "Only the rows up to the N-th different name",
        HelpName = "N",
    };
    private static readonly Option<string?> Filters = new("--filters")
    {
        Description = "Filters of each block (default: 32,64,128)",
        HelpName = "N,N,N",
    };
    private static readonly Option<int?> Epochs = new("--epochs") { Description = "Passes over all images (default: 10)", HelpName = "N" };
    private static readonly Option<int?> BatchSize = new("--batch") { Description = "Images a step (default: 100)", HelpName = "N" };
    private static readonly Option<int?> MicroBatch = new("--micro-batch")
    {
        Description = "Images through the convolutions at once (default: 25)",
        HelpName = "N",
    };
    private static readonly Option<int?> Side = new("--side")
    {
        Description = "Columns and rows of the input (default: 250)",
        HelpName = "PIXELS",
    };
    private static readonly Option<float?> Rate = new("--rate") { Description = "Adam's step size (default: 0.001)", HelpName = "X" };
    private static readonly Option<int?> Seed = new("--seed") { Description = "For first weights and order (default: 1)", HelpName = "N" };
    private static readonly Option<double?> Validation = new("--validation")
    {
        Description = "Share of every person's images that is not learned, but asked about after each epoch (default: 0)",
        HelpName = "SHARE",
    };
    private static readonly Option<int> Threads = new("--threads")
    {
        Description = "Threads (default: all cores); the same number gives the same bits",
        HelpName = "N",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };
    private static readonly Option<double> Minutes = new("--checkpoint-minutes")
    {
        Description = "Time between checkpoints within an epoch",
        HelpName = "N",
        DefaultValueFactory = _ => 30,
    };
    private static readonly Option<DeviceKind> Device = new("--device")
    {
        Description = "Processor or graphics card",
        HelpName = "cpu|cuda",
    };
    private static readonly Option<bool> AsJson = new("--json") { Description = "Machine-readable result" };
    private static readonly Option<int> Classes = new("--classes")
    {
        Description = "Classes of the network",
        HelpName = "N",
        DefaultValueFactory = _ => 250,
    };
    private static readonly Option<int> Steps = new("--steps")
    {
        Description = "Steps to measure",
        HelpName = "N",
        DefaultValueFactory = _ => 3,
    };

    private enum DeviceKind
    {
        Cpu,
        Cuda,
    }

    public static int Run(string[] args)
    {
        using var cancellation = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask);
        var parsed = Root(cancellation.Token).Parse(args);
        try
        {
            var code = parsed.Invoke(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }
            );
            return parsed.Errors.Count > 0 ? Error : code;
        }
        catch (Exception error) when (Environment.GetEnvironmentVariable("SOSIA_DEBUG") != "1")
        {
            return Report(error);
        }

        void Ask(PosixSignalContext context)
        {
            if (cancellation.IsCancellationRequested)
                return; // the second one ends at once
            context.Cancel = true;
            cancellation.Cancel();
        }
    }

    private static RootCommand Root(CancellationToken cancellation)
    {
        var baseline = new Command(
            "baseline",
            "Train the student project's network on a folder of people, and write it whole, and its convolutions as baseline.onnx"
        )
        {
            Images,
            Out,
            Resume,
            Order,
            Labels,
            Filters,
            Epochs,
            BatchSize,
            MicroBatch,
            Side,
            Rate,
            Seed,
            Validation,
            Threads,
            Minutes,
            Device,
            AsJson,
        };
        baseline.SetAction(parsed => Train(parsed, cancellation));
        var speed = new Command("speed", "Measure training steps on made-up images against a matrix product")
        {
            Classes,
            Steps,
            Threads,
            AsJson,
        };
        speed.SetAction(Measure);
        return new RootCommand("sosia-train trains networks for Sosia.") { baseline, speed };
    }

    private static int Train(ParseResult parsed, CancellationToken cancellation)
    {
        var run = new RunOptions
        {
            Images = parsed.GetValue(Images)!,
            Out = Path.GetFullPath(parsed.GetValue(Out)!),
            Order = parsed.GetValue(Order) is { } order ? Path.GetFullPath(order) : null,
            Resume = parsed.GetValue(Resume),
            Threads = parsed.GetValue(Threads),
            CheckpointEvery = TimeSpan.FromMinutes(parsed.GetValue(Minutes)),
            Device = parsed.GetValue(Device) == DeviceKind.Cuda ? DeviceType.CUDA : DeviceType.CPU,
        };
        var history = Training.Run(
            run,
            options =>
                options with
                {
                    Labels = parsed.GetValue(Labels) ?? options.Labels,
                    Epochs = parsed.GetValue(Epochs) ?? options.Epochs,
                    BatchSize = parsed.GetValue(BatchSize) ?? options.BatchSize,
                    MicroBatch = parsed.GetValue(MicroBatch) ?? options.MicroBatch,
                    Side = parsed.GetValue(Side) ?? options.Side,
                    LearningRate = parsed.GetValue(Rate) ?? options.LearningRate,
                    Seed = parsed.GetValue(Seed) ?? options.Seed,
                    Validation = parsed.GetValue(Validation) ?? options.Validation,
                    Filters = parsed.GetValue(Filters) is { } filters ? Numbers(filters) : options.Filters,
                },
            TimeProvider.System,
            cancellation
        );

        Report(history, run, parsed.GetValue(AsJson));
        return Done;
    }

    private static void Report(History history, RunOptions run, bool json)
    {
        var (last, check) = (history.Moments[^1], history.Checks.LastOrDefault());
        using var process = Process.GetCurrentProcess();
        var result = new
        {
            epochs = last.Epoch,
            steps = history.Steps,
            loss = last.Loss,
            accuracy = last.Accuracy,
            validationImages = check?.Images ?? 0,
            validationLoss = check?.Loss,
            validationAccuracy = check?.Accuracy,
            seconds = history.Moments.Sum(m => m.Seconds),
            imagesPerSecond = history.ImagesPerSecond(int.MaxValue),
            peakMemoryMb = process.PeakWorkingSet64 / 1e6,
            @out = run.Out,
        };
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(result));
            return;
        }
        var other = check is null
            ? ""
            : string.Create(
                CultureInfo.InvariantCulture,
                $", accuracy on {check.Images:N0} other photos of the same people {check.Accuracy:P2},"
            );
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Loss {result.loss:F4}, training accuracy {result.accuracy:P2}{other} after {result.epochs} epochs in "
                    + $"{result.seconds:F0} s ({result.imagesPerSecond:F1} images/s, {result.peakMemoryMb:F0} MB at most)."
            )
        );
        Console.WriteLine(
            $"{run.Out} holds baseline.onnx, the whole network (network.onnx, .data, .json; see `sosia classify`), classes.txt, run.csv "
                + "and run.png; checkpoint.bin is no longer needed."
        );
    }

    private static int Measure(ParseResult parsed)
    {
        Libtorch.Load(DeviceType.CPU, parsed.GetValue(Threads));
        var speed = SpeedMeter.Measure(new TrainingOptions(), parsed.GetValue(Classes), (parsed.GetValue(Steps), parsed.GetValue(Threads)));
        Console.WriteLine(
            parsed.GetValue(AsJson)
                ? JsonSerializer.Serialize(speed, JsonSerializerOptions.Web)
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{speed.Classes:N0} classes: {speed.StepSeconds:F2} s a step, {speed.StepGflops:F0} GFLOP/s; matrix product "
                        + $"{speed.MatrixGflops:F0} GFLOP/s; ratio {speed.Ratio:F2}; {speed.PeakMemoryMb:F0} MB at most."
                )
        );
        return Done;
    }

    private static int[] Numbers(string list) =>
        [
            .. list.Split(',')
                .Select(text =>
                    int.TryParse(text, CultureInfo.InvariantCulture, out var number)
                        ? number
                        : throw new UsageException($"--filters is a list like 32,64,128, got '{list}'.")
                ),
        ];

    private static int Report(Exception error)
    {
        var (code, sentence) = error switch
        {
            OperationCanceledException => (
                Cancelled,
                "Cancelled; what was learnt is in the checkpoint, if one was written, and --resume goes on from there."
            ),
            DamagedException => (Damaged, error.Message),
            LockedException => (Locked, error.Message),
            UsageException or ModelException or ArgumentException or IOException or UnauthorizedAccessException => (Error, error.Message),
            _ => (
                Error,
                $"Something went wrong that should not ({error.GetType().Name}: {error.Message}); set SOSIA_DEBUG=1 to see where, and "
                    + "report it."
            ),
        };
        Console.Error.WriteLine(sentence);
        return code;
    }
}
