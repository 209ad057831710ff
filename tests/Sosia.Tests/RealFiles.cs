using NetVips;
using Sosia.Hosting;
using Sosia.Models;
using Sosia.Models.Store;
using Sosia.Photos;

namespace Sosia.Tests;

/// <summary>The models and photos that come with Sosia, and the data that lies beside the project.</summary>
internal static class RealFiles
{
    public static string Models => Path.Combine(AppContext.BaseDirectory, "models");

    /// <summary>A built-in model with the user's directories somewhere else than this user's.</summary>
    public static KnownModel Model(string name) => new ModelStore(Models, new UserDirectories("/nonexistent")).Find(name);

    /// <summary>One of the sample photos, counted from 1.</summary>
    public static Photo Sample(int number)
    {
        using var image = Image.NewFromFile(Path.Combine(AppContext.BaseDirectory, "samples", $"sample{number}.jpg"));
        return new Photo(image.Width, image.Height, image.WriteToMemory<byte>(), image.Width, image.Height);
    }

    /// <summary>Squares of a photo, evenly spread, each side × side × 3 bytes.</summary>
    public static IEnumerable<byte[]> Squares(Photo photo, int side, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var left = (photo.Width - side) * i / count;
            var top = (photo.Height - side) * i / count;
            var square = new byte[side * side * 3];
            for (var y = 0; y < side; y++)
                photo.Pixels.Slice(((top + y) * photo.Width + left) * 3, side * 3).CopyTo(square.AsSpan(y * side * 3));
            yield return square;
        }
    }

    /// <summary>A file beside the project; the test is skipped where there is none, and fails in CI.</summary>
    public static string Shared(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, "shared", path);
            if (File.Exists(file))
                return file;
        }
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("CI") == "true",
            $"There is no shared/{path} in any directory above {AppContext.BaseDirectory}."
        );
        throw new FileNotFoundException($"CI needs shared/{path}.");
    }
}
