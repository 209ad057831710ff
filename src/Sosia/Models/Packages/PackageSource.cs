using System.IO.Compression;

namespace Sosia.Models.Packages;

/// <summary>A file that may be one of a package.</summary>
/// <param name="Name">What it is called where it lies.</param>
/// <param name="Bytes">Its length, as the folder or the archive says.</param>
/// <param name="Open">Opens it.</param>
internal sealed record Candidate(string Name, long Bytes, Func<Stream> Open);

/// <summary>Where a package lies: an ONNX file, a folder, or a ZIP.</summary>
internal sealed class PackageSource : IDisposable
{
    /// <summary>Longest file looked at: the largest of the known ones has a quarter of that.</summary>
    private const long MostBytes = 1L << 30;

    private const int MostFiles = 10_000;

    private readonly ZipArchive? _archive;

    private PackageSource(IReadOnlyList<Candidate> candidates, ZipArchive? archive = null) =>
        (Candidates, _archive) = (candidates, archive);

    /// <summary>The ONNX files, of lengths that can be read.</summary>
    public IReadOnlyList<Candidate> Candidates { get; }

    /// <summary>Looks at a file, a folder and those in it, or a ZIP.</summary>
    /// <exception cref="ModelException">There is nothing of that name, it can't be read, or it is a ZIP with paths that lead out of
    /// it.</exception>
    public static PackageSource Open(string from)
    {
        try
        {
            if (Directory.Exists(from))
                return new(OfFolder(from));
            if (!File.Exists(from))
                throw new ModelException(ModelProblem.Missing, $"There is no file or folder {from}; check the name.");
            return IsZip(from) ? OfZip(from) : new([OfFile(from)]);
        }
        catch (InvalidDataException damaged)
        {
            throw new ModelException(ModelProblem.NotAModel, $"The ZIP {from} is damaged: {damaged.Message}; get it again.", damaged);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new ModelException(ModelProblem.Missing, $"{from} can't be read: {refused.Message}", refused);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _archive?.Dispose();

    private static Candidate[] OfFolder(string folder) =>
        [
            .. Directory
                .EnumerateFiles(folder, "*.onnx", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 4 })
                .Take(MostFiles)
                .Select(OfFile)
                .Where(file => file.Bytes <= MostBytes),
        ];

    private static Candidate OfFile(string path) => new(path, new FileInfo(path).Length, () => File.OpenRead(path));

    private static bool IsZip(string path)
    {
        Span<byte> start = stackalloc byte[4];
        using var file = File.OpenRead(path);
        return file.ReadAtLeast(start, 4, throwOnEndOfStream: false) == 4 && start.SequenceEqual("PK\x03\x04"u8);
    }

    /// <summary>Nothing is unpacked to the disk; an archive whose paths lead out of it is not trusted in anything else.</summary>
    private static PackageSource OfZip(string path)
    {
        var archive = ZipFile.OpenRead(path);
        try
        {
            if (archive.Entries.FirstOrDefault(entry => LeadsOut(entry.FullName)) is { } climbing)
                throw new ModelException(
                    ModelProblem.NotAModel,
                    $"The ZIP {path} holds a path that leads out of it ('{climbing.FullName}'); nothing was imported: get it again from "
                        + "its makers."
                );
            return new(
                [
                    .. archive
                        .Entries.Take(MostFiles)
                        .Where(entry => entry.Name.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) && entry.Length <= MostBytes)
                        .Select(entry => new Candidate(entry.FullName, entry.Length, entry.Open)),
                ],
                archive
            );
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    private static bool LeadsOut(string path) =>
        path.StartsWith('/')
        || path.Contains('\\', StringComparison.Ordinal)
        || path.Contains(':', StringComparison.Ordinal)
        || path.Split('/').Contains("..");
}
