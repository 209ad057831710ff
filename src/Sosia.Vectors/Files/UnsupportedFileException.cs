namespace Sosia.Vectors.Files;

/// <summary>A sound file of a kind that is not read here. The message says what it is, and what would be read.</summary>
public sealed class UnsupportedFileException : IOException
{
    /// <summary>Says which file, what it is, and what is expected.</summary>
    public UnsupportedFileException(string path, string problem)
        : base($"{path}: {problem}") => Path = path;

    /// <summary>The file.</summary>
    public string Path { get; }
}
