namespace Sosia.Photos.Folders;

/// <summary>Which links to files are followed: those that lead to a file under the roots, or all of them.</summary>
internal sealed class LinksInside
{
    private readonly string[]? _roots;

    private LinksInside(string[]? roots) => _roots = roots;

    /// <summary>All links.</summary>
    public static LinksInside Any { get; } = new(null);

    /// <summary>Links that stay under these folders, wherever they themselves lead.</summary>
    public static LinksInside Of(IEnumerable<string> roots) => new([.. roots.Select(RealPath.Of).OfType<string>()]);

    /// <summary>Whether a file may be looked at: it is no link, or one that is followed.</summary>
    public bool Allow(string path)
    {
        if (_roots is null || new FileInfo(path).LinkTarget is null)
            return true;
        return RealPath.Of(path) is not { } real || _roots.Any(root => RealPath.IsIn(real, root)); // a circle leads nowhere, which is said
    }
}
