using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Sosia.Evaluation.Experiments.Products;
using Sosia.Faces;
using Sosia.Models.Store;
using Sosia.Photos;
using Sosia.Pipeline;

namespace Sosia.Evaluation.Experiments.Models;

/// <summary>The product's own way: the principal face of an image, found, aligned and embedded.</summary>
internal sealed class FaceModel : IExperimentModel
{
    private readonly EmbeddedFolder _folder;
    private readonly Lazy<Networks> _networks;

    public FaceModel(string name, EmbeddedFolder folder, ModelStore models, string? model)
    {
        (Name, _folder) = (name, folder);
        Rows = new MemoryRows(folder.Rows.Rows, folder.Rows.Dimensions);
        Stamp = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(folder.Rows.Rows.AsSpan())));
        _networks = new Lazy<Networks>(() => Networks.Load(models, model));
    }

    public string Name { get; }

    public string Key => $"face-{_folder.SpaceKey[..12]}";

    public string Says => $"{_folder.Rows.Dimensions:N0} numbers of the face alone; {_folder.WithoutFace:N0} images have none";

    public IFeatureRows Rows { get; }

    public string Stamp { get; }

    /// <summary>Rows of unit length: Euclidean distances give the same order.</summary>
    public IReadOnlyList<Metric> Metrics { get; } = [Metric.Cosine];

    public bool CanEmbed => true;

    public bool TryEmbed(Photo photo, Span<float> row)
    {
        var faces = _networks.Value.Pipeline.Read(PhotoSource.Of(photo));
        var principal = FaceChoice.Principal([.. faces.Select(face => face.Face.Box)], photo.Width, photo.Height);
        if (principal < 0 || faces[principal].Embedding is not { } embedding)
            return false;
        embedding.CopyTo(row);
        return true;
    }

    public void Dispose()
    {
        if (_networks.IsValueCreated)
            _networks.Value.Dispose();
    }
}
