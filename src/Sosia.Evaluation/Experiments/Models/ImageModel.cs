using System.Security.Cryptography;
using Sosia.Evaluation.Experiments.Products;
using Sosia.Evaluation.Features;
using Sosia.Photos;
using Sosia.Vectors.Files;

namespace Sosia.Evaluation.Experiments.Models;

/// <summary>A network for whole images, its features in a mapped file.</summary>
internal sealed class ImageModel : IExperimentModel
{
    private readonly NpyRows _file;
    private readonly FeatureExtraction? _network;

    /// <param name="name">What the report calls it.</param>
    /// <param name="key">Its directory in the place for work.</param>
    /// <param name="path">The features; their description lies beside.</param>
    /// <param name="network">What made them; null where only the file is there. Owned from here on.</param>
    public ImageModel(string name, string key, string path, FeatureExtraction? network)
    {
        (Name, Key, _network) = (name, key, network);
        _file = NpyRows.Open(path);
        Rows = new FileRows(_file);
        var description = File.ReadAllBytes(Path.ChangeExtension(path, ".json"));
        var file = new FileInfo(path);
        Stamp = Convert.ToHexStringLower(
            SHA256.HashData([.. description, .. BitConverter.GetBytes(file.Length), .. BitConverter.GetBytes(file.LastWriteTimeUtc.Ticks)])
        );
        Says = $"{_file.Dimensions:N0} features of the whole image";
    }

    public string Name { get; }

    public string Key { get; }

    public string Says { get; }

    public IFeatureRows Rows { get; }

    public string Stamp { get; }

    public IReadOnlyList<Metric> Metrics { get; } = [Metric.Euclidean, Metric.Cosine, Metric.Manhattan];

    public bool CanEmbed => _network is not null;

    public bool TryEmbed(Photo photo, Span<float> row)
    {
        _network!.Embed(photo, row);
        return true;
    }

    public void Dispose()
    {
        _file.Dispose();
        _network?.Dispose();
    }
}
