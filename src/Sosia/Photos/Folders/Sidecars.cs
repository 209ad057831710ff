namespace Sosia.Photos.Folders;

/// <summary>
/// The XMP files of a folder. Programs keep in them what people say of a photo: digiKam and darktable in <c>photo.jpg.xmp</c>, Lightroom in
/// <c>photo.xmp</c>.
/// </summary>
internal sealed class Sidecars
{
    private const string Extension = ".xmp";

    private readonly Dictionary<string, FileInfo> _files = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a file of this name is one.</summary>
    public static bool Is(string name) => name.EndsWith(Extension, StringComparison.OrdinalIgnoreCase);

    /// <summary>Paths at which the sidecar of a photo may lie, the one that is taken first.</summary>
    public static IReadOnlyList<string> NamesOf(string photo) => [photo + Extension, Path.ChangeExtension(photo, Extension)];

    /// <summary>The sidecar that lies beside a photo; null when there is none.</summary>
    public static string? Beside(string photo) =>
        NamesOf(photo)
            .SelectMany(name => new[] { name, Path.ChangeExtension(name, Extension.ToUpperInvariant()) })
            .FirstOrDefault(File.Exists);

    /// <summary>Adds a sidecar. Of names that differ in case alone the first one counts.</summary>
    public void Add(FileInfo file) => _files.TryAdd(file.FullName, file);

    /// <summary>The sidecar of a photo; null when it has none, or one that can't be looked at.</summary>
    public SidecarStamp? Of(string photo)
    {
        if (_files.Count == 0)
            return null;
        var file = NamesOf(photo).Select(name => _files.GetValueOrDefault(name)).FirstOrDefault(found => found is not null);
        try
        {
            return file is null ? null : new SidecarStamp(file.FullName, file.Length, file.LastWriteTimeUtc);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
