using Microsoft.Extensions.Logging;

namespace Sosia.Hosting;

/// <summary>What Sosia logs: counts and times, never a path or a person.</summary>
internal static partial class Log
{
    [LoggerMessage(
        1,
        LogLevel.Information,
        "Indexed {Photos} photos with {Faces} faces in {Seconds:F1} s; {Skipped} files were known, {Removed} photos are gone, "
            + "{Failed} files can't be read."
    )]
    public static partial void Indexed(ILogger logger, long photos, long faces, double seconds, long skipped, long removed, int failed);

    [LoggerMessage(2, LogLevel.Information, "Forgot {Photos} photos and {Faces} faces.")]
    public static partial void Forgot(ILogger logger, int photos, int faces);

    [LoggerMessage(5, LogLevel.Information, "Freed pages of the catalogue are overwritten: {Done}.")]
    public static partial void Overwritten(ILogger logger, bool done);

    [LoggerMessage(3, LogLevel.Warning, "An index of {Model} could not be kept; searches read the catalogue instead.")]
    public static partial void IndexNotKept(ILogger logger, Exception reason, string model);

    [LoggerMessage(4, LogLevel.Warning, "An index file of {Model} is damaged; it is made again from the catalogue.")]
    public static partial void IndexDamaged(ILogger logger, Exception reason, string model);
}
