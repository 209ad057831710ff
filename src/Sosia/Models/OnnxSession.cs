using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Sosia.Models;

/// <summary>One network, ready to run, with the inputs and outputs that its manifest entry states. One is shared by all threads.</summary>
public sealed partial class OnnxSession : IDisposable
{
    private static readonly Lock Beginning = new();

    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly ModelEntry _entry;
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly long[][] _outputShapes;

    private OnnxSession(InferenceSession session, ModelEntry entry)
    {
        (_session, _entry) = (session, entry);
        _inputNames = [entry.Input.Name];
        _outputNames = entry.Output.Scores is { } scores ? [entry.Output.Name, scores] : [entry.Output.Name];
        TakesBatches = CheckInput();
        _outputShapes = [.. _outputNames.Select(OutputShape)];
    }

    /// <summary>Loads a network and checks it against its manifest entry.</summary>
    /// <param name="graph">The bytes of an ONNX file.</param>
    /// <param name="entry">What it should be.</param>
    /// <exception cref="ModelException">It can't be run, or its names, shapes or types are not what the entry says.</exception>
    public static OnnxSession Load(byte[] graph, ModelEntry entry) => Load(options => new InferenceSession(graph, options), entry);

    /// <summary>Loads a network from its file, which the runtime reads piece by piece: half the memory of handing it the bytes.</summary>
    /// <inheritdoc cref="Load(byte[], ModelEntry)"/>
    /// <param name="path">An ONNX file without constants in other files, which the runtime would follow.</param>
    /// <param name="entry">What it should be.</param>
    internal static OnnxSession Load(string path, ModelEntry entry) => Load(options => new InferenceSession(path, options), entry);

    private static OnnxSession Load(Func<SessionOptions, InferenceSession> open, ModelEntry entry)
    {
        InferenceSession? session = null;
        try
        {
            using var options = Options();
            session = open(options);
            return new OnnxSession(session, entry);
        }
        catch (OnnxRuntimeException e)
        {
            session?.Dispose();
            throw new ModelException(ModelProblem.NotAModel, $"The model '{entry.Name}' can't be run: {FirstLine(e)}", e);
        }
        catch
        {
            session?.Dispose();
            throw;
        }
    }

    /// <summary>Whether the graph takes any number of pictures at once, or only one.</summary>
    public bool TakesBatches { get; }

    /// <summary>How many outputs are read: 2 for detectors (boxes, scores), else 1.</summary>
    public int Outputs => _outputNames.Length;

    /// <summary>Floats of one picture in the input.</summary>
    public int InputFloats => _entry.Input.Floats;

    /// <summary>Shape of an output (0: the manifest's own, 1: a detector's scores), for one picture.</summary>
    public ReadOnlySpan<long> ShapeOf(int output) => _outputShapes[output];

    /// <summary>Floats of an output (0: the manifest's own, 1: a detector's scores), for one picture.</summary>
    public int FloatsOf(int output) => checked((int)Product(_outputShapes[output]));

    /// <summary>Runs the network on the calling thread; any number of threads may do so at once.</summary>
    /// <param name="input">Batch × <see cref="InputFloats"/> floats.</param>
    /// <param name="batch">Pictures in the input.</param>
    /// <param name="output">Batch × <see cref="FloatsOf"/>(0) floats, written.</param>
    /// <param name="scores">Detectors: batch × <see cref="FloatsOf"/>(1) floats, written.</param>
    /// <param name="cancellation">Ends the run at its next node.</param>
    /// <exception cref="ArgumentException">A span has another length, or the graph takes only one picture at once.</exception>
    /// <exception cref="ModelException">The network failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; what was written means nothing.</exception>
    public void Run(
        ReadOnlySpan<float> input,
        int batch,
        Span<float> output,
        Span<float> scores = default,
        CancellationToken cancellation = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        if (!TakesBatches && batch != 1)
            throw new ArgumentException($"Expected 1 picture at once, got {batch}.", nameof(batch));
        Expect(input.Length, (long)batch * InputFloats, nameof(input));
        Expect(output.Length, (long)batch * FloatsOf(0), nameof(output));
        Expect(scores.Length, _outputNames.Length > 1 ? (long)batch * FloatsOf(1) : 0, nameof(scores));
        Run(
            new Call(
                input,
                [batch, .. InputShape(_entry.Input)],
                output,
                [batch, .. _outputShapes[0].AsSpan(1)],
                scores,
                _outputNames.Length > 1 ? [batch, .. _outputShapes[1].AsSpan(1)] : []
            ),
            cancellation
        );
    }

    /// <summary>Runs a network that takes pictures of any size (<see cref="Onnx.AnySizeRewrite"/>).</summary>
    /// <param name="input">Batch × channels × height × width floats.</param>
    /// <param name="size">The batch, and the rows and columns of each picture.</param>
    /// <param name="output">Batch × n × the last side of output 0, written.</param>
    /// <param name="scores">Batch × n × the last side of output 1, written.</param>
    /// <param name="cancellation">Ends the run at its next node.</param>
    /// <exception cref="ModelException">The network failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; what was written means nothing.</exception>
    internal void Run(
        ReadOnlySpan<float> input,
        (int Batch, int Height, int Width) size,
        Span<float> output,
        Span<float> scores,
        CancellationToken cancellation
    )
    {
        long[] shape = [size.Batch, _entry.Input.ChannelCount, size.Height, size.Width];
        Expect(input.Length, Product(shape), nameof(input));
        Run(new Call(input, shape, output, Any(0, output), scores, Any(1, scores)), cancellation);

        long[] Any(int index, Span<float> into) =>
            [size.Batch, into.Length / size.Batch / _outputShapes[index][^1], _outputShapes[index][^1]];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _run.Dispose();
    }

    private void Run(Call call, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            if (!cancellation.CanBeCanceled)
            {
                RunPinned(_run, call);
                return;
            }
            using var run = new RunOptions();
            using var _ = cancellation.Register(() => run.Terminate = true);
            RunPinned(run, call);
        }
        catch (OnnxRuntimeException ended) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(ended.Message, ended, cancellation);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelException(ModelProblem.DoesNotFit, $"The model '{_entry.Name}' failed: {FirstLine(e)}", e);
        }
    }

    /// <summary>The caller's memory is handed to the runtime as it is: nothing is copied.</summary>
    private unsafe void RunPinned(RunOptions run, Call call)
    {
        fixed (
            float* inputAt = call.Input,
                outputAt = call.Output,
                scoresAt = call.Scores
        )
        {
            using var input = Wrap(inputAt, call.Input.Length, call.InputShape);
            using var output = Wrap(outputAt, call.Output.Length, call.OutputShape);
            if (_outputNames.Length == 1)
            {
                _session.Run(run, _inputNames, [input], _outputNames, [output]);
                return;
            }
            using var scores = Wrap(scoresAt, call.Scores.Length, call.ScoresShape);
            _session.Run(run, _inputNames, [input], _outputNames, [output, scores]);
        }
    }

    /// <summary>The memory of one run, and its shapes.</summary>
    private readonly ref struct Call(
        ReadOnlySpan<float> input,
        long[] inputShape,
        Span<float> output,
        long[] outputShape,
        Span<float> scores,
        long[] scoresShape
    )
    {
        public ReadOnlySpan<float> Input { get; } = input;
        public long[] InputShape { get; } = inputShape;
        public Span<float> Output { get; } = output;
        public long[] OutputShape { get; } = outputShape;
        public Span<float> Scores { get; } = scores;
        public long[] ScoresShape { get; } = scoresShape;
    }

    private static unsafe OrtValue Wrap(float* at, int length, long[] shape) =>
        OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance,
            Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float,
            shape,
            (nint)at,
            (long)length * sizeof(float)
        );

    /// <summary>One thread a call: callers run side by side, as many as there are cores.</summary>
    internal static SessionOptions Options()
    {
        BeginRuntime();
        return new()
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
    }

    /// <summary>The runtime's warnings about the machine are of no use to people who search for photos.</summary>
    private static void BeginRuntime()
    {
        try
        {
            lock (Beginning)
            {
                var options = new EnvironmentCreationOptions { logId = "sosia", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
                if (!OrtEnv.IsCreated)
                    OrtEnv.CreateInstanceWithOptions(ref options);
            }
        }
        catch (TypeInitializationException none) when (none.GetBaseException() is DllNotFoundException or BadImageFormatException)
        {
            throw new ModelException(
                ModelProblem.NoRuntime,
                $"ONNX Runtime, which runs the networks, has no library here for {RuntimeInformation.RuntimeIdentifier}: it comes for "
                    + "Linux with glibc (x64, arm64), Windows (x64) and macOS (arm64).",
                none
            );
        }
    }

    private static long[] InputShape(ModelInput input) =>
        input.Layout == TensorLayout.Nchw
            ? [input.ChannelCount, input.Height, input.Width]
            : [input.Height, input.Width, input.ChannelCount];

    internal static long Product(ReadOnlySpan<long> shape)
    {
        long product = 1;
        foreach (var side in shape)
            product *= side;
        return product;
    }

    internal static string FirstLine(Exception e) => e.Message.Split('\n')[0].Trim();

    private static void Expect(int got, long expected, string parameter)
    {
        if (got != expected)
            throw new ArgumentException($"Expected {expected} floats, got {got}.", parameter);
    }
}
