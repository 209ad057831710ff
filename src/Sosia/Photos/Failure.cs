namespace Sosia.Photos;

/// <summary>Why a file could not be read.</summary>
/// <param name="Reason">The kind.</param>
/// <param name="Message">One sentence for people.</param>
public sealed record Failure(UnreadableReason Reason, string Message);
