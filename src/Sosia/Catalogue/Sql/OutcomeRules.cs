using System.Buffers;

namespace Sosia.Catalogue.Sql;

/// <summary>Checks what a writer is handed before anything is stored, so that an error names the mistake and not a column.</summary>
internal static class OutcomeRules
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <param name="outcome">What is to be stored.</param>
    /// <param name="faces">Dimensions of the space of faces.</param>
    /// <param name="look">Dimensions of the space of photos; null when there is none.</param>
    /// <exception cref="ArgumentException">The outcome holds a value that can't be stored.</exception>
    public static void Check(FileOutcome outcome, int faces, int? look)
    {
        var path = outcome.File.Path;
        ArgumentException.ThrowIfNullOrEmpty(path);
        switch (outcome)
        {
            case PhotoRead read:
                Check(read.Photo, faces, path);
                CheckLook(read.Look, look, path);
                break;
            case DetailsRead read:
                CheckLook(read.Look, look, path);
                break;
        }
    }

    private static void Check(NewPhoto photo, int dimensions, string path)
    {
        if (photo.Sha256.Length != 64 || photo.Sha256.AsSpan().ContainsAnyExcept(HexDigits))
            throw new ArgumentException($"Expected a SHA-256 of 64 lower-case hex digits for {path}, got '{photo.Sha256}'.", nameof(photo));
        foreach (var face in photo.Faces)
            Check(face, dimensions, path);
    }

    private static void CheckLook(float[]? row, int? dimensions, string path)
    {
        if (row is null)
            return;
        if (dimensions is null)
            throw new ArgumentException($"The outcome of {path} has a row of a photo, and there is no space for it.", nameof(row));
        if (row.Length != 0 && row.Length != dimensions)
            throw new ArgumentException($"Expected {dimensions} dimensions for the photo {path}, got {row.Length}.", nameof(row));
        if (!AllFinite(row))
            throw new ArgumentException($"The row of the photo {path} has a number that is not finite.", nameof(row));
    }

    private static void Check(NewFace face, int dimensions, string path)
    {
        if (!face.HasFiniteMeasures)
            throw new ArgumentException($"A face in {path} has a measure that is not a finite number.", nameof(face));
        if (face.Embedding is not { } embedding)
            return;
        if (embedding.Length != dimensions)
            throw new ArgumentException($"Expected {dimensions} dimensions for a face in {path}, got {embedding.Length}.", nameof(face));
        if (!AllFinite(embedding))
            throw new ArgumentException($"The embedding of a face in {path} has a number that is not finite.", nameof(face));
    }

    private static bool AllFinite(ReadOnlySpan<float> numbers)
    {
        foreach (var number in numbers)
            if (!float.IsFinite(number))
                return false;
        return true;
    }
}
