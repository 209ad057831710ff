using System.Security.Cryptography;
using Sosia.Models.Onnx;
using Sosia.Models.Store;

namespace Sosia.Models.Packages;

/// <summary>
/// Takes the files of a package from where the user has them, each by its hash, and names all of them in the manifest, or none.
/// </summary>
internal static class PackageImport
{
    /// <param name="package">What is wanted.</param>
    /// <param name="from">A file, a folder or a ZIP.</param>
    /// <param name="store">Where the models go.</param>
    /// <param name="cancellation">Checked before each file.</param>
    /// <returns>The models of the package, those that were there before too.</returns>
    /// <exception cref="ModelException">A file of the package is not there, or can't be run; nothing has changed then.</exception>
    public static IReadOnlyList<KnownModel> Import(
        ModelPackage package,
        string from,
        ModelStore store,
        CancellationToken cancellation = default
    )
    {
        using var source = PackageSource.Open(from);
        var wanted = package.Parts.SelectMany(part => part).Select(file => file.Sha256).ToHashSet(StringComparer.Ordinal);
        var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var candidate in source.Candidates)
        {
            cancellation.ThrowIfCancellationRequested();
            var (sha256, bytes) = Read(candidate, wanted);
            if (bytes is not null)
                found[sha256] = bytes;
        }
        var added = new List<(byte[] Onnx, ModelEntry Entry)>();
        var names = new List<string>();
        foreach (var part in package.Parts)
        {
            var file =
                part.FirstOrDefault(file => found.ContainsKey(file.Sha256) || IsKnown(file, store))
                ?? throw new ModelException(ModelProblem.Missing, NotThere(package, part[0], from, source));
            names.Add(file.Entry.Name);
            if (!IsKnown(file, store))
                added.Add((found[file.Sha256], EntryOf(file, found[file.Sha256], names)));
        }
        if (added.Count == 0)
            throw new ModelException(
                ModelProblem.BadManifest,
                $"The models of {package.Name} are there already: {string.Join(", ", names)}."
            );
        store.AddAll(added);
        return [.. names.Select(store.Find)];
    }

    private static bool IsKnown(PublishedFile file, ModelStore store) =>
        store.Models.Any(model => model.Entry.Name == file.Entry.Name && model.Entry.Sha256 == file.Sha256);

    /// <summary>The hash of a file, and its bytes where they are wanted: it is read once to know, and kept only then.</summary>
    private static (string Sha256, byte[]? Bytes) Read(Candidate candidate, HashSet<string> wanted)
    {
        try
        {
            using (var stream = candidate.Open())
            {
                var sha256 = Convert.ToHexStringLower(SHA256.HashData(stream));
                if (!wanted.Contains(sha256))
                    return (sha256, null);
            }
            using var again = candidate.Open();
            var bytes = new byte[candidate.Bytes];
            again.ReadExactly(bytes);
            return (Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes);
        }
        catch (Exception damaged) when (damaged is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new ModelException(ModelProblem.NotAModel, $"{candidate.Name} can't be read: {damaged.Message}; get it again.", damaged);
        }
    }

    private static ModelEntry EntryOf(PublishedFile file, byte[] bytes, List<string> parts)
    {
        var graph = OnnxModel.Parse(bytes, file.Published).Graph;
        var constants = graph.Initializer.Select(constant => constant.Name).ToHashSet(StringComparer.Ordinal);
        var input = graph.Input.FirstOrDefault(input => !constants.Contains(input.Name))?.Name ?? file.Entry.Input.Name;
        var output = graph.Output.FirstOrDefault()?.Name ?? file.Entry.Output.Name;
        return file.Entry with
        {
            Sha256 = file.Sha256,
            Detector = file.Entry.Detector is null ? null : parts[0],
            Input = file.Entry.Input with { Name = input },
            Output = file.Entry.Output with { Name = output },
        };
    }

    private static string NotThere(ModelPackage package, PublishedFile file, string from, PackageSource source)
    {
        var seen =
            source.Candidates.Count == 1 ? "its one ONNX file is another" : $"none of its {source.Candidates.Count:N0} ONNX files is that";
        return $"{from} does not hold {file.Published} of {package.Name} (SHA-256 {file.Sha256}): {seen}; give the folder or the ZIP as it "
            + "is published.";
    }
}
