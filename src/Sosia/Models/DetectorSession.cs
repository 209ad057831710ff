using Microsoft.ML.OnnxRuntime;

namespace Sosia.Models;

/// <summary>
/// A detector that gives boxes and points for the places of three strides: its outputs checked, and given in one order. Shared by all
/// threads.
/// </summary>
internal sealed class DetectorSession : IDisposable
{
    /// <summary>Pixels between two places of the coarsest grid.</summary>
    public const int LargestStride = 32;

    /// <summary>Pixels between two places, one grid a stride.</summary>
    public static readonly int[] Strides = [8, 16, LargestStride];

    private readonly InferenceSession _session;
    private readonly ModelEntry _entry;
    private readonly string[] _outputs;

    private DetectorSession(InferenceSession session, ModelEntry entry)
    {
        (_session, _entry) = (session, entry);
        CheckInput();
        _outputs = entry.Family == DetectorFamily.Yunet ? NamedOutputs() : ShapedOutputs();
    }

    /// <summary>Loads a detector and checks it against its manifest entry, by a run where its outputs have no names to go by.</summary>
    /// <param name="graph">The bytes of an ONNX file.</param>
    /// <param name="entry">What it should be.</param>
    /// <exception cref="ModelException">It can't be run, or its input and outputs are not those of its family.</exception>
    public static DetectorSession Load(byte[] graph, ModelEntry entry)
    {
        InferenceSession? session = null;
        try
        {
            using var options = OnnxSession.Options();
            session = new InferenceSession(graph, options);
            return new DetectorSession(session, entry);
        }
        catch (OnnxRuntimeException failed)
        {
            session?.Dispose();
            throw new ModelException(
                ModelProblem.NotAModel,
                $"The model '{entry.Name}' can't be run: {OnnxSession.FirstLine(failed)}",
                failed
            );
        }
        catch
        {
            session?.Dispose();
            throw;
        }
    }

    /// <summary>What its manifest entry says.</summary>
    public ModelEntry Entry => _entry;

    /// <summary>
    /// The outputs of a stride for one place or anchor, in the order of <see cref="Run"/>: what they are, and how many floats.
    /// </summary>
    public static (string Name, int Floats)[] PartsOf(DetectorFamily family) =>
        family == DetectorFamily.Yunet ? [("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10)] : [("score", 1), ("box", 4), ("points", 10)];

    /// <summary>Runs the network on the calling thread.</summary>
    /// <param name="input">3 × height × width floats.</param>
    /// <param name="cancellation">Ends the run at its next node.</param>
    /// <returns>For each of <see cref="Strides"/>, for each of <see cref="PartsOf"/>: places × anchors × floats.</returns>
    /// <exception cref="ModelException">The network failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public float[][][] Run(float[] input, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var tensor = OrtValue.CreateTensorValueFromMemory(input, [1, 3, _entry.Input.Height, _entry.Input.Width]);
        try
        {
            using var run = new RunOptions();
            using var ends = cancellation.Register(() => run.Terminate = true);
            using var results = _session.Run(run, [_entry.Input.Name], [tensor], _outputs);
            var parts = PartsOf(_entry.Family).Length;
            return
            [
                .. Strides.Select(
                    (stride, i) =>
                        Enumerable
                            .Range(0, parts)
                            .Select(part => Checked(results[i * parts + part], stride, PartsOf(_entry.Family)[part].Floats))
                            .ToArray()
                ),
            ];
        }
        catch (OnnxRuntimeException ended) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(ended.Message, ended, cancellation);
        }
        catch (OnnxRuntimeException failed)
        {
            throw new ModelException(ModelProblem.DoesNotFit, $"The model '{_entry.Name}' failed: {OnnxSession.FirstLine(failed)}", failed);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private int Anchors => _entry.Family == DetectorFamily.Scrfd ? 2 : 1;

    /// <summary>Rows of an output: one for each place, or for each anchor at each place.</summary>
    private int RowsOf(int stride) => _entry.Input.Width / stride * (_entry.Input.Height / stride) * Anchors;

    private float[] Checked(OrtValue output, int stride, int floats)
    {
        var values = output.GetTensorDataAsSpan<float>();
        return values.Length == RowsOf(stride) * floats
            ? values.ToArray()
            : throw Misfit($"gives {values.Length} numbers where {RowsOf(stride)} × {floats} were expected");
    }

    private void CheckInput()
    {
        var expected = new[] { 1, 3, _entry.Input.Height, _entry.Input.Width };
        if (
            !_session.InputMetadata.TryGetValue(_entry.Input.Name, out var input)
            || _session.InputMetadata.Count != 1
            || !Fits(input, expected)
        )
            throw Misfit($"has no single input '{_entry.Input.Name}' of 1 × 3 × {_entry.Input.Height} × {_entry.Input.Width} floats");
    }

    /// <summary>YuNet's outputs say what they are: <c>cls_8</c> and so on.</summary>
    private string[] NamedOutputs()
    {
        var names = new List<string>();
        foreach (var stride in Strides)
        foreach (var (part, floats) in PartsOf(_entry.Family))
        {
            var name = $"{part}_{stride}";
            if (!_session.OutputMetadata.TryGetValue(name, out var output))
                throw Misfit($"has no output '{name}'");
            int[] expected = [1, RowsOf(stride), floats];
            if (!Fits(output, expected))
                throw Misfit($"has an output '{name}' that is not {string.Join(" × ", expected)} floats");
            names.Add(name);
        }
        return [.. names];
    }

    /// <summary>Whether a tensor of floats has these sides; a side of −1 is any.</summary>
    private static bool Fits(NodeMetadata tensor, int[] sides) =>
        tensor.IsTensor
        && tensor.ElementType == typeof(float)
        && tensor.Dimensions.Length == sides.Length
        && tensor.Dimensions.Zip(sides).All(side => side.First < 0 || side.First == side.Second);

    /// <summary>SCRFD's outputs are numbered by chance; their shapes tell them apart, and the shapes are told by a run.</summary>
    private string[] ShapedOutputs()
    {
        string[] names =
        [
            .. _session
                .OutputMetadata.Where(output => output.Value.IsTensor && output.Value.ElementType == typeof(float))
                .Select(output => output.Key),
        ];
        using var input = OrtValue.CreateTensorValueFromMemory(
            new float[_entry.Input.Floats],
            [1, 3, _entry.Input.Height, _entry.Input.Width]
        );
        using var run = new RunOptions();
        using var results = _session.Run(run, [_entry.Input.Name], [input], names);
        var shapes = results.Select(result => result.GetTensorTypeAndShape().Shape).ToArray();
        return [.. from stride in Strides from part in PartsOf(_entry.Family) select names[IndexOf(shapes, RowsOf(stride), part.Floats)]];
    }

    private int IndexOf(long[][] shapes, int rows, int floats)
    {
        var found = Enumerable
            .Range(0, shapes.Length)
            .Where(i => shapes[i] is [.., var last] && last == floats && OnnxSession.Product(shapes[i]) == (long)rows * floats)
            .ToArray();
        return found.Length == 1
            ? found[0]
            : throw Misfit($"has {found.Length} outputs of {rows} × {floats} numbers, and one was expected");
    }

    private ModelException Misfit(string what)
    {
        var family = _entry.Family == DetectorFamily.Yunet ? "a YuNet" : "an SCRFD with points";
        return new(
            ModelProblem.DoesNotFit,
            $"The model '{_entry.Name}' is not {family}: it {what}; correct its manifest entry or give the file that belongs to it."
        );
    }
}
