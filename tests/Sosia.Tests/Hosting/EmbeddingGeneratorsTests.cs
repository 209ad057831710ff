using Microsoft.Extensions.AI;
using NetVips;
using Sosia.Photos;
using Sosia.Search;

namespace Sosia.Tests.Hosting;

/// <summary>A collection's networks as generators of embeddings.</summary>
public sealed class EmbeddingGeneratorsTests : IDisposable
{
    private readonly TemporaryDirectory _place = new();
    private readonly Collection _collection;

    public EmbeddingGeneratorsTests() => _collection = Collection.Open(new CollectionOptions { Directory = _place["collection"] });

    public void Dispose()
    {
        _collection.Dispose();
        _place.Dispose();
    }

    [Fact]
    public async Task The_principal_face_of_each_photo_is_embedded_as_a_search_would()
    {
        using var faces = _collection.AsFaceEmbeddingGenerator();
        var made = await faces.GenerateAsync(
            Repository.SamplePhotos.Select(Photo),
            cancellationToken: TestContext.Current.CancellationToken
        );
        var queries = Repository.SamplePhotos.Select(path => _collection.Queries.Read(path));
        Assert.Equal(queries.Select(query => query.Wanted.Embedding!), made.Select(embedding => embedding.Vector.ToArray()));
        Assert.All(made, embedding => Assert.Equal("face-512", embedding.ModelId));
        Assert.False(Directory.Exists(_place["collection"]), "Nothing is stored.");
    }

    [Fact]
    public async Task A_whole_photo_is_embedded_as_the_collection_stores_it_by_look()
    {
        using var looks = _collection.AsLookEmbeddingGenerator();
        var cancellation = TestContext.Current.CancellationToken;
        var before = await looks.GenerateVectorAsync(Photo(Repository.SamplePhotos[0]), cancellationToken: cancellation);
        Assert.Equal(1, Math.Sqrt(before.ToArray().Sum(value => (double)value * value)), 1e-4);

        await _collection.IndexAsync([Repository.SamplePhotos[0]], new() { Look = true }, cancellation: cancellation);
        var stored = _collection.Queries.Read(Repository.SamplePhotos[0], SearchBy.Look).Look!.Row;
        Assert.Equal(stored, before.ToArray());
        Assert.Equal(
            stored,
            (await looks.GenerateVectorAsync(Photo(Repository.SamplePhotos[0]), cancellationToken: cancellation)).ToArray()
        );
    }

    [Fact]
    public async Task A_generator_says_which_model_it_has_and_takes_no_other()
    {
        using var faces = _collection.AsFaceEmbeddingGenerator();
        var metadata = faces.GetService<EmbeddingGeneratorMetadata>()!;
        Assert.Equal(("sosia", "face-512", 512), (metadata.ProviderName, metadata.DefaultModelId, metadata.DefaultModelDimensions));
        using var looks = _collection.AsLookEmbeddingGenerator();
        Assert.Equal("resnet-18", looks.GetService<EmbeddingGeneratorMetadata>()!.DefaultModelId);

        var otherModel = new EmbeddingGenerationOptions { ModelId = "other" };
        var wrong = await Assert.ThrowsAsync<ArgumentException>(() => faces.GenerateAsync([], otherModel));
        Assert.StartsWith("This generator has the model 'face-512', not 'other'", wrong.Message, StringComparison.Ordinal);
        var otherLength = new EmbeddingGenerationOptions { Dimensions = 128 };
        wrong = await Assert.ThrowsAsync<ArgumentException>(() => faces.GenerateAsync([], otherLength));
        Assert.StartsWith("The model 'face-512' makes rows of 512 numbers, not of 128", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_shows_no_face_or_is_no_photo_is_said_by_its_name()
    {
        using var faces = _collection.AsFaceEmbeddingGenerator();
        using var grey = Image.Black(200, 200) + 128;
        var empty = new DataContent(grey.Cast(Enums.BandFormat.Uchar).JpegsaveBuffer(), "image/jpeg") { Name = "wall.jpg" };
        var nobody = await Assert.ThrowsAsync<QueryException>(() => faces.GenerateAsync([empty]));
        Assert.Equal(QueryProblem.NoFace, nobody.Problem);
        Assert.Contains("wall.jpg", nobody.Message, StringComparison.Ordinal);
        var text = new DataContent("no photo"u8.ToArray(), "text/plain");
        var unreadable = await Assert.ThrowsAsync<UnreadablePhotoException>(() => faces.GenerateAsync([text]));
        Assert.StartsWith("photo 1: ", unreadable.Message, StringComparison.Ordinal);
    }

    private static DataContent Photo(string path) => new(File.ReadAllBytes(path), "image/jpeg");
}
