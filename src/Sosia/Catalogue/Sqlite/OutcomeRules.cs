using System.Buffers;

namespace Sosia.Catalogue.Sqlite;

/// <summary>What a writer may be handed. Checked before anything is stored, so that a mistake names itself and not a column.</summary>
internal static class OutcomeRules
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <exception cref="ArgumentException">The outcome says nothing or two things, or holds a value that can't be stored.</exception>
    public static void Check(FileOutcome outcome, int dimensions, int? look)
    {
        ArgumentException.ThrowIfNullOrEmpty(outcome.File.Path);
        var said = (outcome.Photo is null ? 0 : 1) + (outcome.KnownSha256 is null ? 0 : 1) + (outcome.Failure is null ? 0 : 1);
        if (said != 1)
            throw new ArgumentException(
                $"Expected a photo, a known photo or a failure for {outcome.File.Path}, got {said} of them.",
                nameof(outcome)
            );
        CheckLook(outcome, look);
        if (outcome.Photo is not { } photo)
            return;
        if (photo.Sha256.Length != 64 || photo.Sha256.AsSpan().ContainsAnyExcept(HexDigits))
            throw new ArgumentException(
                $"Expected a SHA-256 of 64 lower-case hex digits for {outcome.File.Path}, got '{photo.Sha256}'.",
                nameof(outcome)
            );
        foreach (var face in photo.Faces)
            Check(face, dimensions, outcome.File.Path);
    }

    private static void CheckLook(FileOutcome outcome, int? dimensions)
    {
        if (outcome.Look is not { } row)
            return;
        if (dimensions is null || outcome.Failure is not null)
            throw new ArgumentException(
                $"The outcome of {outcome.File.Path} has a row of a photo, and there is no {(dimensions is null ? "space" : "photo")} "
                    + "for it.",
                nameof(outcome)
            );
        if (row.Length != 0 && row.Length != dimensions)
            throw new ArgumentException(
                $"Expected {dimensions} dimensions for the photo {outcome.File.Path}, got {row.Length}.",
                nameof(outcome)
            );
        if (!AllFinite(row))
            throw new ArgumentException($"The row of the photo {outcome.File.Path} has a number that is not finite.", nameof(outcome));
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
