using System.Numerics.Tensors;
using Sosia.Faces;
using Sosia.Faces.UltraLight;
using Sosia.Hosting;
using Sosia.Models.Store;
using Sosia.Photos;
using Sosia.Pipeline;

namespace Sosia.Tests.Faces;

/// <summary>The default networks, loaded once for all tests.</summary>
internal static class RealNetworks
{
    /// <summary>Rewritten graphs are kept beside the tests, so that only the first run makes them.</summary>
    private static readonly ModelStore Store = new(RealFiles.Models, new UserDirectories(Path.Combine(AppContext.BaseDirectory, "user")));

    private static readonly Lazy<Networks> Loaded = new(() => Networks.Load(Store));
    private static readonly Lazy<Networks> LoadedToBeQuick = new(() =>
        Networks.Load(Store, detector: new DetectorOptions { TryHarder = false })
    );
    private static readonly Lazy<FaceFinder> LoadedFinder = new(() => FaceFinder.Load(Store, new DetectorOptions()));

    public static FacePipeline Pipeline => Loaded.Value.Pipeline;

    /// <summary>Gives up early on pictures without faces, for tests that are about files.</summary>
    public static FacePipeline QuickPipeline => LoadedToBeQuick.Value.Pipeline;

    /// <summary>A finder of its own, to be disposed.</summary>
    public static FaceFinder FinderWith(DetectorOptions options) => FaceFinder.Load(Store, options);

    public static FaceFinder Finder => LoadedFinder.Value;

    public static IReadOnlyList<ReadFace> Read(Photo photo) => Pipeline.Read(PhotoSource.Of(photo));

    public static IReadOnlyList<DetectedFace> Detect(Photo photo) => Finder.Detect(photo);

    public static float Cosine(ReadFace one, ReadFace other) => TensorPrimitives.Dot<float>(one.Embedding, other.Embedding);
}
