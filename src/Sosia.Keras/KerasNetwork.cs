using Sosia.Keras.Layers;
using Sosia.Models;

namespace Sosia.Keras;

/// <summary>A network whose weights are published in Keras's format.</summary>
public sealed class KerasNetwork
{
    private const string OfKeras = "https://storage.googleapis.com/tensorflow/keras-applications/";
    private const string OfDeepFace = "https://github.com/serengil/deepface_models/releases/download/v1.0/";

    /// <summary>
    /// Where the five points of a face stand in FaceNet's 160 × 160 pixels. It was trained on MTCNN's box with a margin: 138 of 182
    /// pixels, of which 160 were taken. In that box the eyes stand at two fifths of the height, the mouth at five sixths; the usual
    /// template is moved and scaled to meet them.
    /// </summary>
    private static readonly float[][] FaceNetTemplate =
    [
        [52.06f, 64.73f],
        [107.58f, 64.42f],
        [80, 96.3f],
        [57.19f, 128.8f],
        [103.17f, 128.55f],
    ];

    private readonly Func<Layer, Layer> _build;

    private KerasNetwork(string name, PublishedWeights published, Func<Layer, Layer> build) =>
        (Name, Published, _build) = (name, published, build);

    /// <summary>Inception-ResNet-v2: 6 × 6 × 1536 features.</summary>
    public static KerasNetwork InceptionResNetV2 { get; } =
        new(
            "inception-resnet-v2",
            new(
                new Uri(OfKeras + "inception_resnet_v2/inception_resnet_v2_weights_tf_dim_ordering_tf_kernels_notop.h5"),
                "d19885ff4a710c122648d3b5c3b684e4"
            ),
            Keras.InceptionResNetV2.Build
        )
        {
            Mean = 127.5f,
            Scale = 1 / 127.5f,
        };

    /// <summary>EfficientNetV2-L: 8 × 8 × 1280 features.</summary>
    public static KerasNetwork EfficientNetV2L { get; } =
        new(
            "efficientnet-v2-l",
            new(new Uri(OfKeras + "efficientnet_v2/efficientnetv2-l_notop.h5"), "b0b66b5c863aef5b46e8608fe1711615"),
            Keras.EfficientNetV2L.Build
        );

    /// <summary>FaceNet: 512 numbers of an aligned face. DeepFace publishes its weights without a hash.</summary>
    public static KerasNetwork FaceNet512 { get; } =
        new("facenet512", new(new Uri(OfDeepFace + "facenet512_weights.h5"), Bytes: 94_955_648), Keras.FaceNet512.Build)
        {
            Side = 160,
            Mean = 127.5f,
            Scale = 1 / 127.5f,
            Makes = ModelKind.FaceEmbedding,
            Licence = "MIT",
            TrainingData = "VGGFace2, by its author's words (20180402-114759), where the weights are DeepFace's own",
        };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<KerasNetwork> All { get; } = [InceptionResNetV2, EfficientNetV2L, FaceNet512];

    /// <summary>What the model will be called.</summary>
    public string Name { get; }

    /// <summary>The file of weights that is published.</summary>
    public PublishedWeights Published { get; }

    /// <summary>
    /// Rows and columns of a picture: for whole pictures 250, as the student project fed them; those networks take any size.
    /// </summary>
    public int Side { get; private init; } = 250;

    /// <summary>What it makes.</summary>
    public ModelKind Makes { get; private init; } = ModelKind.ImageEmbedding;

    /// <summary>Subtracted from bytes before the network; 0 where its first layer does so.</summary>
    private float Mean { get; init; }

    private float Scale { get; init; } = 1;

    private string Licence { get; init; } = "Apache-2.0";

    private string TrainingData { get; init; } = "ImageNet (ILSVRC 2012), where the weights are Keras's own";

    /// <summary>Makes the layers anew; the last one is handed out.</summary>
    public Layer Build() => _build(new Picture(new Shape(Side, Side, 3)));

    /// <summary>
    /// What the manifest will say: one row a picture. Where a network gives positions it is the mean of each channel, and all positions are
    /// there for those who ask for them.
    /// </summary>
    /// <param name="sha256">Of the ONNX file.</param>
    /// <param name="origin">Where the weights come from.</param>
    public ModelEntry Entry(string sha256, string origin)
    {
        var isFace = Makes == ModelKind.FaceEmbedding;
        var output = Build();
        return new ModelEntry
        {
            Name = Name,
            Makes = Makes,
            File = $"{Name}.onnx",
            Sha256 = sha256,
            Licence = Licence,
            Origin = origin,
            TrainingData = TrainingData,
            Input = new ModelInput
            {
                Name = OnnxWriter.InputName,
                Width = Side,
                Height = Side,
                Fit = isFace ? InputFit.Align : InputFit.Stretch,
                Interpolation = Interpolation.Bilinear,
                Layout = TensorLayout.Nhwc,
                Channels = ChannelOrder.Rgb,
                Mean = [Mean],
                Scale = [Scale],
                Template = isFace ? FaceNetTemplate : null,
            },
            Output = new ModelOutput
            {
                Name = OnnxWriter.OutputName,
                Dimensions = output.Output.Channels,
                Pooling = output.IsRow ? "none" : "average",
                Metric = "cosine",
            },
        };
    }
}
