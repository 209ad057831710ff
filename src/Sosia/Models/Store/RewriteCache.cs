using System.Security.Cryptography;
using Google.Protobuf;
using Sosia.Models.Onnx;
using Sosia.Vectors.Files;

namespace Sosia.Models.Store;

/// <summary>
/// Keeps graphs that were rewritten for speed, one file a model: <c>{hash of the original}-v{version of the rewrite}-{hash of this
/// file}.onnx</c>. Derived: a file that is missing or does not match its name is made again, and nothing is kept where the directory can't
/// be written.
/// </summary>
internal sealed class RewriteCache(string directory)
{
    /// <summary>Larger models run as they are: a rewrite holds three copies of them in memory.</summary>
    public const int MaxBytes = 256 << 20;

    /// <summary>The graph to run in place of a model.</summary>
    /// <param name="original">The model's file, its hash already checked.</param>
    /// <param name="entry">Its manifest entry.</param>
    /// <returns>The bytes of an ONNX file; the original when there is nothing to gain.</returns>
    /// <exception cref="ModelException">The original is not ONNX or keeps constants elsewhere.</exception>
    public byte[] Get(byte[] original, ModelEntry entry)
    {
        if (OnnxModel.MayHaveExternalData(original))
            OnnxModel.Parse(original, entry.File);
        if (original.Length > MaxBytes || !GraphRewrite.MayApply(original, entry))
            return original;
        var prefix = $"{entry.Sha256}-v{GraphRewrite.Version}-";
        if (Find(prefix) is { } kept)
            return kept;
        var model = OnnxModel.Parse(original, entry.File);
        if (!GraphRewrite.Apply(model, entry))
            return original;
        var rewritten = model.ToByteArray();
        Keep(prefix, rewritten);
        return rewritten;
    }

    private byte[]? Find(string prefix)
    {
        try
        {
            foreach (var path in Directory.EnumerateFiles(directory, prefix + "*.onnx"))
            {
                var bytes = File.ReadAllBytes(path);
                if (Path.GetFileName(path) == Name(prefix, bytes))
                    return bytes;
                File.Delete(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No cache here: the graph is rewritten in memory.
        }
        return null;
    }

    private void Keep(string prefix, byte[] bytes)
    {
        try
        {
            DerivedFile.Write(Path.Combine(directory, Name(prefix, bytes)), stream => stream.Write(bytes), isPrivate: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No cache here: the next program rewrites again.
        }
    }

    private static string Name(string prefix, byte[] bytes) => $"{prefix}{Convert.ToHexStringLower(SHA256.HashData(bytes))}.onnx";
}
