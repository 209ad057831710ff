using System.IO.Compression;
using System.Text.Json;
using Sosia.Keras.Tests;
using Sosia.Vectors.Files;

[assembly: AssemblyFixture(typeof(InceptionWeights))]
[assembly: AssemblyFixture(typeof(EfficientNetWeights))]
[assembly: AssemblyFixture(typeof(FaceNetWeights))]

namespace Sosia.Keras.Tests;

/// <summary>What Keras itself computed, beside the project: skipped with the reason where it is missing, failed in CI.</summary>
internal static class Fixtures
{
    public static string Path(string file)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (System.IO.Path.Combine(folder.FullName, "shared", "fixtures", "keras", file) is var path && File.Exists(path))
                return path;
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("CI") == "true",
            $"There is no shared/fixtures/keras/{file} in any directory above {AppContext.BaseDirectory}."
        );
        throw new FileNotFoundException($"CI needs shared/fixtures/keras/{file}.");
    }

    /// <summary>One line a layer, as Keras says it.</summary>
    public static List<JsonElement> Layers(string network) =>
        [.. File.ReadLines(Path($"{network}.layers.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];

    public static byte[] Picture(string file = "input.npy") => NpyFile.Read<byte>(Path(file), out _);

    public static float[] Features(string file) => NpyFile.Read<float>(Path(file), out _);
}

/// <summary>The weights of one network, unpacked once for all tests of a project, by the first that needs them.</summary>
public abstract class Unpacked(string network) : IDisposable
{
    private readonly Lazy<string> _path = new(() => Unpack(network));

    public string Path => _path.Value;

    public void Dispose()
    {
        if (_path.IsValueCreated)
            Directory.Delete(System.IO.Path.GetDirectoryName(Path)!, recursive: true);
        GC.SuppressFinalize(this);
    }

    private static string Unpack(string network)
    {
        var packed = Fixtures.Path($"{network}.h5.gz");
        var path = System.IO.Path.Combine(Directory.CreateTempSubdirectory("sosia-keras-").FullName, $"{network}.h5");
        using var from = new GZipStream(File.OpenRead(packed), CompressionMode.Decompress);
        using var to = File.Create(path);
        from.CopyTo(to, 1 << 20);
        return path;
    }
}

public sealed class InceptionWeights() : Unpacked("inception-resnet-v2");

public sealed class EfficientNetWeights() : Unpacked("efficientnet-v2-l");

public sealed class FaceNetWeights() : Unpacked("facenet512");
