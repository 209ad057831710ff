using Google.Protobuf;
using Sosia.Models.Onnx.Schema;
using Sosia.Vectors.Files;

namespace Sosia.Models.Onnx;

/// <summary>Reads and writes ONNX files.</summary>
internal static class OnnxModel
{
    /// <summary>Bytes that one ONNX file can have: the limit of its format.</summary>
    public const long MaxBytes = int.MaxValue;

    /// <summary>Reads a graph with its constants.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelException">Missing, too large, not ONNX, or with constants in other files.</exception>
    public static ModelProto Load(string path) => Parse(ReadFile(path), path);

    /// <summary>Reads a graph from the bytes of a file.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="ModelException">Not ONNX, or with constants in other files.</exception>
    public static ModelProto Parse(ReadOnlySpan<byte> bytes, string name)
    {
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new ModelException(
                ModelProblem.NotAModel,
                $"{name} is not an ONNX model or is damaged; get the file again or convert it to ONNX.",
                e
            );
        }
        if (model.Graph is null || model.Graph.Node.Count == 0 || model.OpsetImport.Count == 0)
            throw new ModelException(
                ModelProblem.NotAModel,
                $"{name} is not an ONNX model: it has no graph; give a file that an ONNX export wrote."
            );
        RefuseExternalData(model.Graph, name);
        return model;
    }

    /// <summary>The bytes of a file.</summary>
    /// <exception cref="ModelException">Missing, unreadable or too large.</exception>
    public static byte[] ReadFile(string path)
    {
        try
        {
            var length = new FileInfo(path).Length;
            if (length >= Array.MaxLength)
                throw new ModelException(
                    ModelProblem.NotAModel,
                    $"{path} has {length:N0} bytes, and an ONNX file has at most {MaxBytes:N0}; give a smaller model."
                );
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e);
        }
    }

    /// <summary>Writes a graph, beside and renamed.</summary>
    /// <exception cref="ModelException">Too large for one file, or the directory can't be written.</exception>
    public static void Save(ModelProto model, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        try
        {
            DerivedFile.Write(path, stream => model.WriteTo(stream));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OverflowException)
        {
            throw new ModelException(ModelProblem.CannotWrite, $"The model can't be written to {path}: {e.Message}", e);
        }
    }

    internal static ModelException Unreadable(string path, Exception why) =>
        new(ModelProblem.Missing, $"The model file {path} can't be read: {why.Message}", why);

    /// <summary>Whether the bytes of a file could hold this operator: a scan, many times faster than parsing.</summary>
    internal static bool MayUse(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> operation) => bytes.IndexOf(operation) >= 0;

    /// <summary>Whether the bytes of a file could name other files with constants: the key "location" as the format writes it.</summary>
    internal static bool MayHaveExternalData(ReadOnlySpan<byte> bytes) => bytes.IndexOf("\n\blocation"u8) >= 0;

    private static void RefuseExternalData(GraphProto graph, string name)
    {
        var tensors = graph.Initializer.Concat(
            graph.Node.SelectMany(n => n.Attribute).SelectMany(a => a.T is null ? a.Tensors : a.Tensors.Prepend(a.T))
        );
        if (
            tensors.FirstOrDefault(t => t.DataLocation == TensorProto.Types.DataLocation.External || t.ExternalData.Count > 0) is
            { } outside
        )
        {
            throw new ModelException(
                ModelProblem.NotAModel,
                $"{name} keeps its constant '{outside.Name}' in another file, and Sosia checks and loads single files only; save the "
                    + "model without external data."
            );
        }
        foreach (var inner in graph.Node.SelectMany(n => n.Attribute).SelectMany(a => a.G is null ? a.Graphs : a.Graphs.Prepend(a.G)))
            RefuseExternalData(inner, name);
    }
}
