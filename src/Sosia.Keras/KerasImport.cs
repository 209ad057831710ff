using System.Security.Cryptography;
using Google.Protobuf;
using Sosia.Keras.Weights;
using Sosia.Models;
using Sosia.Models.Store;

namespace Sosia.Keras;

/// <summary>Turns a file of weights into a model that Sosia runs.</summary>
public static class KerasImport
{
    /// <summary>Reads a file, makes the ONNX graph, runs it once and adds it to the user's models.</summary>
    /// <param name="network">Which network.</param>
    /// <param name="h5File">Its weights.</param>
    /// <param name="store">Where the model goes.</param>
    /// <param name="unverified">Takes weights other than the published ones.</param>
    /// <param name="sha256">What the file's SHA-256 must be, in hex, whatever is published; null for any.</param>
    /// <param name="cancellation">Looked at before every layer.</param>
    /// <returns>The model as it is known from now on.</returns>
    /// <exception cref="ModelException">The file is another than the published one, damaged or of another network, or the model can't be
    /// kept. Nothing has changed then.</exception>
    public static KnownModel Import(
        KerasNetwork network,
        string h5File,
        ModelStore store,
        bool unverified,
        string? sha256 = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(store);
        ThrowIfKnown(network, store);
        var origin = Origin(network, h5File, unverified, sha256);
        var onnx = ToOnnx(network, h5File, cancellation);
        cancellation.ThrowIfCancellationRequested();
        // The graph's objects were as large as the file, and ONNX Runtime will want that memory.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return store.Add(onnx, network.Entry(Convert.ToHexStringLower(SHA256.HashData(onnx)), origin));
    }

    /// <summary>Says early that there is nothing to do.</summary>
    /// <exception cref="ModelException">There is a model of this name.</exception>
    public static void ThrowIfKnown(KerasNetwork network, ModelStore store)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(store);
        if (store.Models.FirstOrDefault(m => m.Entry.Name == network.Name) is { } known)
            throw new ModelException(
                ModelProblem.BadManifest,
                $"The model '{network.Name}' is here already ({known.Path}); remove its entry from "
                    + $"{Path.Combine(known.Directory, ModelManifest.FileName)} to import it again."
            );
    }

    /// <summary>The ONNX file of a network with the weights of a file.</summary>
    internal static byte[] ToOnnx(KerasNetwork network, string h5File, CancellationToken cancellation = default)
    {
        var output = network.Build();
        using var weights = KerasWeights.Open(h5File, output);
        return OnnxWriter.Write(output, weights, cancellation).ToByteArray();
    }

    /// <summary>
    /// Where the weights come from, as the manifest will say it; the SHA-256 tells later whether another file is the same.
    /// </summary>
    private static string Origin(KerasNetwork network, string h5File, bool unverified, string? pinned)
    {
        var published = network.Published;
        var sha256 = Hash(h5File, HashAlgorithmName.SHA256);
        if (pinned is not null && !sha256.Equals(pinned, StringComparison.OrdinalIgnoreCase))
            throw new ModelException(
                ModelProblem.HashDiffers,
                $"{h5File} is another file: Expected SHA-256 {pinned}, got {sha256}; get it again."
            );
        var difference = Difference(published, h5File);
        if (difference is not null && !unverified)
            throw new ModelException( // before anything in it is looked at
                ModelProblem.HashDiffers,
                $"{h5File} is not the published file: {difference}; get it again, or take it as it is with --unverified."
            );
        if (difference is not null)
            return $"weights that are not the published ones ({Path.GetFileName(h5File)}, SHA-256 {sha256}), converted";
        return published.Md5 is not null
            ? $"{published.Address}; SHA-256 {sha256}, converted"
            : $"{published.Address} by length, names and shapes (no hash is published); SHA-256 {sha256}, converted";
    }

    /// <summary>How a file differs from the published one; null where nothing is known that differs.</summary>
    private static string? Difference(PublishedWeights published, string h5File)
    {
        if (published.Md5 is { } md5)
        {
            var got = Hash(h5File, HashAlgorithmName.MD5);
            return got == md5 ? null : $"Expected MD5 {md5}, got {got}";
        }
        var length = new FileInfo(h5File) is { Exists: true } file
            ? file.Length
            : throw new ModelException(ModelProblem.Missing, $"The weights {h5File} can't be read: there is no such file.");
        return length == published.Bytes ? null : $"Expected {published.Bytes:N0} bytes, got {length:N0}";
    }

    /// <summary>
    /// MD5, because that is what Keras publishes; it guards against accidents, not against forgers, for whom there is the SHA-256 that a
    /// user can ask for.
    /// </summary>
    internal static string Md5(string file) => Hash(file, HashAlgorithmName.MD5);

    private static string Hash(string file, HashAlgorithmName algorithm)
    {
        try
        {
            using var stream = File.OpenRead(file);
            using var hash = IncrementalHash.CreateHash(algorithm);
            var buffer = new byte[1 << 20];
            for (int read; (read = stream.Read(buffer)) > 0; )
                hash.AppendData(buffer.AsSpan(0, read));
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException(ModelProblem.Missing, $"The weights {file} can't be read: {e.Message}", e);
        }
    }
}
