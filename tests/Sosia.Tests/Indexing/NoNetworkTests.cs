using Sosia.Catalogue;
using Sosia.Faces;
using Sosia.Hosting;
using Sosia.Indexing;
using Sosia.Models;
using Sosia.Models.Store;
using Sosia.Pipeline;

namespace Sosia.Tests.Indexing;

/// <summary>What needs no network loads none: it works where their files are gone.</summary>
public sealed class NoNetworkTests : IDisposable
{
    private readonly TemporaryDirectory _place = new();

    public NoNetworkTests()
    {
        Directory.CreateDirectory(_place["photos"]);
        Directory.CreateDirectory(_place["models"]);
        foreach (var file in Directory.GetFiles(RealFiles.Models, "*.json"))
            File.Copy(file, Path.Combine(_place["models"], Path.GetFileName(file)));
        for (var i = 0; i < 3; i++)
            File.WriteAllBytes(PhotoOf(i), IndexedFolder.Empty(i));
    }

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData(false, false), InlineData(true, false), InlineData(false, true)]
    public void A_run_with_nothing_to_do_loads_no_network(bool look, bool again)
    {
        var options = new IndexOptions { Look = look, Again = again };
        using (var first = Open(RealFiles.Models))
            first.Indexing.Run([_place["photos"]], options, cancellation: TestContext.Current.CancellationToken);
        using var collection = Open(_place["models"]);

        var summary = collection.Indexing.Run([_place["photos"]], options, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal((0, 3), (summary.Photos, summary.Skipped));
        File.Delete(PhotoOf(2));
        Assert.NotNull(collection.Indexing.Run([_place["photos"]], options, cancellation: TestContext.Current.CancellationToken).Kept);

        File.WriteAllBytes(PhotoOf(3), IndexedFolder.Empty(3));
        Assert.Equal(ModelProblem.Missing, Refused(collection, options));
    }

    [Fact]
    public void Status_photos_and_verify_load_no_network()
    {
        using (var first = Open(RealFiles.Models))
            first.Indexing.Run([_place["photos"]], new IndexOptions { Look = true }, cancellation: TestContext.Current.CancellationToken);
        using var collection = Open(_place["models"]);
        using var reader = collection.Catalogue.Open();

        Assert.Equal(3, reader.Count().NoFace);
        Assert.Equal(3, collection.Looks.CountPhotos(reader));
        Assert.Contains(reader.Spaces(), space => space.Space == collection.Space);
        Assert.Single(reader.CountByProvenance(reader.Spaces()[0].Id));
        Assert.Equal(3, reader.Photos(default, 10).Count);
        Assert.Empty(reader.Verify(TestContext.Current.CancellationToken));
        Assert.Empty(collection.Maintenance.VerifyFiles(TestContext.Current.CancellationToken));
        Assert.All(collection.Maintenance.VerifyIndexes(TestContext.Current.CancellationToken), index => Assert.True(index.Ok, index.Says));
    }

    [Fact]
    public void Networks_that_are_missing_make_no_collection()
    {
        using var collection = Open(_place["models"]);
        Assert.Equal(ModelProblem.Missing, Refused(collection, new IndexOptions()));
        Assert.Equal(CatalogueProblem.Missing, Assert.Throws<CatalogueException>(collection.Catalogue.Open).Problem);
    }

    [Fact]
    public void What_is_known_before_networks_are_loaded_is_what_they_make()
    {
        var models = Models(RealFiles.Models);
        var options = new DetectorOptions { SmallestFace = 40, TryHarder = false };
        using var networks = Networks.Load(models, detector: options);
        var faces = DeferredFaces.Of(models, null, options, () => networks.Pipeline);
        Assert.Equal((networks.Pipeline.Space, networks.Pipeline.FoundBy), (faces.Space, faces.FoundBy));

        var model = models.Default(ModelKind.ImageEmbedding);
        using var look = AppearanceReader.Load(models, model);
        Assert.Equal(look.Space, DeferredAppearance.Of(model.Entry, () => look).Space);
    }

    private static ModelProblem Refused(Collection collection, IndexOptions options) =>
        Assert.Throws<ModelException>(() => collection.Indexing.Run([Path.Combine(collection.Directory, "..", "photos")], options)).Problem;

    private string PhotoOf(int number) => Path.Combine(_place["photos"], $"{number}.png");

    private ModelStore Models(string directory) => new(directory, new UserDirectories(_place["user"]));

    private Collection Open(string models) => Collection.Open(new CollectionOptions { Directory = _place["collection"] }, Models(models));
}
