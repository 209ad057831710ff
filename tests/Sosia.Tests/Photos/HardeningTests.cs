using System.Diagnostics;
using System.Runtime.CompilerServices;
using NetVips;
using Sosia.Faces;
using Sosia.Photos;
using Sosia.Photos.Decoders;
using Sosia.Photos.Vips;
using Sosia.Pictures;

namespace Sosia.Tests.Photos;

/// <summary>
/// Whichever part of Sosia comes to libvips first, formats that libvips holds to be unsafe are blocked from then on. Each in a process of
/// its own.
/// </summary>
public class HardeningTests
{
    private const string FirstUse = "SOSIA_TEST_FIRST_USE_OF_LIBVIPS";

    /// <summary>A format that libvips can read, and holds to be unsafe.</summary>
    private static readonly byte[] Svg = [.. "<svg xmlns='http://www.w3.org/2000/svg' width='2' height='1'/>"u8];

    private static readonly Dictionary<string, Action> Uses = new()
    {
        ["a decoder"] = () => _ = new VipsPhotoDecoder(new PhotoOptions()),
        ["the list of formats"] = () => VipsPhotoDecoder.Formats(),
        ["a thumbnail of a photo"] = () => Thumbnailer.OfPhoto(new Photo(2, 1, [1, 2, 3, 4, 5, 6], 2, 1), 8),
        ["a JPEG of a photo"] = () => Thumbnailer.JpegOfPhoto(new Photo(2, 1, [1, 2, 3, 4, 5, 6], 2, 1), 8),
        ["a refused file"] = () => Refused(() => new PhotoDecoder(new PhotoOptions()).Decode(MadePictures.File(Svg, "x.svg"))),
        ["a crop of a face"] = () => Thumbnailer.OfFace(new Photo(2, 1, [1, 2, 3, 4, 5, 6], 2, 1), new Box(0, 0, 1, 1), 8),
        ["part of a photo"] = () => Thumbnailer.OfPart(new Photo(2, 1, [1, 2, 3, 4, 5, 6], 2, 1), new Box(0, 0, 1, 1), 8, 8),
        ["a PNG"] = () => Thumbnailer.Png([1, 2, 3, 4, 5, 6], 2, 1),
    };

    public static TheoryData<string> Parts => [.. Uses.Keys];

    [Theory, MemberData(nameof(Parts))]
    public void Unsafe_formats_are_blocked_whatever_part_uses_libvips_first(string part) => Assert.Equal("blocked", RunChild(part));

    [Fact]
    public void Without_Sosia_libvips_would_open_them() => Assert.Equal("opened", RunChild("nothing"));

    private static string RunChild(string part)
    {
        var start = ThisProgram.Again();
        start.Environment[FirstUse] = part;
        using var child = Process.Start(start)!;
        var said = child.StandardOutput.ReadToEnd().Trim();
        child.WaitForExit();
        return said;
    }

    [ModuleInitializer]
    internal static void BecomeChildWhenAsked()
    {
        if (Environment.GetEnvironmentVariable(FirstUse) is not { Length: > 0 } part)
            return;
        if (Uses.TryGetValue(part, out var use))
            use();
        Console.WriteLine(Opens() ? "opened" : "blocked");
        Environment.Exit(0);
    }

    private static bool Opens()
    {
        try
        {
            using var image = Image.NewFromBuffer(Svg);
            return image.Width == 2;
        }
        catch (VipsException)
        {
            return false;
        }
    }

    private static void Refused(Action open)
    {
        try
        {
            open();
        }
        catch (UnreadablePhotoException)
        {
            return;
        }
        throw new InvalidOperationException("An unsafe format was opened.");
    }
}
