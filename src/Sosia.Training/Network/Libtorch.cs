using System.Runtime.InteropServices;
using TorchSharp;

namespace Sosia.Training.Network;

/// <summary>Loads libtorch, or says in one sentence what is missing.</summary>
internal static partial class Libtorch
{
    private const int MallocTrimThreshold = -1;
    private const int MallocMmapMax = -4;

    /// <summary>To be called before any tensor is made.</summary>
    /// <param name="device">Where the training is to run.</param>
    /// <param name="threads">Threads for the processor's share.</param>
    /// <exception cref="UsageException">libtorch is missing or does not load, or has no CUDA.</exception>
    public static void Load(DeviceType device, int threads)
    {
        KeepMemory();
        try
        {
            // Before TorchSharp looks for them itself: where they do not load, it prints pages and copies files.
            foreach (var library in (string[])["torch_cpu", "LibTorchSharp"])
                NativeLibrary.Load(library, typeof(torch).Assembly, null);
            torch.set_num_threads(threads);
            torch.set_grad_enabled(false);
        }
        catch (Exception failed)
            when (failed
                    is TypeInitializationException
                        or NotSupportedException
                        or DllNotFoundException
                        or EntryPointNotFoundException
                        or BadImageFormatException
            )
        {
            throw new UsageException(Explain(failed), failed);
        }
        if (device == DeviceType.CUDA && !IsCudaThere())
            throw new UsageException(
                "This libtorch has no CUDA, or no CUDA device is there; build with a package like libtorch-cuda-12.8-linux-x64 in place "
                    + "of libtorch-cpu-linux-x64, or take --device cpu."
            );
    }

    private static bool IsCudaThere()
    {
        try
        {
            return torch.cuda.is_available();
        }
        catch (Exception failed) when (failed is TypeInitializationException or NotSupportedException or DllNotFoundException)
        {
            return false;
        }
    }

    /// <summary>
    /// Tells glibc not to give memory back: the maps between the layers are hundreds of megabytes, made and freed every step,
    /// and fresh pages would cost more time than the convolutions.
    /// </summary>
    private static void KeepMemory()
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = MallocOption(MallocMmapMax, 0);
            _ = MallocOption(MallocTrimThreshold, -1);
        }
        catch (Exception other) when (other is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library: slower, nothing else.
        }
    }

    private static string Explain(Exception failed)
    {
        var all = failed.ToString();
        if (all.Contains("GLIBC", StringComparison.Ordinal))
            return "libtorch needs the C++ library of GCC 13 or newer, and this system's is older; run on Debian 13, Ubuntu 24.04 or "
                + "Fedora 38 or newer, or make a Debian 13 beside with eng/debian13-root.sh and run in it.";
        if (all.Contains("libgomp", StringComparison.Ordinal))
            return "libtorch needs OpenMP, which is missing here; install libgomp1 (Debian, Ubuntu) or libgomp (Fedora).";
        return $"libtorch is missing or does not load ({FirstLine(failed.GetBaseException().Message)}); build again with `dotnet build "
            + "src/Sosia.Training/Sosia.Training.slnx` for this system.";
    }

    private static string FirstLine(string message) => message.Trim().Split('\n')[0].Trim().TrimEnd('.', ':');

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int MallocOption(int option, int value);
}
