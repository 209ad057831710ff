using System.Runtime.InteropServices;

namespace Sosia.Vectors;

/// <summary>
/// Memory outside of the garbage collector's, on a cache line's boundary, freed by the garbage collector when it is not reachable any more.
/// </summary>
internal sealed unsafe partial class NativeBytes : IDisposable
{
    private const int HugePage = 2 << 20;
    private const int AdviseHugePages = 14;
    private byte* _pointer;

    /// <summary>
    /// So many bytes; large ones in large pages where the system has them, so that random reads cost no walk through page tables.
    /// </summary>
    public NativeBytes(long length, bool zeroed = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        var huge = length >= HugePage;
        _pointer = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(64, length), huge ? HugePage : 64u);
        if (huge && OperatingSystem.IsLinux())
            _ = Advise(_pointer, (nuint)length, AdviseHugePages);
        if (zeroed)
            NativeMemory.Clear(_pointer, (nuint)length);
        GC.AddMemoryPressure(Math.Max(64, length));
    }

    ~NativeBytes() => Free();

    /// <summary>The first byte. The owner must stay reachable while it is used.</summary>
    public byte* Pointer => _pointer;

    /// <summary>Bytes.</summary>
    public long Length { get; }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_pointer == null)
            return;
        NativeMemory.AlignedFree(_pointer);
        GC.RemoveMemoryPressure(Math.Max(64, Length));
        _pointer = null;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
