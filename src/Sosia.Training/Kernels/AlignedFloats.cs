using System.Runtime.InteropServices;

namespace Sosia.Training.Kernels;

/// <summary>
/// Scratch for a kernel, at the start of a cache line, so that no vector lies across two. What is in it at first is anything.
/// </summary>
internal sealed unsafe class AlignedFloats(long count) : IDisposable
{
    private const nuint CacheLine = 64;

    /// <summary>The first one.</summary>
    public float* At { get; private set; } = (float*)NativeMemory.AlignedAlloc(checked((nuint)count * sizeof(float)), CacheLine);

    public void Clear() => NativeMemory.Clear(At, checked((nuint)count * sizeof(float)));

    public void Dispose()
    {
        NativeMemory.AlignedFree(At);
        At = null;
    }
}
