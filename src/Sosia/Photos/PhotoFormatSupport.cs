namespace Sosia.Photos;

/// <summary>A format, and whether this machine reads it.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="CanRead">A decoder is there.</param>
/// <param name="Remedy">What to do where it is missing.</param>
internal readonly record struct PhotoFormatSupport(string Name, bool CanRead, string Remedy);
