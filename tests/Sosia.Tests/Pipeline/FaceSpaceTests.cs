using Sosia.Catalogue;
using Sosia.Embeddings;
using Sosia.Faces;
using Sosia.Hosting;
using Sosia.Models;
using Sosia.Models.Store;
using Sosia.Pipeline;
using Sosia.Tests.Faces;

namespace Sosia.Tests.Pipeline;

public class FaceSpaceTests
{
    private static readonly ModelStore Store = new(RealFiles.Models, new UserDirectories("/nonexistent"));
    private static readonly ModelEntry Landmarks = Store.Default(ModelKind.FaceLandmarks).Entry;
    private static readonly ModelEntry Embedder = Store.Default(ModelKind.FaceEmbedding).Entry;

    public static TheoryData<string, Func<ModelEntry, ModelEntry>> WhatMovesThePoints =>
        new()
        {
            { "file", e => e with { Sha256 = new string('0', 64) } },
            { "size", e => e with { Input = e.Input with { Width = 96, Height = 96 } } },
            { "interpolation", e => e with { Input = e.Input with { Interpolation = Interpolation.Bicubic } } },
            { "channels", e => e with { Input = e.Input with { Channels = ChannelOrder.Rgb } } },
            { "mean", e => e with { Input = e.Input with { Mean = [127] } } },
            { "scale", e => e with { Input = e.Input with { Scale = [MathF.BitIncrement(e.Input.Scale[0])] } } },
            { "crop", e => e with { Input = e.Input with { CropScale = 1.1f } } },
            { "output", e => e with { Output = e.Output with { Name = "other" } } },
            {
                "five points",
                e =>
                    e with
                    {
                        Output = e.Output with
                        {
                            FivePoints =
                            [
                                [36, 39],
                                .. e.Output.FivePoints!.Skip(1),
                            ],
                        },
                    }
            },
            {
                "which of the points make which",
                e =>
                    e with
                    {
                        Output = e.Output with
                        {
                            FivePoints =
                            [
                                [37, 38, 40],
                                [41, 43, 44, 46, 47],
                                .. e.Output.FivePoints!.Skip(2),
                            ],
                        },
                    }
            },
        };

    [Theory, MemberData(nameof(WhatMovesThePoints))]
    public void Other_landmarks_make_another_space(string what, Func<ModelEntry, ModelEntry> change) =>
        Assert.True(FaceSpace.Of(change(Landmarks), Embedder).Key != FaceSpace.Of(Landmarks, Embedder).Key, what);

    [Fact]
    public void Another_embedder_makes_another_space() =>
        Assert.NotEqual(FaceSpace.Of(Landmarks, Embedder).Key, FaceSpace.Of(Landmarks, Embedder with { Sha256 = new string('0', 64) }).Key);

    [Fact]
    public void Another_template_makes_another_space()
    {
        float[][] template =
        [
            [30.2946f, 51.6963f],
            .. Embedder.Input.Template!.Skip(1),
        ];
        var other = Embedder with { Input = Embedder.Input with { Template = template } };
        Assert.NotEqual(FaceSpace.Of(Landmarks, Embedder).Key, FaceSpace.Of(Landmarks, other).Key);
    }

    [Fact]
    public void What_a_landmark_model_is_called_and_where_it_lies_does_not() =>
        Assert.Equal(
            FaceSpace.Of(Landmarks, Embedder),
            FaceSpace.Of(Landmarks with { Name = "other", File = "other.onnx", Licence = "", Origin = "", TrainingData = "" }, Embedder)
        );

    [Fact]
    public void How_faces_are_found_is_no_part_of_the_space()
    {
        Assert.Equal(RealNetworks.Pipeline.Space, RealNetworks.QuickPipeline.Space);
        Assert.Equal(FaceSpace.Of(Store), RealNetworks.Pipeline.Space);
    }

    [Fact]
    public void The_default_space_keeps_its_name()
    {
        // Collections are stored under it: a change here makes every one of them be indexed anew, so it must be meant.
        Assert.Equal("fe13a4a13fa12b5f6bf9953f46babc9d313b91c9bae3edbcfa99d92597f44eed", FaceSpace.Of(Store).Key);
    }

    [Fact]
    public void A_key_that_named_the_embedder_alone_becomes_that_of_the_pipeline_of_then()
    {
        // When other landmarks or another alignment become the default, these are still those of landmarks-68 and version 1.
        Assert.Equal(FaceSpace.Of(Store.Find("landmarks-68").Entry, Embedder).Key, FormerSpaceKey.Now(EmbedderKey.Of(Embedder)));
        var added = TinyModel.Entry(TinyModel.Embedding());
        Assert.Equal(FaceSpace.Of(Store.Find("landmarks-68").Entry, added).Key, FormerSpaceKey.Now(EmbedderKey.Of(added)));
        Assert.NotEqual(FormerSpaceKey.Now(EmbedderKey.Of(added)), FormerSpaceKey.Now(EmbedderKey.Of(Embedder)));
    }

    [Fact]
    public void The_points_of_a_detector_are_named_as_its_model_says()
    {
        using var finder = RealNetworks.FinderWith(new DetectorOptions { MinConfidence = 0.5f });
        Assert.Equal(LandmarksKey.Of(Landmarks), finder.LandmarksKey);
    }
}
