using Microsoft.ML.OnnxRuntime;
using Sosia.Evaluation.Datasets;
using Sosia.Models;
using Sosia.Models.Onnx;

namespace Sosia.Evaluation.Classification;

/// <summary>A person and how likely the network holds it.</summary>
/// <param name="Person">The name of the class.</param>
/// <param name="Probability">In [0, 1]; all classes together 1.</param>
public readonly record struct PersonGuess(string Person, double Probability);

/// <summary>
/// Names the people that a saved network was trained on. Its last layer is mapped into memory: with 5,749 classes 2.5 GB, once.
/// </summary>
public sealed class PersonClassifier : IDisposable
{
    private readonly InferenceSession _session;
    private readonly SavedNetworkDescription _network;
    private readonly SquareReader _reader;

    private PersonClassifier(InferenceSession session, SavedNetworkDescription network) =>
        (_session, _network, _reader) = (session, network, new SquareReader(network.Side));

    /// <summary>People it knows.</summary>
    public int Classes => _network.Classes.Count;

    /// <summary>Loads a network from the directory that the training wrote.</summary>
    /// <exception cref="ModelException">Something is missing, damaged, of another run or version, or can't be run: one
    /// sentence.</exception>
    public static PersonClassifier Load(string directory)
    {
        directory = Path.GetFullPath(directory);
        var network = SavedNetwork.Check(directory);
        using var options = OnnxSession.Options();
        options.IntraOpNumThreads = Environment.ProcessorCount;
        // Packed for speed, the weights would lie in memory twice.
        options.AddSessionConfigEntry("session.disable_prepacking", "1");
        InferenceSession? session = null;
        try
        {
            session = new InferenceSession(Path.Combine(directory, SavedNetwork.GraphFile), options);
            var classes = session.OutputMetadata[ClassifierGraph.Output].Dimensions[^1];
            return classes == network.Classes.Count
                ? new PersonClassifier(session, network)
                : throw new ModelException(
                    ModelProblem.DoesNotFit,
                    $"The network in {directory} has {classes:N0} classes, and {SavedNetwork.DescriptionFile} names "
                        + $"{network.Classes.Count:N0} people; copy all files from the same run."
                );
        }
        catch (OnnxRuntimeException e)
        {
            session?.Dispose();
            throw new ModelException(
                ModelProblem.NotAModel,
                $"The network in {directory} can't be run: {e.Message.Split('\n')[0].Trim()}",
                e
            );
        }
        catch
        {
            session?.Dispose();
            throw;
        }
    }

    /// <summary>The most likely people of an image.</summary>
    /// <param name="image">A file; of another size than the network's it is fitted: the middle square, scaled.</param>
    /// <param name="count">How many, at most.</param>
    /// <exception cref="Photos.UnreadablePhotoException">It can't be read.</exception>
    public IReadOnlyList<PersonGuess> Classify(string image, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var pixels = new byte[_reader.Bytes];
        _reader.Read(image, pixels);
        using var run = new RunOptions();
        using var input = OrtValue.CreateTensorValueFromMemory(
            Array.ConvertAll(pixels, value => (float)value),
            [1, _network.Side, _network.Side, 3]
        );
        using var outputs = _session.Run(run, [BaselineGraph.Input], [input], [ClassifierGraph.Output]);
        var probabilities = outputs[0].GetTensorDataAsSpan<float>().ToArray();
        return
        [
            .. probabilities
                .Index()
                .OrderByDescending(p => p.Item)
                .ThenBy(p => p.Index)
                .Take(count)
                .Select(p => new PersonGuess(_network.Classes[p.Index], p.Item)),
        ];
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}
