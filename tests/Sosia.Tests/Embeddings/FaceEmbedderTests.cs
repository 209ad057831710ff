using Google.Protobuf;
using Sosia.Embeddings;
using Sosia.Faces;
using Sosia.Hosting;
using Sosia.Models;
using Sosia.Models.Onnx.Schema;
using Sosia.Models.Store;

namespace Sosia.Tests.Embeddings;

public class FaceEmbedderTests
{
    private static readonly ModelProto Tiny = TinyModel.Embedding();
    private static readonly ModelEntry Entry = TinyModel.Entry(Tiny);

    [Fact]
    public void Every_row_is_the_networks_output_at_unit_length()
    {
        using var embedder = Embedder(Tiny, Entry);
        AlignedFace[] faces = [Face(1), Face(2), Face(3)];
        var rows = new float[3 * TinyModel.Dimensions];

        embedder.Embed(faces, rows);

        for (var i = 0; i < faces.Length; i++)
        {
            var tensor = new float[3 * TinyModel.Side * TinyModel.Side];
            new Preprocessing(Entry.Input).Fill(faces[i].Pixels, tensor);
            var raw = TinyModel.Run(Tiny, Entry, tensor);
            var length = Math.Sqrt(raw.Sum(v => (double)v * v));
            for (var d = 0; d < TinyModel.Dimensions; d++)
                Assert.Equal(raw[d] / length, rows[i * TinyModel.Dimensions + d], 1e-6);
        }
    }

    [Fact]
    public void No_faces_give_no_rows()
    {
        using var embedder = Embedder(Tiny, Entry);

        embedder.Embed([], []);
    }

    [Fact]
    public void The_default_model_takes_a_face_for_closer_to_its_dimmed_self_than_to_another_picture()
    {
        using var user = new TemporaryDirectory(); // the rewritten graph is kept there
        var store = new ModelStore(RealFiles.Models, new UserDirectories(user.Path));
        using var embedder = FaceEmbedder.Load(store);
        var squares = RealFiles.Squares(RealFiles.Sample(1), embedder.FaceSize, 2).ToArray();
        var dimmed = squares[0].Select(v => (byte)(v * 0.8)).ToArray();
        var rows = new float[3 * embedder.Dimensions];

        embedder.Embed([new AlignedFace(112, squares[0]), new AlignedFace(112, dimmed), new AlignedFace(112, squares[1])], rows);

        Assert.Equal(512, embedder.Dimensions);
        Assert.True(Cosine(rows, 0, 1, 512) > Cosine(rows, 0, 2, 512) + 0.2);
    }

    [Fact]
    public void A_face_of_another_size_is_refused_with_both_sizes()
    {
        using var embedder = Embedder(Tiny, Entry);

        var e = Assert.Throws<ArgumentException>(() => embedder.Embed([new AlignedFace(4, new byte[48])], new float[4]));

        Assert.StartsWith("Expected a face of 8 × 8 pixels, got 4 × 4.", e.Message);
    }

    [Fact]
    public void A_span_of_another_length_is_refused()
    {
        using var embedder = Embedder(Tiny, Entry);

        Assert.Throws<ArgumentException>(() => embedder.Embed([Face(1)], new float[5]));
    }

    [Fact]
    public void A_row_without_direction_is_an_error_not_a_row()
    {
        var mute = Tiny.Clone();
        foreach (var name in new[] { "weights", "bias" })
        {
            var tensor = mute.Graph.Initializer.Single(t => t.Name == name);
            tensor.RawData = ByteString.CopyFrom(new byte[tensor.RawData.Length]);
        }
        using var embedder = Embedder(mute, TinyModel.Entry(mute));

        var e = Assert.Throws<ModelException>(() => embedder.Embed([Face(1)], new float[4]));

        Assert.Equal(ModelProblem.DoesNotFit, e.Problem);
    }

    [Fact]
    public void Threads_share_one_embedder()
    {
        using var embedder = Embedder(Tiny, Entry);
        var alone = Rows(embedder, 32);
        var together = new float[32][];

        Parallel.For(0, 32, i => embedder.Embed([Face(i)], together[i] = new float[TinyModel.Dimensions]));

        Assert.Equal(alone, together);
    }

    private static float[][] Rows(FaceEmbedder embedder, int count) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                {
                    var row = new float[TinyModel.Dimensions];
                    embedder.Embed([Face(i)], row);
                    return row;
                }),
        ];

    private static FaceEmbedder Embedder(ModelProto model, ModelEntry entry) => new(OnnxSession.Load(model.ToByteArray(), entry), entry);

    private static AlignedFace Face(int seed)
    {
        var pixels = new byte[TinyModel.Side * TinyModel.Side * 3];
        new Random(seed).NextBytes(pixels);
        return new AlignedFace(TinyModel.Side, pixels);
    }

    private static double Cosine(float[] rows, int a, int b, int dimensions) =>
        Enumerable.Range(0, dimensions).Sum(d => (double)rows[a * dimensions + d] * rows[b * dimensions + d]);
}
