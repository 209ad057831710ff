using Sosia.Embeddings;
using Sosia.Models;

namespace Sosia.Tests.Embeddings;

public class EmbedderKeyTests
{
    private static readonly ModelEntry Entry = TinyModel.Entry(TinyModel.Embedding());

    public static TheoryData<string, Func<ModelEntry, ModelEntry>> WhatChangesRows =>
        new()
        {
            { "file", e => e with { Sha256 = new string('0', 64) } },
            { "size", e => e with { Input = e.Input with { Width = 16, Height = 16 } } },
            { "fit", e => e with { Input = e.Input with { Fit = InputFit.Pad } } },
            { "interpolation", e => e with { Input = e.Input with { Interpolation = Interpolation.Bicubic } } },
            { "channels", e => e with { Input = e.Input with { Channels = ChannelOrder.Rgb } } },
            { "mean", e => e with { Input = e.Input with { Mean = [127] } } },
            { "scale", e => e with { Input = e.Input with { Scale = [MathF.BitIncrement(e.Input.Scale[0])] } } },
            {
                "template",
                e =>
                    e with
                    {
                        Input = e.Input with
                        {
                            Template =
                            [
                                [2, 3],
                                [5, 3],
                                [4, 4],
                                [2, 6],
                                [5, 6.5f],
                            ],
                        },
                    }
            },
            { "output", e => e with { Output = e.Output with { Name = "other" } } },
            { "pooling", e => e with { Output = e.Output with { Pooling = "average" } } },
            { "metric", e => e with { Output = e.Output with { Metric = "euclidean" } } },
        };

    [Theory, MemberData(nameof(WhatChangesRows))]
    public void What_changes_a_row_makes_another_space(string what, Func<ModelEntry, ModelEntry> change) =>
        Assert.True(EmbedderKey.Of(change(Entry)) != EmbedderKey.Of(Entry), what);

    [Fact]
    public void What_a_model_is_called_and_where_it_lies_does_not() =>
        Assert.Equal(
            EmbedderKey.Of(Entry),
            EmbedderKey.Of(
                Entry with
                {
                    Name = "other",
                    File = "other.onnx",
                    Licence = "",
                    Origin = "",
                    TrainingData = "",
                    Calibration = "c.json",
                }
            )
        );

    [Fact]
    public void The_default_models_key_keeps_its_value()
    {
        // The keys of spaces are made of it: a change here makes every collection be indexed anew, so it must be meant.
        Assert.Equal("f64426887e6fd007a0a512c6461b79ac6bd8c9ac3ed37162f1f2502c588ab29b", EmbedderKey.Of(RealFiles.Model("face-512").Entry));
    }
}
