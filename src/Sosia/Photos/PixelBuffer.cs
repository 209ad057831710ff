using System.Buffers;

namespace Sosia.Photos;

/// <summary>Rented memory for the pixels of a picture: pictures of a megabyte and more would keep the garbage collector busy.</summary>
internal readonly struct PixelBuffer : IDisposable
{
    private readonly byte[] _rented;

    private PixelBuffer(byte[] rented, (int Width, int Height) size) => (_rented, Size) = (rented, size);

    /// <summary>Memory of any content.</summary>
    /// <param name="size">Columns and rows.</param>
    public static PixelBuffer Rent((int Width, int Height) size) =>
        new(ArrayPool<byte>.Shared.Rent(checked(size.Width * size.Height * Photo.Channels)), size);

    /// <summary>Columns and rows.</summary>
    public (int Width, int Height) Size { get; }

    /// <summary>Height × width × 3 bytes.</summary>
    public Span<byte> Pixels => _rented.AsSpan(0, Size.Width * Size.Height * Photo.Channels);

    /// <summary>Gives the memory back; nobody may use the pixels afterwards.</summary>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_rented);
}
