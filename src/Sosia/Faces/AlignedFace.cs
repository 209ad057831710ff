namespace Sosia.Faces;

/// <summary>A face turned upright and cut to the size that recognition takes.</summary>
/// <param name="Size">Columns and rows.</param>
/// <param name="Pixels">Size × size × 3 bytes: red, green, blue; top row first.</param>
public sealed record AlignedFace(int Size, byte[] Pixels);
