using TorchSharp;
using TorchLoader = Sosia.Training.Network.Libtorch;

namespace Sosia.Training.Tests;

/// <summary>What a test needs and may not have: libtorch that loads, and the data beside the project.</summary>
internal static class Needs
{
    private static readonly string? WhyNot = Try();

    /// <summary>Skips the test, with the reason, where libtorch does not load; fails where the Debian 13 root was made for it.</summary>
    public static void Libtorch()
    {
        if (WhyNot is not null && Environment.GetEnvironmentVariable("SOSIA_TRAINING_ROOT") == "1")
            Assert.Fail(WhyNot);
        Assert.SkipWhen(WhyNot is not null, WhyNot ?? "");
    }

    /// <summary>Skips the test where libtorch does load.</summary>
    public static void NoLibtorch() => Assert.SkipWhen(WhyNot is null, "libtorch loads here.");

    /// <summary>Labeled Faces in the Wild and the student project's row order.</summary>
    public static (string Lfw, string Labels) Lfw()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var shared = Path.Combine(folder.FullName, "shared");
            var lfw = Environment.GetEnvironmentVariable("SOSIA_LFW") is { Length: > 0 } set ? set : Path.Combine(shared, "lfw");
            var labels = Path.Combine(shared, "seed", "labels.txt");
            if (Directory.Exists(lfw) && File.Exists(labels))
                return (lfw, labels);
        }
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("CI") == "true",
            "There is no shared/lfw with shared/seed/labels.txt in any directory above."
        );
        throw new DirectoryNotFoundException("CI needs shared/lfw and shared/seed/labels.txt.");
    }

    private static string? Try()
    {
        try
        {
            TorchLoader.Load(DeviceType.CPU, 2);
            return null;
        }
        catch (UsageException reason)
        {
            return reason.Message;
        }
    }
}
