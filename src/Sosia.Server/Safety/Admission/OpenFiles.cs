using System.Runtime.InteropServices;
using Sosia.Hosting;

namespace Sosia.Server.Safety.Admission;

/// <summary>
/// How many connections this process can hold. Each is an open file to the system, and a process that runs out of them can't even begin a
/// thread: it ends.
/// </summary>
internal static partial class OpenFiles
{
    /// <summary>Files that the server opens beside connections when it begins to work: libraries, the catalogue, photos.</summary>
    private const int Needed = 90;

    /// <summary>Open files of a process that has not begun to answer, where they can't be counted.</summary>
    private const int AtStart = 100;

    /// <summary>Fewer connections serve nobody.</summary>
    private const int Fewest = 4;

    private const string OpenNow = "/proc/self/fd";

    /// <summary>Connections that there is room for, at most <paramref name="wanted"/>.</summary>
    /// <exception cref="OptionException">There is room for none.</exception>
    public static int ConnectionsOf(int wanted)
    {
        if (Limit() is not { } limit)
            return wanted;
        var left = limit - (Directory.Exists(OpenNow) ? Directory.GetFiles(OpenNow).Length : AtStart) - Needed;
        return left >= Fewest
            ? (int)Math.Min(wanted, left)
            : throw new OptionException(
                $"This process may open {limit:N0} files, which is too few for a server; allow more with `ulimit -n 1024`."
            );
    }

    private static long? Limit()
    {
        var isMac = OperatingSystem.IsMacOS();
        if (!isMac && !OperatingSystem.IsLinux())
            return null;
        const int OfLinux = 7,
            OfMac = 8; // RLIMIT_NOFILE
        return Get(isMac ? OfMac : OfLinux, out var limit) == 0 && limit.Current <= int.MaxValue ? (long)limit.Current : null;
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int Get(int resource, out ResourceLimit limit);

    private struct ResourceLimit
    {
        public nuint Current;
        public nuint Most;
    }
}
