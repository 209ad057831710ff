using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sosia.Models;
using Sosia.Models.Onnx;
using Sosia.Models.Onnx.Schema;
using Sosia.Vectors.Files;

namespace Sosia.Evaluation.Classification;

/// <summary>What lies beside a saved network and says which files belong together.</summary>
/// <param name="Version">Of the layout.</param>
/// <param name="Side">Columns and rows of a picture.</param>
/// <param name="Classes">Names, in the order of their class numbers.</param>
/// <param name="GraphSha256">Of the ONNX file.</param>
/// <param name="WeightsSha256">Of the file with the last layer's weights.</param>
/// <param name="WeightsBytes">Its length.</param>
public sealed record SavedNetworkDescription(
    int Version,
    int Side,
    IReadOnlyList<string> Classes,
    string GraphSha256,
    string WeightsSha256,
    long WeightsBytes
);

/// <summary>
/// A directory with a network that names people: <c>network.onnx</c>, its external data <c>network.data</c>, and <c>network.json</c>, which
/// is written last.
/// </summary>
public static class SavedNetwork
{
    /// <summary>The layout that this code writes and reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The graph.</summary>
    public const string GraphFile = "network.onnx";

    /// <summary>What says which files belong together.</summary>
    public const string DescriptionFile = "network.json";

    private const int MostDescriptionBytes = 64 << 20;

    /// <summary>
    /// Writes the three files; the weights are streamed, and the directory is never without a description that tells of the files in it.
    /// </summary>
    /// <param name="directory">Where they go.</param>
    /// <param name="graph">Of <see cref="ClassifierGraph.Make"/>.</param>
    /// <param name="classes">Names, in the order of their class numbers.</param>
    /// <param name="writeWeights">Writes the last layer's weights.</param>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    internal static void Write(string directory, ModelProto graph, IReadOnlyList<string> classes, Action<Stream> writeWeights)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(writeWeights);
        File.Delete(Path.Combine(directory, DescriptionFile));
        var weights = Path.Combine(directory, ClassifierGraph.WeightsFile);
        var (hash, bytes) = ("", 0L);
        DerivedFile.Write(
            weights,
            stream =>
            {
                writeWeights(stream);
                stream.Flush();
                (stream.Position, bytes) = (0, stream.Length);
                hash = Convert.ToHexStringLower(SHA256.HashData(stream));
            }
        );
        var onnx = Path.Combine(directory, GraphFile);
        OnnxModel.Save(graph, onnx);
        var side = (int)graph.Graph.Input[0].Type.TensorType.Shape.Dim[1].DimValue;
        var description = new SavedNetworkDescription(CurrentVersion, side, classes, Sha256(onnx), hash, bytes);
        DerivedFile.Write(
            Path.Combine(directory, DescriptionFile),
            stream => JsonSerializer.Serialize(stream, description, JsonSerializerOptions.Web)
        );
    }

    /// <summary>Checks that all files are there and belong together.</summary>
    /// <exception cref="ModelException">Something is missing, damaged, of another run or of a newer version: one sentence.</exception>
    public static SavedNetworkDescription Check(string directory)
    {
        var description = ReadDescription(directory);
        var (onnx, weights) = (Path.Combine(directory, GraphFile), Path.Combine(directory, ClassifierGraph.WeightsFile));
        CheckFile(onnx, "graph", description.GraphSha256);
        RefuseOtherFiles(onnx);
        var got = File.Exists(weights) ? new FileInfo(weights).Length : description.WeightsBytes;
        if (got != description.WeightsBytes)
            throw Bad(
                ModelProblem.HashDiffers,
                $"{weights} does not belong to {onnx}: Expected {description.WeightsBytes:N0} bytes, got {got:N0}; copy both from the "
                    + "same run."
            );
        CheckFile(weights, "last layer's weights (the graph's external data)", description.WeightsSha256);
        return description;
    }

    private static SavedNetworkDescription ReadDescription(string directory)
    {
        var path = Path.Combine(directory, DescriptionFile);
        if (!Directory.Exists(directory))
            throw Bad(ModelProblem.Missing, $"There is no directory {directory}; give the --out of `sosia train baseline`.");
        if (!File.Exists(path))
            throw Bad(
                ModelProblem.Missing,
                $"{directory} holds no network with its last layer: {DescriptionFile} is missing; give the --out of a `sosia train "
                    + "baseline` that ended."
            );
        SavedNetworkDescription? read = null;
        try
        {
            if (new FileInfo(path).Length <= MostDescriptionBytes)
                read = JsonSerializer.Deserialize<SavedNetworkDescription>(
                    File.ReadAllText(path, Encoding.UTF8),
                    JsonSerializerOptions.Web
                );
        }
        catch (JsonException)
        {
            // Told below.
        }
        if (read is { Version: > 0 and not CurrentVersion })
            throw Bad(
                ModelProblem.BadManifest,
                $"The network in {directory} has version {read.Version}, and this program reads version {CurrentVersion}; use the "
                    + "version of Sosia that wrote it, or train again."
            );
        return read is { Version: CurrentVersion, Side: > 0, Classes.Count: > 1, GraphSha256: not null, WeightsSha256: not null }
            ? read
            : throw Bad(ModelProblem.BadManifest, $"{path} is damaged or describes no network; train again, or put back a copy.");
    }

    private static void CheckFile(string path, string what, string sha256)
    {
        if (!File.Exists(path))
            throw Bad(
                ModelProblem.Missing,
                $"The network in {Path.GetDirectoryName(path)} is without its {what}: {Path.GetFileName(path)} is missing; copy it "
                    + "there, or train again."
            );
        var got = Sha256(path);
        if (got != sha256)
            throw Bad(
                ModelProblem.HashDiffers,
                $"{path} is not the file of this network: Expected SHA-256 {sha256}, got {got}; copy all files from the same run."
            );
    }

    /// <summary>ONNX Runtime would read any file that a graph names.</summary>
    private static void RefuseOtherFiles(string onnx)
    {
        var graph = ModelProto.Parser.ParseFrom(File.ReadAllBytes(onnx)).Graph;
        var locations = graph
            .Initializer.SelectMany(tensor => tensor.ExternalData)
            .Where(entry => entry.Key == "location")
            .Select(entry => entry.Value);
        if (locations.FirstOrDefault(location => location != ClassifierGraph.WeightsFile) is { } other)
            throw Bad(
                ModelProblem.NotAModel,
                $"{onnx} keeps constants in {other}, and a saved network keeps them in {ClassifierGraph.WeightsFile}; train again."
            );
    }

    private static string Sha256(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static ModelException Bad(ModelProblem problem, string message) => new(problem, message);
}
