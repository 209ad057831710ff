namespace Sosia.Photos.Folders;

/// <summary>Where a path leads when every link on its way is followed.</summary>
internal static class RealPath
{
    private const int MostLinks = 40; // as Linux has it

    /// <param name="path">A full path; need not exist.</param>
    /// <returns>Without links; null when links lead round in circles.</returns>
    public static string? Of(string path)
    {
        var full = Path.GetFullPath(path);
        var real = Path.GetPathRoot(full)!;
        var rest = new Stack<string>(Parts(full[real.Length..]).Reverse());
        var links = 0;
        while (rest.TryPop(out var part))
        {
            if (part is ".")
                continue;
            if (part is "..")
            {
                real = Path.GetDirectoryName(real) ?? real;
                continue;
            }
            var next = Path.Combine(real, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }
            if (++links > MostLinks)
                return null;
            if (Path.IsPathRooted(target))
                real = Path.GetPathRoot(Path.GetFullPath(target))!;
            foreach (var of in Parts(target[(Path.GetPathRoot(target)?.Length ?? 0)..]).Reverse())
                rest.Push(of);
        }
        return real;
    }

    /// <summary>Whether a path is a directory or lies in it; both without links.</summary>
    public static bool IsIn(string path, string directory)
    {
        var comparison = OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return path.Equals(directory, comparison)
            || path.StartsWith(Path.TrimEndingDirectorySeparator(directory) + Path.DirectorySeparatorChar, comparison);
    }

    private static IEnumerable<string> Parts(string path) =>
        path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
}
