using PureHDF;
using Sosia.Models;

namespace Sosia.Keras.Tests.Faults;

/// <summary>HDF5 files from strangers are refused as no weights, with one sentence.</summary>
[Slow]
public sealed class HostileWeightsTests : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("sosia-weights-").FullName;

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Fact]
    public void Files_are_refused_with_a_sentence()
    {
        var path = Path.Combine(_place, "weights.h5");
        var file = new H5File { Attributes = { ["layer_names"] = new[] { "conv2d_1", "dense" } } };
        file["conv2d_1"] = new H5Group
        {
            ["conv2d_1"] = new H5Group { ["kernel:0"] = new H5Dataset(new float[32], fileDims: [4, 8]) },
            Attributes = { ["weight_names"] = new[] { "conv2d_1/kernel:0" } },
        };
        file["dense"] = new H5Group { Attributes = { ["weight_names"] = Array.Empty<string>() } };
        file.Write(path);
        var sound = File.ReadAllBytes(path);
        foreach (var seed in FaultRun.Seeds("h5", 100, 3000))
        {
            File.WriteAllBytes(path, Mutator.Mutate(sound, new Random(seed)));
            var error = Record.Exception(() => KerasImport.ToOnnx(KerasNetwork.InceptionResNetV2, path));
            Assert.True(error is ModelException, $"seed {seed}: {error}");
            Assert.DoesNotContain('\n', error!.Message);
        }
    }
}
