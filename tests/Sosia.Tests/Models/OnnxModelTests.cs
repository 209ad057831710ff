using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Sosia.Models;
using Sosia.Models.Onnx;
using Sosia.Models.Onnx.Schema;

namespace Sosia.Tests.Models;

public class OnnxModelTests
{
    [Fact]
    public void A_model_that_is_saved_reads_back_the_same()
    {
        using var folder = new TemporaryDirectory();
        var model = TinyModel.Embedding();

        OnnxModel.Save(model, folder["a/model.onnx"]);

        Assert.Equal(model, OnnxModel.Load(folder["a/model.onnx"]));
        Assert.Equal(["model.onnx"], Directory.GetFiles(folder["a"]).Select(Path.GetFileName));
    }

    [Fact]
    public void Fields_that_Sosia_does_not_know_survive_a_load_and_save()
    {
        // Field 20 (training_info) with a message of two bytes: the standard has it, Sosia's part of the schema does not.
        byte[] file = [.. TinyModel.Embedding().ToByteArray(), 0xA2, 0x01, 2, 0x18, 7];

        Assert.Equal(file, OnnxModel.Parse(file, "model").ToByteArray());
    }

    [Theory]
    [InlineData("", "has no graph")]
    [InlineData("<html>Not found</html>", "is not an ONNX model")]
    public void A_file_that_is_no_model_is_refused(string content, string reason)
    {
        var e = Assert.Throws<ModelException>(() => OnnxModel.Parse(Encoding.UTF8.GetBytes(content), "face.onnx"));

        Assert.Equal(ModelProblem.NotAModel, e.Problem);
        Assert.StartsWith("face.onnx", e.Message);
        Assert.Contains(reason, e.Message);
    }

    [Fact]
    public void A_model_cut_off_anywhere_is_refused()
    {
        var whole = TinyModel.Embedding().ToByteArray();

        for (var length = 0; length < whole.Length; length++)
        {
            // What is left may still be a valid, shorter message: then it lacks the graph or the operators' versions.
            var part = whole[..length];
            Assert.Throws<ModelException>(() =>
                OnnxSession.Load(OnnxModel.Parse(part, "part").ToByteArray(), TinyModel.Entry(TinyModel.Embedding())).Dispose()
            );
        }
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var e = Assert.Throws<ModelException>(() => OnnxModel.Load("/nonexistent/face.onnx"));

        Assert.Equal(ModelProblem.Missing, e.Problem);
        Assert.Contains("/nonexistent/face.onnx", e.Message);
    }

    [Fact]
    public void Constants_in_another_file_are_refused()
    {
        var model = TinyModel.Embedding();
        PutOutside(model.Graph.Initializer[0]);

        AssertExternal(model);
    }

    [Fact]
    public void Constants_in_another_file_are_refused_inside_a_branch_too()
    {
        var branch = new GraphProto { Name = "then", Initializer = { OnnxBuilder.Constant("hidden", [1f], 1) } };
        PutOutside(branch.Initializer[0]);
        var model = TinyModel.Embedding();
        model
            .Graph.Node[0]
            .Attribute.Add(
                new AttributeProto
                {
                    Name = "then_branch",
                    Type = AttributeProto.Types.AttributeType.Graph,
                    G = branch,
                }
            );

        AssertExternal(model);
    }

    private static void PutOutside(TensorProto tensor)
    {
        tensor.ClearRawData();
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "/etc/passwd" });
    }

    [Fact]
    public void A_file_that_is_read_piece_by_piece_is_known_as_when_it_is_read_at_once()
    {
        using var folder = new TemporaryDirectory();
        var model = TinyModel.Embedding();
        var plain = model.ToByteArray();
        model.Graph.Initializer[0].ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "weights.bin" });
        foreach (var bytes in new[] { [], plain, model.ToByteArray() })
        {
            File.WriteAllBytes(folder["model.onnx"], bytes);
            var expected = new OnnxFileScan(Convert.ToHexStringLower(SHA256.HashData(bytes)), OnnxModel.MayHaveExternalData(bytes));
            foreach (var piece in new[] { 1, 7, 64, 100, 1 << 20 })
                Assert.Equal(expected, OnnxFileScan.Of(folder["model.onnx"], piece));
        }
        Assert.Equal(ModelProblem.Missing, Assert.Throws<ModelException>(() => OnnxFileScan.Of(folder["none.onnx"])).Problem);
    }

    private static void AssertExternal(ModelProto model)
    {
        var bytes = model.ToByteArray();
        var e = Assert.Throws<ModelException>(() => OnnxModel.Parse(bytes, "face.onnx"));
        Assert.Equal(ModelProblem.NotAModel, e.Problem);
        Assert.Contains("external data", e.Message);
        Assert.True(OnnxModel.MayHaveExternalData(bytes));
    }
}
