using System.Runtime.InteropServices;

namespace Sosia.Tests;

/// <summary>Makes the kernel refuse for real: a file that may not grow, a directory that may not be written even by root.</summary>
internal static class OperatingSystemLimits
{
    private const int RLIMIT_FSIZE = 1;
    private const int SIGXFSZ = 25;
    private const uint Nobody = 65534;

    /// <summary>From here on no file of this process grows beyond a length.</summary>
    public static void LimitFileSize(long bytes)
    {
        signal(SIGXFSZ, 1); // ignored: the write fails instead
        var limit = new Limit { Soft = (ulong)bytes, Hard = (ulong)bytes };
        if (setrlimit(RLIMIT_FSIZE, ref limit) != 0)
            throw new InvalidOperationException("The limit was refused.");
    }

    /// <summary>
    /// Runs something with the file permissions of an ordinary user: as this user, or where this is root, whom nothing is refused, as one
    /// who owns nothing.
    /// </summary>
    public static void AsOrdinaryUser(Action action)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            action();
            return;
        }
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux lets root go without its rights to files.");
        var before = setfsuid(Nobody);
        try
        {
            action();
        }
        finally
        {
            _ = setfsuid((uint)before);
        }
    }

    /// <summary>Who may read, write and pass.</summary>
    public static void SetMode(string path, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();
        File.SetUnixFileMode(path, mode);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }

    [DllImport("libc")]
    private static extern int setrlimit(int resource, ref Limit limit);

    [DllImport("libc")]
    private static extern IntPtr signal(int number, IntPtr handler);

    // Holds for the calling thread only.
    [DllImport("libc")]
    private static extern int setfsuid(uint user);
}
