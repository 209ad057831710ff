using Sosia.Evaluation.Experiments.Products;
using Sosia.Photos;

namespace Sosia.Evaluation.Experiments.Models;

/// <summary>A model with the row of every image, and a way to make rows of changed ones.</summary>
internal interface IExperimentModel : IDisposable
{
    /// <summary>What the report calls it.</summary>
    string Name { get; }

    /// <summary>The directory of its own in the place for work.</summary>
    string Key { get; }

    /// <summary>What it is, in a few words.</summary>
    string Says { get; }

    /// <summary>A row an image. One without any (no face) is all zeros.</summary>
    IFeatureRows Rows { get; }

    /// <summary>Says which rows these are: model, preparation, files.</summary>
    string Stamp { get; }

    /// <summary>The metrics that are measured; the first is what pictures are shown by.</summary>
    IReadOnlyList<Metric> Metrics { get; }

    /// <summary>False where there is nothing that could make new rows.</summary>
    bool CanEmbed { get; }

    /// <summary>The row of a photo; false where it has none, for no face was found. Any number of threads may ask at once.</summary>
    bool TryEmbed(Photo photo, Span<float> row);
}
