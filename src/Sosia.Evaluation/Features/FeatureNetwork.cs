using Sosia.Embeddings;
using Sosia.Models;
using Sosia.Models.Store;
using Sosia.Photos;

namespace Sosia.Evaluation.Features;

/// <summary>
/// A network of the manifest whose features are taken as they are: all positions or their mean, never brought to unit length.
/// </summary>
internal sealed class FeatureNetwork : IDisposable
{
    private readonly ImageEmbedder _embedder;

    /// <summary>
    /// Channels and positions to turn round: Keras flattens positions first, this graph gives channels first. Null where there is nothing
    /// to turn.
    /// </summary>
    private readonly (int Channels, int Positions)? _turn;

    private FeatureNetwork(ImageEmbedder embedder, ModelEntry entry, (int, int)? turn) =>
        (_embedder, Entry, _turn) = (embedder, entry, turn);

    /// <summary>The manifest entry as it is used here.</summary>
    public ModelEntry Entry { get; }

    /// <summary>Values a row.</summary>
    public int Dimensions => Entry.Output.Dimensions;

    /// <exception cref="ModelException">It can't be run, or has no positions to average over.</exception>
    public static FeatureNetwork Load(ModelStore models, KnownModel model, FeatureOptions options)
    {
        var session = models.Load(model);
        try
        {
            var entry = Adapt(model.Entry, session, options);
            var shape = session.ShapeOf(0);
            var channelsFirst = shape.Length == 4 && entry.Input.Layout == TensorLayout.Nchw && entry.Output.Pooling == "none";
            return new FeatureNetwork(
                new ImageEmbedder(session, entry),
                entry,
                channelsFirst ? ((int)shape[1], (int)(shape[2] * shape[3])) : null
            );
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Any number of threads may do so at once.</summary>
    public void Embed(Photo photo, Span<float> row)
    {
        _embedder.Embed(photo, row);
        if (_turn is not var (channels, positions))
            return;
        var turned = new float[row.Length];
        for (var c = 0; c < channels; c++)
        for (var p = 0; p < positions; p++)
            turned[p * channels + c] = row[c * positions + p];
        turned.CopyTo(row);
    }

    /// <inheritdoc/>
    public void Dispose() => _embedder.Dispose();

    private static ModelEntry Adapt(ModelEntry entry, OnnxSession session, FeatureOptions options)
    {
        var average = options.Average ?? entry.Output.Pooling == "average";
        var shape = session.ShapeOf(0);
        if (average && shape.Length != 4)
            throw new ModelException(
                ModelProblem.DoesNotFit,
                $"The model '{entry.Name}' gives one row without positions, so there is nothing to average; leave --pool average out."
            );
        var channels = (int)shape[entry.Input.Layout == TensorLayout.Nchw ? 1 : ^1];
        return entry with
        {
            Input = options.RawInput ? entry.Input with { Mean = [0], Scale = [1] } : entry.Input,
            Output = entry.Output with
            {
                Pooling = average ? "average" : "none",
                Dimensions = average ? channels : session.FloatsOf(0),
                Metric = "euclidean",
            },
        };
    }
}
