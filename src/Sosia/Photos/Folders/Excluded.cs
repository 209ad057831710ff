using System.IO.Enumeration;

namespace Sosia.Photos.Folders;

/// <summary>Files and folders that somebody leaves out.</summary>
/// <param name="Patterns">Names, or with a slash whole paths; * stands for any characters, ? for one.</param>
internal sealed record Excluded(IReadOnlyList<string> Patterns)
{
    /// <summary>Nothing is left out.</summary>
    public static Excluded Nothing { get; } = new([]);

    /// <summary>Whether a file or folder is left out itself.</summary>
    /// <param name="path">Its whole path.</param>
    public bool Has(string path)
    {
        foreach (var pattern in Patterns)
        {
            var wanted = WithSlashes(pattern).TrimEnd('/');
            var compared = wanted.Contains('/') ? WithSlashes(path) : Path.GetFileName(path);
            if (FileSystemName.MatchesSimpleExpression(wanted, compared, ignoreCase: true))
                return true;
        }
        return false;
    }

    /// <summary>Whether a file is left out, or a folder that it lies in, below a root.</summary>
    public bool Covers(string path, string root)
    {
        for (var at = path; at is not null && at.Length > root.Length; at = Path.GetDirectoryName(at))
            if (Has(at))
                return true;
        return false;
    }

    /// <summary>A backslash would take the next sign of a pattern as it is, and on Windows it stands between folders.</summary>
    private static string WithSlashes(string path) =>
        Path.DirectorySeparatorChar == '/' ? path : path.Replace(Path.DirectorySeparatorChar, '/');
}
