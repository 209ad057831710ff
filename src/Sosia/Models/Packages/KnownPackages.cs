namespace Sosia.Models.Packages;

/// <summary>The well-known packages of detectors and embedders, by the hashes of their files.</summary>
internal static class KnownPackages
{
    private static readonly PublishedFile Scrfd10 = new(
        "5838f7fe053675b1c7a08b633df49e7af5495cee0493c7dcf6697200b85b5b91",
        "det_10g.onnx (SCRFD-10GF with points)",
        Scrfd("scrfd-10g")
    );

    private static readonly PublishedFile Scrfd500 = new(
        "5e4447f50245bbd7966bd6c0fa52938c61474a04ec7def48753668a9d8b4ea3a",
        "scrfd_500m_bnkps.onnx (SCRFD-500MF with points)",
        Scrfd("scrfd-500m")
    );

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ModelPackage> All { get; } =
    [
        new(
            "buffalo_l",
            "InsightFace allows its models for non-commercial research only; ask its makers for anything else.",
            [
                [Scrfd10],
                [
                    new(
                        "4c06341c33c2ca1f86781dab0e829f88ad5b64be9fba56e56bc9ebdefc619e43",
                        "w600k_r50.onnx (ArcFace, ResNet-50, WebFace600K)",
                        ArcFace("buffalo_l", Scrfd10, "LicenseRef-InsightFace-non-commercial", "WebFace600K")
                    ),
                ],
            ]
        ),
        new(
            "auraface",
            "AuraFace v1 is published under Apache-2.0; the SCRFD that comes with it is InsightFace's, for non-commercial research only.",
            [
                [Scrfd10, Scrfd500],
                [
                    new(
                        "a7933ea5330113b01c9b60351d8f4c33003f145d8470ac5f0e52ee2effe25c60",
                        "glintr100.onnx (AuraFace v1)",
                        ArcFace("auraface", Scrfd10, "Apache-2.0", "Not stated here; see its makers' page.")
                    ),
                ],
            ]
        ),
        new(
            "yunet",
            "YuNet is free software: OpenCV's file under MIT, its author's under Apache-2.0.",
            [
                [
                    new(
                        "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
                        "face_detection_yunet_2023mar.onnx (OpenCV Zoo)",
                        Yunet("MIT", "OpenCV Zoo, face_detection_yunet_2023mar.onnx")
                    ),
                    new(
                        "25a606a145a5b6d7271ae138fbd00eba91dad8b83222ae3f2c7ecd0f4a7b0e31",
                        "yunet_n_640_640.onnx (its author's)",
                        Yunet("Apache-2.0", "YuNet_n by Shiqi Yu and others, 640 × 640")
                    ),
                ],
            ]
        ),
    ];

    private static ModelEntry Scrfd(string name) =>
        Detector(
            name,
            DetectorFamily.Scrfd,
            "LicenseRef-InsightFace-non-commercial",
            "InsightFace, SCRFD",
            ChannelOrder.Rgb,
            127.5f,
            1 / 128f
        );

    private static ModelEntry Yunet(string licence, string origin) =>
        Detector("yunet", DetectorFamily.Yunet, licence, origin, ChannelOrder.Bgr, 0, 1);

    private static ModelEntry Detector(
        string name,
        DetectorFamily family,
        string licence,
        string origin,
        ChannelOrder channels,
        float mean,
        float scale
    ) =>
        new()
        {
            Name = name,
            Makes = ModelKind.FaceBoxes,
            Family = family,
            File = $"{name}.onnx",
            Sha256 = "",
            Licence = licence,
            Origin = origin,
            TrainingData = "WIDER FACE.",
            Input = new()
            {
                Name = "input",
                Width = 640,
                Height = 640,
                Fit = InputFit.Pad,
                Interpolation = Interpolation.Area,
                Layout = TensorLayout.Nchw,
                Channels = channels,
                Mean = [mean],
                Scale = [scale],
            },
            Output = new() { Name = "scores" },
        };

    private static ModelEntry ArcFace(string name, PublishedFile detector, string licence, string trainingData) =>
        new()
        {
            Name = name,
            Makes = ModelKind.FaceEmbedding,
            Detector = detector.Entry.Name,
            File = $"{name}.onnx",
            Sha256 = "",
            Licence = licence,
            Origin = $"{name}, as published",
            TrainingData = trainingData,
            Input = new()
            {
                Name = "input",
                Width = 112,
                Height = 112,
                Fit = InputFit.Align,
                Interpolation = Interpolation.Bilinear,
                Layout = TensorLayout.Nchw,
                Channels = ChannelOrder.Rgb,
                Mean = [127.5f],
                Scale = [1 / 127.5f],
                Template =
                [
                    [38.2946f, 51.6963f],
                    [73.5318f, 51.5014f],
                    [56.0252f, 71.7366f],
                    [41.5493f, 92.3655f],
                    [70.7299f, 92.2041f],
                ],
            },
            Output = new() { Name = "output", Dimensions = 512 },
        };
}
