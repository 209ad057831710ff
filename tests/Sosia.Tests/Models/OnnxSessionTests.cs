using Google.Protobuf;
using Sosia.Models;
using Sosia.Models.Onnx;
using Sosia.Models.Onnx.Schema;

namespace Sosia.Tests.Models;

public class OnnxSessionTests
{
    private static readonly ModelProto Tiny = TinyModel.Embedding();
    private static readonly ModelEntry Entry = TinyModel.Entry(Tiny);

    [Fact]
    public void A_batch_gives_the_rows_of_its_pictures()
    {
        using var session = Load(Tiny, Entry);
        var input = TinyModel.Noise(3 * session.InputFloats, 1);
        var rows = new float[3 * TinyModel.Dimensions];

        session.Run(input, 3, rows);

        Assert.True(session.TakesBatches);
        for (var i = 0; i < 3; i++)
        {
            var row = TinyModel.Run(Tiny, Entry, input[(i * session.InputFloats)..((i + 1) * session.InputFloats)]);
            Assert.Equal(row, rows[(i * TinyModel.Dimensions)..((i + 1) * TinyModel.Dimensions)]);
        }
    }

    [Fact]
    public void Many_threads_share_one_session()
    {
        using var session = Load(Tiny, Entry);
        var inputs = Enumerable.Range(0, 64).Select(i => TinyModel.Noise(session.InputFloats, i)).ToArray();
        var rows = inputs.Select(_ => new float[TinyModel.Dimensions]).ToArray();

        Parallel.For(0, inputs.Length, i => session.Run(inputs[i], 1, rows[i]));

        Assert.Equal(inputs.Select(i => TinyModel.Run(Tiny, Entry, i)), rows);
    }

    [Fact, Slow]
    public async Task A_run_ends_in_its_middle_when_nobody_wants_it_any_more()
    {
        var slow = SlowNetwork.Make();
        using var session = Load(slow, TinyModel.Entry(slow));
        using var cancellation = new CancellationTokenSource();
        var input = new float[session.InputFloats];
        var run = Task.Run(
            () => session.Run(input, 1, new float[TinyModel.Dimensions], cancellation: cancellation.Token),
            TestContext.Current.CancellationToken
        );

        cancellation.CancelAfter(TimeSpan.FromMilliseconds(100)); // of many seconds

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Throws<OperationCanceledException>(() =>
            session.Run(input, 1, new float[TinyModel.Dimensions], cancellation: cancellation.Token)
        );
    }

    [Fact]
    public void A_network_for_one_picture_refuses_two()
    {
        var single = TinyModel.Embedding(batch: 1);
        using var session = Load(single, TinyModel.Entry(single));

        Assert.False(session.TakesBatches);
        var e = Assert.Throws<ArgumentException>(() =>
            session.Run(new float[2 * session.InputFloats], 2, new float[2 * TinyModel.Dimensions])
        );
        Assert.StartsWith("Expected 1 picture at once, got 2.", e.Message);
    }

    [Theory]
    [InlineData(191, 4)]
    [InlineData(193, 4)]
    [InlineData(192, 3)]
    [InlineData(192, 8)]
    public void Spans_of_another_length_are_refused(int input, int output)
    {
        using var session = Load(Tiny, Entry);

        Assert.Throws<ArgumentException>(() => session.Run(new float[input], 1, new float[output]));
    }

    [Fact]
    public void A_row_of_other_length_than_the_manifest_says_is_refused_with_both() =>
        AssertMisfit("Expected 512 dimensions, got 4", Tiny, Entry with { Output = Entry.Output with { Dimensions = 512 } });

    [Fact]
    public void Another_size_of_input_is_refused() =>
        AssertMisfit(
            "takes n × 3 × 8 × 8, and the manifest says n × 3 × 9 × 9",
            Tiny,
            Entry with
            {
                Input = Entry.Input with { Width = 9, Height = 9 },
            }
        );

    [Fact]
    public void Channels_in_another_place_are_refused() =>
        AssertMisfit("n × 8 × 8 × 3", Tiny, Entry with { Input = Entry.Input with { Layout = TensorLayout.Nhwc } });

    [Fact]
    public void An_unknown_name_is_answered_with_the_known_ones()
    {
        AssertMisfit("no input 'data', but 'input'", Tiny, Entry with { Input = Entry.Input with { Name = "data" } });
        AssertMisfit("no output 'embedding', but 'output'", Tiny, Entry with { Output = Entry.Output with { Name = "embedding" } });
    }

    [Fact]
    public void A_network_with_two_inputs_is_refused()
    {
        var two = Tiny.Clone();
        two.Graph.Input.Add(TinyModel.Value("mask", 0, TinyModel.Dimensions));
        two.Graph.Node[^1].Output[0] = two.Graph.Node[^1].Name = "flat";
        two.Graph.Node.Add(OnnxBuilder.Node("Add", ["flat", "mask"], "output"));

        AssertMisfit("2 inputs (input, mask)", two, Entry);
    }

    [Fact]
    public void A_network_on_half_floats_is_refused()
    {
        var half = new GraphProto
        {
            Name = "half",
            Input = { TinyModel.Value("input", 0, 3, 8, 8) },
            Output = { TinyModel.Value("output", 0, 192) },
        };
        foreach (var value in half.Input.Concat(half.Output))
            value.Type.TensorType.ElemType = (int)TensorProto.Types.DataType.Float16;
        half.Node.Add(OnnxBuilder.Node("Flatten", ["input"], "output", ("axis", 1)));

        AssertMisfit("Float16", TinyModel.Model(half), Entry);
    }

    [Theory]
    [InlineData("ReduceMean", "keepdims", "gives a single number for one picture, and 1 × … was expected")]
    [InlineData("ArgMax", "axis", "has an output 'output' of Int64, and Sosia runs networks on 32-bit floats")]
    [InlineData("SplitToSequence", "axis", "has an output 'output' of ONNX_TYPE_SEQUENCE, and Sosia runs networks on 32-bit floats")]
    [InlineData("Size", "", "has an output 'output' of Int64, and Sosia runs networks on 32-bit floats")]
    public void An_output_that_is_no_vector_is_refused(string operation, string setting, string reason)
    {
        var graph = new GraphProto
        {
            Name = "none",
            Input = { TinyModel.Value("input", 0, 3, 8, 8) },
            Output = { new ValueInfoProto { Name = "output" } },
        };
        graph.Node.Add(OnnxBuilder.Node(operation, ["input"], "output", setting.Length == 0 ? [] : [(setting, 0)]));

        AssertMisfit(reason, TinyModel.Model(graph), Entry);
    }

    [Fact]
    public void One_number_a_picture_is_no_vector_either()
    {
        var graph = new GraphProto
        {
            Name = "mean",
            Input = { TinyModel.Value("input", 0, 3, 8, 8) },
            Output = { TinyModel.Value("output", 0) },
        };
        var node = OnnxBuilder.Node("ReduceMean", ["input"], "output", ("keepdims", 0));
        node.Attribute.Add(
            new AttributeProto
            {
                Name = "axes",
                Type = AttributeProto.Types.AttributeType.Ints,
                Ints = { 1, 2, 3 },
            }
        );
        graph.Node.Add(node);

        AssertMisfit("gives n for one picture, and 1 × … was expected", TinyModel.Model(graph), Entry);
    }

    [Fact]
    public void Open_dimensions_of_the_output_are_found_by_running()
    {
        var open = TinyModel.Embedding(pooled: false);
        open.Graph.Output[0] = TinyModel.Value("output", 0, 0, 0, 0);

        using var session = Load(open, Entry with { Output = Entry.Output with { Pooling = "average" } });

        Assert.Equal([1, TinyModel.Dimensions, TinyModel.Side, TinyModel.Side], session.ShapeOf(0).ToArray());
    }

    [Fact]
    public void Bytes_that_are_no_network_are_refused()
    {
        var e = Assert.Throws<ModelException>(() => OnnxSession.Load([1, 2, 3], Entry));

        Assert.Equal(ModelProblem.NotAModel, e.Problem);
        Assert.Contains("'tiny' can't be run", e.Message);
    }

    private static OnnxSession Load(ModelProto model, ModelEntry entry) => OnnxSession.Load(model.ToByteArray(), entry);

    private static void AssertMisfit(string reason, ModelProto model, ModelEntry entry)
    {
        var e = Assert.Throws<ModelException>(() => Load(model, entry).Dispose());
        Assert.Equal(ModelProblem.DoesNotFit, e.Problem);
        Assert.Contains(reason, e.Message);
    }
}
