using Google.Protobuf;
using Sosia.Catalogue;
using Sosia.Embeddings;
using Sosia.Models;
using Sosia.Models.Onnx;
using Sosia.Models.Onnx.Schema;
using Sosia.Photos;
using Sosia.Photos.Vips;
using Sosia.Pipeline;
using Sosia.Tests.Faces;

namespace Sosia.Tests.Indexing;

/// <summary>A face for which the network returns a zero vector: its photo is listed, and the run goes on.</summary>
public sealed class NotEmbeddedTests : IDisposable
{
    private readonly IndexedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Relu")] // the darkest face becomes a zero vector
    [InlineData("Log")] // the darkest face becomes NaN
    public void A_photo_whose_face_gets_no_usable_vector_is_listed_with_its_reason_and_the_others_are_stored(string bend)
    {
        for (var person = 0; person < 4; person++)
            _folder.Put($"{person}.jpg", IndexedFolder.Person(person));
        var (limit, darkest) = Between();
        using var embedder = Brightness(limit, bend);
        _folder.Pipeline = With(embedder);

        var summary = _folder.Index();

        var failed = Assert.Single(summary.Failures);
        Assert.Equal((_folder[$"{darkest}.jpg"], UnreadableReason.NotEmbedded), (failed.File.Path, failed.Failure.Reason));
        Assert.Contains("'tiny' gave a zero vector, or numbers that are not finite", failed.Failure.Message);
        Assert.Equal(new PhotoCounts(3, 0, 0, 1, 0), _folder.Counts);
    }

    /// <summary>A brightness between the darkest face of the four and the next, and whose the darkest is.</summary>
    private (float Limit, int Darkest) Between()
    {
        using var all = Brightness(-10, "Relu");
        var pipeline = With(all);
        var decoder = new VipsPhotoDecoder(new PhotoOptions());
        var faces = Enumerable
            .Range(0, 4)
            .Select(person =>
            {
                var photo = decoder.Decode(PhotoFile.Read(_folder[$"{person}.jpg"], new PhotoOptions()));
                return (
                    Person: person,
                    Mean: Assert.Single(pipeline.Read(PhotoSource.Of(photo))).Aligned.Pixels.Average(value => (value - 127.5f) / 128)
                );
            })
            .OrderBy(face => face.Mean)
            .ToArray();
        return ((faces[0].Mean + faces[1].Mean) / 2, faces[0].Person);
    }

    private static FacePipeline With(FaceEmbedder embedder) => new(RealNetworks.Finder, embedder, new QualityOptions());

    /// <summary>A network that gives four times how much brighter than a limit a face is, bent.</summary>
    private static FaceEmbedder Brightness(float limit, string bend)
    {
        var graph = new GraphProto { Name = "brightness" };
        graph.Input.Add(TinyModel.Value("input", 0, 3, TinyModel.Side, TinyModel.Side));
        graph.Output.Add(TinyModel.Value("output", 0, TinyModel.Dimensions));
        graph.Initializer.Add(OnnxBuilder.Constant("weights", [.. Enumerable.Repeat(1 / 3f, 12)], TinyModel.Dimensions, 3, 1, 1));
        graph.Initializer.Add(OnnxBuilder.Constant("bias", [.. Enumerable.Repeat(-limit, TinyModel.Dimensions)], TinyModel.Dimensions));
        graph.Node.Add(OnnxBuilder.Node("GlobalAveragePool", ["input"], "mean"));
        graph.Node.Add(OnnxBuilder.Node("Conv", ["mean", "weights", "bias"], "brighter"));
        graph.Node.Add(OnnxBuilder.Node(bend, ["brighter"], "bent"));
        graph.Node.Add(OnnxBuilder.Node("Flatten", ["bent"], "output", ("axis", 1)));
        var model = TinyModel.Model(graph);
        var entry = TinyModel.Entry(model);
        return new FaceEmbedder(OnnxSession.Load(model.ToByteArray(), entry), entry);
    }
}
