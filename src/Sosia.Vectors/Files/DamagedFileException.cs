namespace Sosia.Vectors;

/// <summary>
/// A file that does not hold what its format promises: cut off, changed, made by another program or version. A derived file is then written
/// again.
/// </summary>
public sealed class DamagedFileException : IOException
{
    /// <summary>Says which file and what is wrong, with both sides: "Expected 512 bytes, got 128."</summary>
    public DamagedFileException(string path, string problem, Exception? inner = null)
        : base($"{path}: {problem}", inner) => Path = path;

    /// <summary>The file.</summary>
    public string Path { get; }
}
