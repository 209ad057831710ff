using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Sosia.Training.Network;

/// <summary>What our kernels see of a tensor: its memory.</summary>
internal static partial class Memory
{
    private const int HugePagesWanted = 14; // MADV_HUGEPAGE
    private const long HugePage = 2 << 20;

    /// <summary>The first element of a contiguous tensor on the processor; the memory stays where it is while the tensor lives.</summary>
    public static unsafe float* Floats(this Tensor tensor)
    {
        using var first = tensor.as_strided([1], [1], tensor.storage_offset());
        return (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }

    /// <summary>Likewise, for bytes.</summary>
    public static unsafe byte* Bytes(this Tensor tensor) => (byte*)tensor.Floats();

    /// <summary>
    /// Zeros, in large pages where the system has them: rows of weights lie 430 KB apart, and every one would need its own small page.
    /// </summary>
    public static unsafe Tensor Zeros(ReadOnlySpan<long> shape, Device device)
    {
        if (device.type != DeviceType.CPU)
            return zeros(shape.ToArray(), device: device);
        var tensor = empty(shape.ToArray(), device: device);
        var (start, end) = ((long)tensor.Floats(), (long)tensor.Floats() + tensor.numel() * sizeof(float));
        (start, end) = ((start + HugePage - 1) / HugePage * HugePage, end / HugePage * HugePage);
        if (OperatingSystem.IsLinux() && end > start)
            _ = Advise((nint)start, (nint)(end - start), HugePagesWanted);
        return tensor.zero_();
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint start, nint bytes, int advice);
}
