using Sosia.Keras.Layers;
using Sosia.Models;

namespace Sosia.Keras;

/// <summary>A network whose weights Keras publishes.</summary>
public sealed class KerasNetwork
{
    /// <summary>Rows and columns of a picture: the student project fed 250 × 250, and both networks take any size.</summary>
    public const int Side = 250;

    private const string Published = "https://storage.googleapis.com/tensorflow/keras-applications/";
    private readonly Func<Layer, Layer> _build;

    private KerasNetwork(string name, Uri address, string md5, Func<Layer, Layer> build) => (Name, Address, Md5, _build) = (name, address, md5, build);

    /// <summary>Inception-ResNet-v2: 6 × 6 × 1536 features.</summary>
    public static KerasNetwork InceptionResNetV2 { get; } = new("inception-resnet-v2",
        new Uri(Published + "inception_resnet_v2/inception_resnet_v2_weights_tf_dim_ordering_tf_kernels_notop.h5"), "d19885ff4a710c122648d3b5c3b684e4", Keras.InceptionResNetV2.Build)
    { Mean = 127.5f, Scale = 1 / 127.5f };

    /// <summary>EfficientNetV2-L: 8 × 8 × 1280 features.</summary>
    public static KerasNetwork EfficientNetV2L { get; } = new("efficientnet-v2-l",
        new Uri(Published + "efficientnet_v2/efficientnetv2-l_notop.h5"), "b0b66b5c863aef5b46e8608fe1711615", Keras.EfficientNetV2L.Build);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<KerasNetwork> All { get; } = [InceptionResNetV2, EfficientNetV2L];

    /// <summary>What the model will be called.</summary>
    public string Name { get; }

    /// <summary>Where its weights are published.</summary>
    public Uri Address { get; }

    /// <summary>MD5 of the published file, in lower-case hex.</summary>
    public string Md5 { get; }

    /// <summary>Subtracted from bytes before the network; 0 where its first layer does so.</summary>
    private float Mean { get; init; }

    private float Scale { get; init; } = 1;

    /// <summary>Makes the layers anew; the last one is handed out.</summary>
    public Layer Build() => _build(new Picture(new Shape(Side, Side, 3)));

    /// <summary>What the manifest will say: one row a picture, the mean of each channel. All positions are there for whoever asks for them.</summary>
    /// <param name="sha256">Of the ONNX file.</param>
    /// <param name="origin">Where the weights come from.</param>
    public ModelEntry Entry(string sha256, string origin) => new()
    {
        Name = Name,
        Makes = ModelKind.ImageEmbedding,
        File = $"{Name}.onnx",
        Sha256 = sha256,
        Licence = "Apache-2.0",
        Origin = origin,
        TrainingData = "ImageNet (ILSVRC 2012), where the weights are Keras's own",
        Input = new ModelInput
        {
            Name = OnnxWriter.InputName, Width = Side, Height = Side, Fit = InputFit.Stretch, Interpolation = Interpolation.Bilinear,
            Layout = TensorLayout.Nhwc, Channels = ChannelOrder.Rgb, Mean = [Mean], Scale = [Scale],
        },
        Output = new ModelOutput { Name = OnnxWriter.OutputName, Dimensions = Build().Output.Channels, Pooling = "average", Metric = "cosine" },
    };
}
