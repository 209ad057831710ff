using System.Numerics;
using Sosia.Hosting;
using Sosia.Models;
using Sosia.Photos;

namespace Sosia.Faces.Points;

/// <summary>
/// Finds faces with a network that gives their five points too (YuNet, SCRFD). The photo is fitted into the network's input; where the
/// smallest face looked for would be too small in it, parts of the photo are looked at as well. When nothing was found, the photo is turned
/// by quarters.
/// </summary>
/// <param name="network">The network; disposed with this.</param>
/// <param name="options">What counts as a face.</param>
internal sealed class PointsFinder(DetectorSession network, DetectorOptions options) : IFaceDetector
{
    /// <summary>The smallest face that these networks find well, in pixels of their input.</summary>
    private const double SureSide = 12;

    /// <summary>How much of a part its neighbour shows too.</summary>
    private const double PartsOverlap = 0.25;

    /// <summary>Side of the region around a box in which its points are looked for, in sides of the box.</summary>
    private const float Around = 2;

    /// <summary>Two boxes that overlap as much may be of the same face, when its points are looked for.</summary>
    private const float SameBox = 0.3f;

    /// <summary>Where the points of an upright face lie in its box, on average; for a box in which the network sees no face.</summary>
    private static readonly Landmarks Usual = new(
        new(0.31f, 0.40f),
        new(0.69f, 0.40f),
        new(0.50f, 0.60f),
        new(0.35f, 0.78f),
        new(0.65f, 0.78f)
    );

    private readonly Preprocessing _preprocessing = new(network.Entry.Input);

    private (int Width, int Height) Input => (network.Entry.Input.Width, network.Entry.Input.Height);

    /// <inheritdoc/>
    public string LandmarksKey { get; } = Faces.LandmarksKey.OfDetector(network.Entry);

    /// <inheritdoc/>
    public Provenance Provenance { get; } = Provenance.Of(network.Entry, options);

    /// <inheritdoc/>
    public int SideFor(int longestSide)
    {
        var whole = Math.Max(Input.Width, Input.Height);
        return (int)Math.Min(longestSide, Math.Max(whole, Math.Ceiling(longestSide * SureSide / options.SmallestFaceOf(longestSide))));
    }

    /// <inheritdoc/>
    public IReadOnlyList<DetectedFace> Detect(Photo photo, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(photo);
        var faces = DetectUpright(photo, cancellation);
        if (faces.Count > 0 || !options.TryHarder)
            return faces;
        foreach (var quarters in (ReadOnlySpan<int>)[1, 3, 2])
        {
            var turned = DetectUpright(QuarterTurn.Turn(photo, quarters), cancellation);
            if (turned.Count > 0)
                return [.. turned.Select(face => QuarterTurn.Back(face, photo, quarters))];
        }
        return [];
    }

    /// <inheritdoc/>
    public DetectedFace Turned(Photo photo, DetectedFace face, int quarters, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(photo);
        ArgumentNullException.ThrowIfNull(face);
        // Turned back by as many quarters, the face would stand upright.
        var back = (4 - quarters) % 4;
        var region = RegionOf(face.Box, photo);
        var cut = Cut(photo, region);
        var seen = DetectUpright(QuarterTurn.Turn(cut, back), cancellation).Select(found => QuarterTurn.Back(found, cut, back));
        var points = Best(seen.Select(found => Moved(found, region)), face.Box)?.Landmarks ?? Turn(UsualIn(face.Box), face.Box, quarters);
        return face with { Landmarks = points };
    }

    /// <inheritdoc/>
    public DetectedFace Locate(Photo photo, Box box, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(photo);
        var inside = Box.Inside(photo, box);
        return Turned(photo, new DetectedFace(inside, 1, UsualIn(inside)), quarters: 0, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();

    private IReadOnlyList<DetectedFace> DetectUpright(Photo photo, CancellationToken cancellation)
    {
        var seen = new List<DetectedFace>();
        Look(photo, new Box(0, 0, photo.Width, photo.Height), seen, cancellation);
        foreach (var part in PartsOf(photo))
            Look(photo, part, seen, cancellation);
        return BestBoxes.Of(seen, options.SameFaceOverlap);
    }

    /// <summary>Parts in which the smallest face looked for is large enough; none where it is so in the whole.</summary>
    private IEnumerable<Box> PartsOf(Photo photo)
    {
        var smallest = options.SmallestFaceOf(Math.Max(photo.OriginalWidth, photo.OriginalHeight)) / photo.ToOriginal;
        var scale = Math.Min(1, SureSide / smallest);
        var (width, height) = (Math.Min(photo.Width, Input.Width / scale), Math.Min(photo.Height, Input.Height / scale));
        if (ScaleToFit(photo.Width, photo.Height) >= scale * 0.99)
            yield break;
        foreach (var top in Starts(photo.Height, height))
        foreach (var left in Starts(photo.Width, width))
            yield return new Box((float)left, (float)top, (float)width, (float)height);
    }

    /// <summary>Where parts of a length begin that cover a whole and overlap.</summary>
    private static IEnumerable<double> Starts(double whole, double part)
    {
        var count = Math.Max(1, (int)Math.Ceiling((whole - part * PartsOverlap) / (part * (1 - PartsOverlap))));
        for (var i = 0; i < count; i++)
            yield return count == 1 ? 0 : i * (whole - part) / (count - 1);
    }

    private double ScaleToFit(double width, double height) => Math.Min(1, Math.Min(Input.Width / width, Input.Height / height));

    /// <summary>Runs the network on a part of a photo, fitted into its input with black beside it.</summary>
    private void Look(Photo photo, Box part, List<DetectedFace> into, CancellationToken cancellation)
    {
        var scale = ScaleToFit(part.Width, part.Height);
        var size = (Width: Fitted(part.Width * scale, Input.Width), Height: Fitted(part.Height * scale, Input.Height));
        var cut = part.Width == photo.Width && part.Height == photo.Height ? photo : Cut(photo, part);
        var small = new byte[size.Width * size.Height * Photo.Channels];
        if (size == (cut.Width, cut.Height))
            cut.Pixels.CopyTo(small);
        else
            Resampler.Resize(cut.Pixels, cut.Width, cut.Height, small, size);
        var outputs = Run(ToInput(small, size), cancellation);
        var found = new List<DetectedFace>();
        for (var i = 0; i < DetectorSession.Strides.Length; i++)
        {
            var grid = StrideGrid.Over(Input.Width, Input.Height, DetectorSession.Strides[i]);
            if (network.Entry.Family == DetectorFamily.Yunet)
                YuNetOutputs.Decode(grid, outputs[i], options.MinConfidence, found);
            else
                ScrfdOutputs.Decode(grid, outputs[i], options.MinConfidence, found);
        }
        var toPart = new Vector2(part.Width / size.Width, part.Height / size.Height);
        into.AddRange(found.Select(face => Moved(Stretched(face, toPart), part)));
    }

    private float[][][] Run(float[] input, CancellationToken cancellation)
    {
        using var _ = Telemetry.Measure("look");
        return network.Run(input, cancellation);
    }

    private static int Fitted(double side, int most) => Math.Clamp((int)Math.Round(side), 1, most);

    private float[] ToInput(ReadOnlySpan<byte> pixels, (int Width, int Height) size)
    {
        var padded = new byte[Input.Width * Input.Height * Photo.Channels];
        for (var y = 0; y < size.Height; y++)
            pixels
                .Slice(y * size.Width * Photo.Channels, size.Width * Photo.Channels)
                .CopyTo(padded.AsSpan(y * Input.Width * Photo.Channels));
        var tensor = new float[_preprocessing.Floats];
        _preprocessing.Fill(padded, tensor);
        return tensor;
    }

    private static Photo Cut(Photo photo, Box part)
    {
        var (left, top) = ((int)part.Left, (int)part.Top);
        var (width, height) = (Math.Min((int)part.Width, photo.Width - left), Math.Min((int)part.Height, photo.Height - top));
        var pixels = new byte[width * height * Photo.Channels];
        for (var y = 0; y < height; y++)
            photo
                .Pixels.Slice(((top + y) * photo.Width + left) * Photo.Channels, width * Photo.Channels)
                .CopyTo(pixels.AsSpan(y * width * Photo.Channels));
        return new Photo(width, height, pixels, width, height);
    }

    /// <summary>A square region around a box, as much of it as lies in the photo, in whole pixels.</summary>
    private static Box RegionOf(Box box, Photo photo)
    {
        var side = Around * Math.Max(box.Width, box.Height);
        var (left, top) = (MathF.Floor(Math.Max(0, box.Centre.X - side / 2)), MathF.Floor(Math.Max(0, box.Centre.Y - side / 2)));
        var (right, bottom) = (Math.Min(photo.Width, box.Centre.X + side / 2), Math.Min(photo.Height, box.Centre.Y + side / 2));
        return new Box(left, top, Math.Max(1, MathF.Ceiling(right - left)), Math.Max(1, MathF.Ceiling(bottom - top)));
    }

    private static DetectedFace? Best(IEnumerable<DetectedFace> faces, Box box) =>
        faces.Where(face => face.Box.Overlap(box) >= SameBox).MaxBy(face => face.Box.Overlap(box));

    private static Landmarks UsualIn(Box box) =>
        Usual.Transform(Matrix3x2.CreateScale(box.Width, box.Height) * Matrix3x2.CreateTranslation(box.Left, box.Top));

    private static Landmarks Turn(Landmarks points, Box box, int quarters) =>
        points.Transform(Matrix3x2.CreateRotation(quarters * MathF.PI / 2, box.Centre));

    private static DetectedFace Moved(DetectedFace face, Box part) =>
        face with
        {
            Box = face.Box.Move(MathF.Floor(part.Left), MathF.Floor(part.Top)),
            Landmarks = face.Landmarks.Transform(Matrix3x2.CreateTranslation(MathF.Floor(part.Left), MathF.Floor(part.Top))),
        };

    private static DetectedFace Stretched(DetectedFace face, Vector2 by) =>
        face with
        {
            Box = face.Box.Scale(by),
            Landmarks = face.Landmarks.Transform(Matrix3x2.CreateScale(by)),
        };
}
