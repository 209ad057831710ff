using System.Text.Json.Serialization;

namespace Sosia.Models;

/// <summary>What a model makes of its input.</summary>
public enum ModelKind
{
    /// <summary>Boxes of faces in a photo.</summary>
    FaceBoxes,

    /// <summary>Points of one face.</summary>
    FaceLandmarks,

    /// <summary>One row for an aligned face.</summary>
    FaceEmbedding,

    /// <summary>One row for a whole image.</summary>
    ImageEmbedding,

    /// <summary>A number that is guessed of a face (SSR-Net): gender, age. Used by the experiments alone.</summary>
    FaceTrait,
}

/// <summary>What a detector's outputs mean.</summary>
public enum DetectorFamily
{
    /// <summary>Boxes and scores over priors (Ultra-Light, RFB-320). The points come from a network of their own.</summary>
    UltraLight,

    /// <summary>OpenCV's YuNet: class, object, box and five points for each place of three strides.</summary>
    Yunet,

    /// <summary>InsightFace's SCRFD: score, box and five points for two anchors at each place of three strides.</summary>
    Scrfd,
}

/// <summary>How a picture is brought to the size of the input.</summary>
public enum InputFit
{
    /// <summary>Both sides scaled on their own; the aspect ratio is lost.</summary>
    Stretch,

    /// <summary>Scaled to cover, the middle kept.</summary>
    CentreCrop,

    /// <summary>Scaled to fit inside, the rest grey.</summary>
    Pad,

    /// <summary>Warped so that five points of the face meet a template.</summary>
    Align,
}

/// <summary>How pixels between pixels are made.</summary>
public enum Interpolation
{
    /// <summary>Two by two neighbours; when a whole picture shrinks, a triangle as wide as the shrinking asks.</summary>
    Bilinear,

    /// <summary>Four by four neighbours (Keys, a = -0.5); when a whole picture shrinks, as wide as the shrinking asks.</summary>
    Bicubic,

    /// <summary>The mean of the area that a pixel covers, and bilinear when enlarging.</summary>
    Area,
}

/// <summary>The order of the channels in the input.</summary>
public enum ChannelOrder
{
    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Blue, green, red.</summary>
    Bgr,

    /// <summary>One channel: 0.299 R + 0.587 G + 0.114 B.</summary>
    Grey,
}

/// <summary>The order of the input's dimensions.</summary>
public enum TensorLayout
{
    /// <summary>Batch, channel, row, column.</summary>
    Nchw,

    /// <summary>Batch, row, column, channel.</summary>
    Nhwc,
}

/// <summary>All that is done to a picture before a network sees it.</summary>
public sealed record ModelInput
{
    /// <summary>The input's name in the graph.</summary>
    public required string Name { get; init; }

    /// <summary>Columns.</summary>
    public required int Width { get; init; }

    /// <summary>Rows.</summary>
    public required int Height { get; init; }

    /// <summary>How the picture is brought to that size.</summary>
    public required InputFit Fit { get; init; }

    /// <summary>How pixels between pixels are made.</summary>
    public required Interpolation Interpolation { get; init; }

    /// <summary>Order of the dimensions.</summary>
    public required TensorLayout Layout { get; init; }

    /// <summary>Order of the channels.</summary>
    public required ChannelOrder Channels { get; init; }

    /// <summary>Subtracted from each byte value 0–255, one for all channels or one a channel in the input's order.</summary>
    public required float[] Mean { get; init; }

    /// <summary>Multiplied after that, one for all channels or one a channel.</summary>
    public required float[] Scale { get; init; }

    /// <summary>
    /// For <see cref="InputFit.Align"/>: left eye, right eye, nose, left and right mouth corner, as x, y pairs in the input's pixels.
    /// </summary>
    public float[][]? Template { get; init; }

    /// <summary>For landmarks and traits: the side of the square crop around the middle of the box, in heights of the box.</summary>
    public float CropScale { get; init; } = 1;

    /// <summary>Channels of the input: 1 for grey, else 3.</summary>
    [JsonIgnore]
    public int ChannelCount => Channels == ChannelOrder.Grey ? 1 : 3;

    /// <summary>Floats of one picture.</summary>
    [JsonIgnore]
    public int Floats => Width * Height * ChannelCount;
}

/// <summary>What comes out.</summary>
public sealed record ModelOutput
{
    /// <summary>The output's name in the graph (of the boxes, where a detector has several).</summary>
    public required string Name { get; init; }

    /// <summary>Detectors: the output with the scores.</summary>
    public string? Scores { get; init; }

    /// <summary>Floats a row, for embeddings; points × 2 for landmarks; 0 for boxes.</summary>
    public int Dimensions { get; init; }

    /// <summary>Landmarks: which points, averaged, make left eye, right eye, nose, left and right mouth corner (zero-based).</summary>
    public int[][]? FivePoints { get; init; }

    /// <summary>Traits: the largest value; 1 for gender (0 female, 1 male), years for age.</summary>
    public float? Range { get; init; }

    /// <summary>Embeddings: "average" when the output still has positions to average over, else "none".</summary>
    public string Pooling { get; init; } = "none";

    /// <summary>Embeddings: "cosine" (rows are brought to unit length) or "euclidean".</summary>
    public string Metric { get; init; } = "cosine";
}

/// <summary>One model of the manifest.</summary>
public sealed record ModelEntry
{
    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>What it makes.</summary>
    public required ModelKind Makes { get; init; }

    /// <summary>File name beside the manifest.</summary>
    public required string File { get; init; }

    /// <summary>SHA-256 of that file, 64 lower-case hex digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>SPDX identifier.</summary>
    public required string Licence { get; init; }

    /// <summary>Where the file comes from.</summary>
    public required string Origin { get; init; }

    /// <summary>What is known of the data it was trained on.</summary>
    public required string TrainingData { get; init; }

    /// <summary>Preprocessing.</summary>
    public required ModelInput Input { get; init; }

    /// <summary>Output.</summary>
    public required ModelOutput Output { get; init; }

    /// <summary>Of a detector: what its outputs mean.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DetectorFamily Family { get; init; }

    /// <summary>Of a face embedding: the detector it is used with; null for the default one.</summary>
    public string? Detector { get; init; }

    /// <summary>Whether it makes the five points of a face beside its box.</summary>
    [JsonIgnore]
    internal bool MakesPoints => Makes == ModelKind.FaceBoxes && Family != DetectorFamily.UltraLight;

    /// <summary>File beside the manifest that says what its scores mean; null when it has not been calibrated.</summary>
    public string? Calibration { get; init; }
}
