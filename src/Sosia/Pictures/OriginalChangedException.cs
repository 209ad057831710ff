namespace Sosia.Pictures;

/// <summary>An original was changed while it was read: what was handed out so far is good, and nothing more is.</summary>
internal sealed class OriginalChangedException() : IOException("The file was changed after it was indexed; index its folder again.");
