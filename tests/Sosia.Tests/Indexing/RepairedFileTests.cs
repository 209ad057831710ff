using Sosia.Hosting;
using Sosia.Models;
using Sosia.Models.Store;
using Sosia.Search;

namespace Sosia.Tests.Indexing;

/// <summary>A file that was missing or damaged and is repaired is used without a restart.</summary>
public sealed class RepairedFileTests : IDisposable
{
    private const string Landmarks = "fr_landmark.onnx";
    private const string Calibration = "face-512.calibration.json";

    private readonly TemporaryDirectory _place = new();

    public RepairedFileTests()
    {
        Directory.CreateDirectory(_place["models"]);
        foreach (var file in Directory.GetFiles(RealFiles.Models).Where(file => Path.GetFileName(file) is not (Landmarks or Calibration)))
            File.CreateSymbolicLink(Path.Combine(_place["models"], Path.GetFileName(file)), file);
    }

    public void Dispose() => _place.Dispose();

    [Fact]
    public void A_collection_uses_a_model_as_soon_as_its_file_is_the_right_one()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        Repair(Calibration);
        var bytes = File.ReadAllBytes(Path.Combine(RealFiles.Models, Landmarks));
        bytes[^100] ^= 1;
        File.WriteAllBytes(InModels(Landmarks), bytes);
        using var collection = Open();
        Assert.Equal(ModelProblem.HashDiffers, Assert.Throws<ModelException>(collection.Warm).Problem);

        Repair(Landmarks);
        collection.Warm();
    }

    [Fact]
    public void A_collection_uses_a_calibration_as_soon_as_it_can_be_read()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        Repair(Landmarks);
        using var collection = Open();
        Assert.Throws<QueryException>(() => collection.Searching.Threshold);

        Repair(Calibration);
        Assert.NotNull(collection.Searching.Threshold);
    }

    private void Repair(string file) => File.Copy(Path.Combine(RealFiles.Models, file), InModels(file), overwrite: true);

    private string InModels(string file) => Path.Combine(_place["models"], file);

    private Collection Open() =>
        Collection.Open(
            new CollectionOptions { Directory = _place["collection"] },
            new ModelStore(_place["models"], new UserDirectories(Path.Combine(AppContext.BaseDirectory, "user")))
        );
}
