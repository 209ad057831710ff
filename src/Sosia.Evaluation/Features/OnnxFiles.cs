using System.Security.Cryptography;
using Sosia.Models;
using Sosia.Models.Onnx;
using Sosia.Models.Onnx.Schema;

namespace Sosia.Evaluation.Features;

/// <summary>ONNX files that nobody registered, as models.</summary>
internal static class OnnxFiles
{
    /// <summary>
    /// A file with its manifest entry beside it (the same name, .json), or one that takes and gives what the student project's network
    /// does: then bytes go in as they are, and all positions come out.
    /// </summary>
    /// <exception cref="ModelException">No such file, not ONNX, or neither.</exception>
    public static KnownModel Open(string path, string name)
    {
        path = Path.GetFullPath(path);
        var bytes = OnnxModel.ReadFile(path);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        var (directory, file, beside) = (Path.GetDirectoryName(path)!, Path.GetFileName(path), Path.ChangeExtension(path, ".json"));
        if (File.Exists(beside))
        {
            var entry = ModelManifest.ParseEntry(File.ReadAllText(beside), beside);
            return new KnownModel(entry with { Name = name, File = file }, directory, BuiltIn: false);
        }
        var graph = OnnxModel.Parse(bytes, path).Graph;
        if (
            graph.Input.FirstOrDefault(input => input.Name == BaselineGraph.Input) is not { } images
            || graph.Output.FirstOrDefault(output => output.Name == BaselineGraph.Output) is not { } features
            || Sides(images) is not [_, var height and > 0, var width and > 0, 3]
            || Sides(features) is not [_, > 0, > 0, > 0] shape
        )
            throw new ModelException(
                ModelProblem.DoesNotFit,
                $"{path} is no baseline network ('{BaselineGraph.Input}' n × side × side × 3 in, '{BaselineGraph.Output}' out), so "
                    + $"nobody knows how pictures are prepared for it; put its manifest entry beside it as {Path.GetFileName(beside)}, "
                    + "or register it with `sosia models add`."
            );
        return new KnownModel(
            Baseline(name, file, sha256, (int)width, (int)height, (int)(shape[1] * shape[2] * shape[3])),
            directory,
            BuiltIn: false
        );
    }

    /// <summary>Bytes 0–255 as they are; pictures of another size are stretched.</summary>
    private static ModelEntry Baseline(string name, string file, string sha256, int width, int height, int dimensions) =>
        new()
        {
            Name = name,
            Makes = ModelKind.ImageEmbedding,
            File = file,
            Sha256 = sha256,
            Licence = "MIT",
            Origin = "sosia train baseline",
            TrainingData = "Not stated in the file.",
            Input = new ModelInput
            {
                Name = BaselineGraph.Input,
                Width = width,
                Height = height,
                Fit = InputFit.Stretch,
                Interpolation = Interpolation.Bilinear,
                Layout = TensorLayout.Nhwc,
                Channels = ChannelOrder.Rgb,
                Mean = [0],
                Scale = [1],
            },
            Output = new ModelOutput
            {
                Name = BaselineGraph.Output,
                Dimensions = dimensions,
                Metric = "euclidean",
            },
        };

    private static long[]? Sides(ValueInfoProto value) => value.Type?.TensorType?.Shape?.Dim.Select(side => side.DimValue).ToArray();
}
