using NetVips;

namespace Sosia.Photos.Vips;

/// <summary>
/// The one door to libvips. Whatever uses it calls <see cref="Harden"/> first: from then on this process opens no format that libvips holds
/// to be unsafe with untrusted files, keeps no decoded pictures, and uses one thread a picture.
/// </summary>
internal static class LibVips
{
    // A static constructor runs once, before the first call returns, whichever thread makes it.
    static LibVips()
    {
        NetVips.NetVips.BlockUntrusted = true;
        NetVips.NetVips.Concurrency = 1; // photos are decoded side by side, one thread each
        Cache.Max = 0;
        Cache.MaxFiles = 0;
        Cache.MaxMem = 0;
        // What libvips has to say of a file comes as an exception; its warnings would run across the progress line.
        Log.SetLogHandler(
            "VIPS",
            Enums.LogLevelFlags.Warning | Enums.LogLevelFlags.Info | Enums.LogLevelFlags.Message,
            static (_, _, _) => { }
        );
    }

    /// <summary>Sets libvips up for files of unknown origin, once in the life of a process.</summary>
    public static void Harden() { }
}
