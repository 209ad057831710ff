using Google.Protobuf;
using Sosia.Embeddings;
using Sosia.Hosting;
using Sosia.Models;
using Sosia.Models.Onnx.Schema;
using Sosia.Models.Store;

namespace Sosia.Tests.Models;

public sealed class ModelStoreTests : IDisposable
{
    private static readonly ModelProto Tiny = TinyModel.Embedding();

    private readonly TemporaryDirectory _folder = new();

    private UserDirectories User => new(_folder["user"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_built_in_model_is_sound() =>
        Assert.All(new ModelStore(RealFiles.Models, User).Verify(), check => Assert.Null(check.Problem));

    [Fact]
    public void The_first_of_a_kind_is_the_default()
    {
        var store = StoreOf(Entry("first"), Entry("second"));

        Assert.Equal("first", store.Resolve(ModelKind.FaceEmbedding, null).Entry.Name);
        Assert.Equal("second", store.Resolve(ModelKind.FaceEmbedding, "second").Entry.Name);
    }

    [Fact]
    public void A_name_that_nobody_has_is_answered_with_those_there_are()
    {
        var e = Assert.Throws<ModelException>(() => StoreOf(Entry("first"), Entry("second")).Find("third"));

        Assert.Equal(ModelProblem.Unknown, e.Problem);
        Assert.Equal("There is no model 'third'; there are first, second.", e.Message);
    }

    [Fact]
    public void A_model_of_another_kind_is_refused()
    {
        var e = Assert.Throws<ModelException>(() => StoreOf(Entry("first")).Resolve(ModelKind.ImageEmbedding, "first"));

        Assert.Contains("face embeddings", e.Message);
        Assert.Contains("image embeddings", e.Message);
    }

    [Fact]
    public void A_file_with_one_bit_changed_is_refused_with_both_hashes()
    {
        var store = StoreOf(Entry("tiny"));
        var path = store.Find("tiny").Path;
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);

        var check = Assert.Single(store.Verify());

        Assert.Equal(ModelProblem.HashDiffers, check.Problem);
        Assert.Contains($"Expected SHA-256 {Entry("tiny").Sha256}, got ", check.Message);
        Assert.Contains("delete it and build or install Sosia again", check.Message);
    }

    [Fact]
    public void A_missing_file_is_reported_and_the_others_are_still_checked()
    {
        var store = StoreOf(Entry("gone") with { File = "gone.onnx" }, Entry("tiny"));
        File.Delete(store.Find("gone").Path);

        Assert.Equal([ModelProblem.Missing, null], store.Verify().Select(c => c.Problem));
    }

    [Fact]
    public void Without_a_manifest_there_is_no_store()
    {
        var e = Assert.Throws<ModelException>(() => new ModelStore(_folder["nothing"], User));

        Assert.Contains("SOSIA_MODELS", e.Message);
    }

    [Fact]
    public void The_rewritten_graph_is_kept_under_the_originals_hash()
    {
        var store = StoreOf(Entry("tiny"));

        store.Load(store.Find("tiny")).Dispose();

        var kept = Assert.Single(Directory.GetFiles(User.ModelCache));
        Assert.StartsWith(Entry("tiny").Sha256, Path.GetFileName(kept));
        Assert.DoesNotContain("PRelu", ModelProto.Parser.ParseFrom(File.ReadAllBytes(kept)).Graph.Node.Select(n => n.OpType));
    }

    [Fact]
    public void A_kept_graph_is_used_as_long_as_it_is_whole()
    {
        var store = StoreOf(Entry("tiny"));
        store.Load(store.Find("tiny")).Dispose();
        var kept = Directory.GetFiles(User.ModelCache)[0];
        var written = File.GetLastWriteTimeUtc(kept);

        store.Load(store.Find("tiny")).Dispose();

        Assert.Equal(written, File.GetLastWriteTimeUtc(Assert.Single(Directory.GetFiles(User.ModelCache))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public void A_kept_graph_that_is_damaged_is_made_again(int length)
    {
        var store = StoreOf(Entry("tiny"));
        store.Load(store.Find("tiny")).Dispose();
        var kept = Directory.GetFiles(User.ModelCache)[0];
        var whole = File.ReadAllBytes(kept);
        File.WriteAllBytes(kept, whole[..length]);

        store.Load(store.Find("tiny")).Dispose();

        Assert.Equal(whole, File.ReadAllBytes(Assert.Single(Directory.GetFiles(User.ModelCache))));
    }

    [Fact]
    public void Where_nothing_can_be_kept_models_load_all_the_same()
    {
        // A file where the directory should be refuses everyone, root too.
        File.WriteAllText(_folder["user"], "in the way");
        var store = StoreOf(Entry("tiny"));

        using var embedder = FaceEmbedder.Load(store);

        Assert.Equal(TinyModel.Dimensions, embedder.Dimensions);
    }

    [Fact]
    public void A_model_that_was_added_is_there_for_the_next_program()
    {
        var store = StoreOf(Entry("built-in"));
        var source = Write("mine.onnx", Tiny);

        var added = store.Add(source, Entry("mine"));

        Assert.False(added.BuiltIn);
        Assert.Equal(["built-in", "mine"], store.Models.Select(m => m.Entry.Name));
        File.Delete(source);
        var next = StoreOf(Entry("built-in"));
        Assert.Null(next.Verify().Single(c => c.Model.Entry.Name == "mine").Problem);
        Assert.Equal("built-in", next.Default(ModelKind.FaceEmbedding).Entry.Name);
    }

    [Fact]
    public void Models_are_added_one_after_the_other()
    {
        var store = StoreOf(Entry("built-in"));
        store.Add(Write("a.onnx", Tiny), Entry("a"));
        StoreOf(Entry("built-in")).Add(Write("b.onnx", Tiny), Entry("b"));

        Assert.Equal(["built-in", "a", "b"], StoreOf(Entry("built-in")).Models.Select(m => m.Entry.Name));
    }

    [Fact]
    public void A_users_model_stands_in_for_the_built_in_one_of_its_name()
    {
        StoreOf(Entry("built-in")).Add(Write("a.onnx", Tiny), Entry("later-built-in"));

        var upgraded = StoreOf(Entry("built-in"), Entry("later-built-in"));

        Assert.Equal([("built-in", true), ("later-built-in", false)], upgraded.Models.Select(m => (m.Entry.Name, m.BuiltIn)));
    }

    [Theory]
    [InlineData("tiny")]
    [InlineData("TINY")]
    public void A_name_that_is_taken_is_refused(string name) => AssertNotAdded(ModelProblem.BadManifest, "another name", Tiny, Entry(name));

    [Fact]
    public void A_file_of_another_hash_is_not_added() =>
        AssertNotAdded(
            ModelProblem.HashDiffers,
            "Expected SHA-256 " + new string('0', 64),
            Tiny,
            Entry("mine") with
            {
                Sha256 = new string('0', 64),
            }
        );

    [Fact]
    public void A_model_of_other_dimensions_is_not_added() =>
        AssertNotAdded(
            ModelProblem.DoesNotFit,
            "Expected 512 dimensions, got 4",
            Tiny,
            Entry("mine") with
            {
                Output = new ModelOutput { Name = "output", Dimensions = 512 },
            }
        );

    [Fact]
    public void An_entry_that_makes_no_sense_is_not_added() =>
        AssertNotAdded(ModelProblem.BadManifest, "letters, digits", Tiny, Entry("../mine"));

    [Fact]
    public void A_model_that_gives_no_numbers_is_not_added()
    {
        var broken = Tiny.Clone();
        var bias = broken.Graph.Initializer.Single(t => t.Name == "bias");
        bias.RawData = ByteString.CopyFrom([.. Enumerable.Repeat(BitConverter.GetBytes(float.NaN), 4).SelectMany(b => b)]);

        AssertNotAdded(ModelProblem.DoesNotFit, "no numbers", broken, TinyModel.Entry(broken, name: "mine"));
    }

    [Fact]
    public void A_model_with_constants_in_another_file_is_not_added()
    {
        var outside = Tiny.Clone();
        var weights = outside.Graph.Initializer[0];
        weights.ClearRawData();
        weights.DataLocation = TensorProto.Types.DataLocation.External;
        weights.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "weights.bin" });

        AssertNotAdded(ModelProblem.NotAModel, "external data", outside, TinyModel.Entry(outside, name: "mine"));
    }

    [Fact]
    public void A_model_with_constants_in_another_file_is_not_loaded_either()
    {
        var outside = Tiny.Clone();
        outside.Graph.Initializer[0].DataLocation = TensorProto.Types.DataLocation.External;
        outside.Graph.Initializer[0].ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "weights.bin" });
        var store = StoreOf(outside, TinyModel.Entry(outside));

        Assert.Contains("external data", Assert.Throws<ModelException>(() => store.Load(store.Models[0])).Message);
    }

    [Fact]
    public void A_large_model_is_run_from_its_file_and_checked_no_less()
    {
        StoreOf(Entry("tiny"));
        var store = StoreOfLargeModels();
        var input = TinyModel.Noise(3 * TinyModel.Side * TinyModel.Side, 5);
        var output = new float[TinyModel.Dimensions];
        using (var session = store.Load(store.Models[0]))
            session.Run(input, 1, output);
        Assert.Equal(TinyModel.Run(Tiny, Entry("tiny"), input), output);
        Assert.False(Directory.Exists(User.ModelCache));

        var bytes = File.ReadAllBytes(store.Models[0].Path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(store.Models[0].Path, bytes);
        Assert.Equal(ModelProblem.HashDiffers, Assert.Throws<ModelException>(() => store.Load(store.Models[0])).Problem);
    }

    [Fact]
    public void A_large_model_with_constants_in_another_file_is_not_loaded_either()
    {
        var outside = Tiny.Clone();
        outside.Graph.Initializer[0].DataLocation = TensorProto.Types.DataLocation.External;
        outside.Graph.Initializer[0].ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "weights.bin" });
        StoreOf(outside, TinyModel.Entry(outside));
        var store = StoreOfLargeModels();

        Assert.Contains("external data", Assert.Throws<ModelException>(() => store.Load(store.Models[0])).Message);
    }

    [Fact]
    public void Where_the_users_directory_cannot_be_written_nothing_is_added()
    {
        File.WriteAllText(_folder["user"], "in the way");

        AssertNotAdded(ModelProblem.CannotWrite, "can't be added", Tiny, Entry("mine"));
    }

    private static ModelEntry Entry(string name) => TinyModel.Entry(Tiny, name: name);

    private ModelStore StoreOf(params ModelEntry[] entries) => StoreOf(Tiny, entries);

    private ModelStore StoreOf(ModelProto model, params ModelEntry[] entries)
    {
        foreach (var entry in entries)
            Write(Path.Combine("built-in", entry.File), model);
        File.WriteAllText(_folder["built-in/models.json"], new ModelManifest { Version = 1, Models = entries }.ToJson());
        return new ModelStore(_folder["built-in"], User);
    }

    /// <summary>What was stored, each model taken for a large one.</summary>
    private ModelStore StoreOfLargeModels() => new(_folder["built-in"], User) { LargeBytes = 0 };

    private string Write(string name, ModelProto model)
    {
        var path = _folder[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, model.ToByteArray());
        return path;
    }

    private void AssertNotAdded(ModelProblem problem, string reason, ModelProto model, ModelEntry entry)
    {
        var store = StoreOf(Entry("tiny"));
        var e = Assert.Throws<ModelException>(() => store.Add(Write("source.onnx", model), entry));
        Assert.Equal(problem, e.Problem);
        Assert.Contains(reason, e.Message);
        Assert.Equal(["tiny"], store.Models.Select(m => m.Entry.Name));
        Assert.False(File.Exists(Path.Combine(User.Models, ModelManifest.FileName)));
    }
}
