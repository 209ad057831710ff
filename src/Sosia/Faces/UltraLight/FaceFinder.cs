using System.Numerics;
using Sosia.Models;
using Sosia.Models.Store;
using Sosia.Photos;

namespace Sosia.Faces.UltraLight;

/// <summary>
/// Finds faces of any size. The first pass covers the whole photo at the size that the network was trained for; the next covers it at a
/// larger size, for small faces. Detections that are not sure are confirmed at scales that suit the network best. When nothing was found,
/// it detects with a margin around the photo (a face that fills the frame or is cut by its edge) and with the photo turned by quarters (a
/// face that lies on its side).
/// </summary>
internal sealed class FaceFinder : IFaceDetector
{
    private const byte Grey = 127;

    private readonly BoxNetwork _boxes;
    private readonly PointNetwork _points;
    private readonly Confirmation _confirmation;
    private readonly DetectorOptions _options;

    private FaceFinder(BoxNetwork boxes, PointNetwork points, DetectorOptions options)
    {
        (_boxes, _points, _options) = (boxes, points, options);
        _confirmation = new Confirmation(boxes, options.MinConfidence);
        Provenance = boxes.ProvenanceWith(options);
    }

    /// <summary>Loads the default networks for boxes and points.</summary>
    /// <exception cref="ModelException">A model is missing, not the one that the manifest names, or can't be run.</exception>
    public static FaceFinder Load(ModelStore models, DetectorOptions options)
    {
        ArgumentNullException.ThrowIfNull(models);
        return Load(models, models.Default(ModelKind.FaceBoxes), options);
    }

    /// <summary>Loads a network for boxes, and the default one for points.</summary>
    /// <exception cref="ModelException">A model is missing, not the one that the manifest names, or can't be run.</exception>
    public static FaceFinder Load(ModelStore models, KnownModel boxes, DetectorOptions options)
    {
        ArgumentNullException.ThrowIfNull(models);
        var points = models.Default(ModelKind.FaceLandmarks);
        return new FaceFinder(
            new BoxNetwork(models.Load(boxes), boxes.Entry),
            new PointNetwork(models.Load(points), points.Entry),
            options
        );
    }

    /// <inheritdoc/>
    public string LandmarksKey => _points.Key;

    /// <inheritdoc/>
    public Provenance Provenance { get; }

    /// <inheritdoc/>
    public int SideFor(int longestSide) => (int)Math.Ceiling(longestSide * Math.Min(1, Levels.SureSide / SmallestFace(longestSide)));

    /// <inheritdoc/>
    public void Dispose()
    {
        _boxes.Dispose();
        _points.Dispose();
    }

    /// <inheritdoc/>
    public IReadOnlyList<DetectedFace> Detect(Photo photo, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(photo);
        var seen = DetectInWhole(photo, cancellation);
        var first = seen.Count;
        DetectInLevels(photo, seen, cancellation);
        var faces = WithPoints(photo, seen, refine: seen.Count > first, cancellation);
        return faces.Count == 0 && _options.TryHarder ? TryHarder(photo, cancellation) : faces;
    }

    /// <inheritdoc/>
    public DetectedFace Turned(Photo photo, DetectedFace face, int quarters, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(face);
        return face with { Landmarks = _points.Locate(photo, face.Box, quarters, cancellation) };
    }

    /// <inheritdoc/>
    public DetectedFace Locate(Photo photo, Box box, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(photo);
        var inside = Box.Inside(photo, box);
        return new(inside, 1, _points.Locate(photo, inside, quarters: 0, cancellation));
    }

    /// <summary>The smallest face looked for, in pixels of the file.</summary>
    private double SmallestFace(int longestSide) => _options.SmallestFaceOf(longestSide);

    /// <summary>The whole photo at the network's own size, stretched to it, as it was trained.</summary>
    private List<SeenBox> DetectInWhole(Photo photo, CancellationToken cancellation)
    {
        var size = _boxes.TrainedSize;
        using var window = PixelBuffer.Rent(size);
        Resampler.Resize(photo.Pixels, photo.Width, photo.Height, window.Pixels, size);
        var toPhoto = new Vector2((float)photo.Width / size.Width, (float)photo.Height / size.Height);
        return
        [
            .. _boxes
                .Detect(window.Pixels, size, _options.MinConfidence, cancellation)
                .Select(seen => seen with { Box = seen.Box.Scale(toPhoto), IsSure = seen.Confidence >= _options.SureConfidence }),
        ];
    }

    /// <summary>The levels of the pyramid. A box cut by a part's inner edge is left to the neighbour that shows it whole.</summary>
    private void DetectInLevels(Photo photo, List<SeenBox> seen, CancellationToken cancellation)
    {
        var first = Math.Min((double)_boxes.TrainedSize.Width / photo.Width, (double)_boxes.TrainedSize.Height / photo.Height);
        var smallest = SmallestFace(Math.Max(photo.OriginalWidth, photo.OriginalHeight)) / photo.ToOriginal;
        foreach (var level in Levels.Plan((photo.Width, photo.Height), first, smallest).GroupBy(tile => tile.Level))
        {
            using var scaled = PixelBuffer.Rent(level.Key);
            Resampler.Resize(photo.Pixels, photo.Width, photo.Height, scaled.Pixels, level.Key);
            foreach (var tile in level)
            {
                cancellation.ThrowIfCancellationRequested();
                using var part = Part(scaled.Pixels, tile);
                foreach (var box in _boxes.Detect(part.Pixels, part.Size, _options.MinConfidence, cancellation))
                    if (!IsCut(box.Box, tile))
                        seen.Add(box with { Box = box.Box.Move(tile.Left, tile.Top).Scale((float)photo.Width / level.Key.Width) });
            }
        }
    }

    private static PixelBuffer Part(ReadOnlySpan<byte> level, Tile tile)
    {
        var part = PixelBuffer.Rent(tile.Size);
        var corner = (tile.Top * tile.Level.Width + tile.Left) * Photo.Channels;
        Place(level[corner..], tile.Level.Width, tile.Size, part.Pixels, tile.Size.Width);
        return part;
    }

    private static bool IsCut(Box face, Tile tile)
    {
        const int Margin = 2;
        return (tile.Left > 0 && face.Left < Margin)
            || (tile.Top > 0 && face.Top < Margin)
            || (tile.Left + tile.Size.Width < tile.Level.Width && face.Right > tile.Size.Width - Margin)
            || (tile.Top + tile.Size.Height < tile.Level.Height && face.Bottom > tile.Size.Height - Margin);
    }

    private IReadOnlyList<DetectedFace> TryHarder(Photo photo, CancellationToken cancellation)
    {
        foreach (var quarters in (ReadOnlySpan<int>)[0, 1, 3, 2])
        {
            cancellation.ThrowIfCancellationRequested();
            var turned = QuarterTurn.Turn(photo, quarters);
            var seen = DetectWithMargin(turned, cancellation);
            if (quarters != 0)
                seen.AddRange(DetectInWhole(turned, cancellation));
            var faces = WithPoints(turned, seen, refine: false, cancellation);
            if (faces.Count > 0)
                return [.. faces.Select(face => QuarterTurn.Back(face, photo, quarters))];
        }
        return [];
    }

    /// <summary>The photo at half size in the middle of a grey window: now a face that filled the frame has a surrounding.</summary>
    private List<SeenBox> DetectWithMargin(Photo photo, CancellationToken cancellation)
    {
        var (width, height) = _boxes.TrainedSize;
        var scale = Math.Min(width / 2f / photo.Width, height / 2f / photo.Height);
        var size = (Width: Math.Max(1, (int)(photo.Width * scale)), Height: Math.Max(1, (int)(photo.Height * scale)));
        using var small = PixelBuffer.Rent(size);
        Resampler.Resize(photo.Pixels, photo.Width, photo.Height, small.Pixels, size);
        var at = (Left: (width - size.Width) / 2, Top: (height - size.Height) / 2);
        using var window = PixelBuffer.Rent(_boxes.TrainedSize);
        window.Pixels.Fill(Grey);
        Place(small.Pixels, size.Width, size, window.Pixels[((at.Top * width + at.Left) * Photo.Channels)..], width);
        return
        [
            .. _boxes
                .Detect(window.Pixels, window.Size, _options.MinConfidence, cancellation)
                .Select(seen => seen with { Box = seen.Box.Move(-at.Left, -at.Top).Scale((float)photo.Width / size.Width) }),
        ];
    }

    /// <summary>Copies a rectangle of one picture into another; both begin at its upper left corner.</summary>
    private static void Place(ReadOnlySpan<byte> from, int fromWidth, (int Width, int Height) size, Span<byte> to, int toWidth)
    {
        for (var y = 0; y < size.Height; y++)
            from.Slice(y * fromWidth * Photo.Channels, size.Width * Photo.Channels).CopyTo(to[(y * toWidth * Photo.Channels)..]);
    }

    /// <summary>One box a face, each doubtful one confirmed, with its points.</summary>
    /// <param name="photo">The photo.</param>
    /// <param name="seen">All boxes.</param>
    /// <param name="refine">Some of the boxes that need no confirmation come from another pass than the first.</param>
    /// <param name="cancellation">Cancels the work between faces.</param>
    private List<DetectedFace> WithPoints(Photo photo, List<SeenBox> seen, bool refine, CancellationToken cancellation)
    {
        var confirmed = BoxSorting
            .OnePerFace(seen, _options.SameFaceOverlap)
            .Select(face =>
                !face.IsSure ? _confirmation.Confirm(photo, face, cancellation)
                : refine ? _confirmation.Refine(photo, face, cancellation)
                : face
            )
            .OfType<SeenBox>();
        return
        [
            .. BoxSorting
                .OnePerFace(confirmed, _options.SameFaceOverlap)
                .Select(face => new DetectedFace(face.Box, face.Confidence, _points.Locate(photo, face.Box, quarters: 0, cancellation))),
        ];
    }
}
