using System.Diagnostics;
using System.Globalization;

namespace Sosia.Tests.Shared;

/// <summary>
/// A disk that gets full, or whose changes are recorded, and a clock that is wrong, for one program: a small library in C that is loaded
/// before it (<c>FaultyDisk.c</c>). Needs a C compiler.
/// </summary>
internal static class FaultyDisk
{
    private static readonly Lazy<(string? Path, string Problem)> Library = new(Compile);

    /// <summary>Skips the test, with the reason, where the library can't be made; fails where CI runs.</summary>
    public static void Need()
    {
        if (Library.Value.Path is null && Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail(Library.Value.Problem);
        Assert.SkipWhen(Library.Value.Path is null, Library.Value.Problem);
    }

    /// <summary>Sets a program's clock wrong.</summary>
    public static void SetClock(this IDictionary<string, string?> environment, TimeSpan by)
    {
        environment["LD_PRELOAD"] = Library.Value.Path;
        environment["FAULTY_CLOCK"] = ((long)by.TotalSeconds).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Records every change that a program makes below a directory, and what it says, for <see cref="DiskLog"/>.</summary>
    public static void Record(this IDictionary<string, string?> environment, string disk, string log)
    {
        environment["LD_PRELOAD"] = Library.Value.Path;
        (environment["FAULTY_DISK"], environment["FAULTY_DISK_LOG"]) = (disk, log);
    }

    /// <summary>Lets a program find the disk of a directory full.</summary>
    /// <param name="environment">The program's.</param>
    /// <param name="disk">The directory.</param>
    /// <param name="from">From this change on, counted from 1; 0 for never.</param>
    /// <param name="count">A file that gets the number of changes.</param>
    public static void Fill(this IDictionary<string, string?> environment, string disk, int from, string? count = null)
    {
        environment["LD_PRELOAD"] = Library.Value.Path;
        environment["FAULTY_DISK"] = disk;
        environment["FAULTY_DISK_FULL"] = from.ToString(CultureInfo.InvariantCulture);
        environment["FAULTY_DISK_COUNT"] = count;
    }

    private static (string?, string) Compile()
    {
        if (!OperatingSystem.IsLinux())
            return (null, "Only on Linux can a library be put between a program and its disk this way.");
        var folder = Directory.CreateTempSubdirectory("sosia-faulty-disk-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        var (source, library) = (Path.Combine(folder, "disk.c"), Path.Combine(folder, "disk.so"));
        using (var from = typeof(FaultyDisk).Assembly.GetManifestResourceStream("FaultyDisk.c")!)
        using (var to = File.Create(source))
            from.CopyTo(to);
        try
        {
            var start = new ProcessStartInfo("cc", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"])
            {
                RedirectStandardError = true,
            };
            using var compiler = Process.Start(start)!;
            var said = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            return compiler.ExitCode == 0 ? (library, "") : (null, $"The C compiler did not make FaultyDisk.c: {said}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (null, "There is no C compiler (cc) here, which makes the library that stands between a program and its disk.");
        }
    }
}
