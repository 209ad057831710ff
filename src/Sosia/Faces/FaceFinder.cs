using System.Numerics;
using Sosia.Models;
using Sosia.Models.Store;
using Sosia.Photos;

namespace Sosia.Faces;

/// <summary>
/// Finds faces of any size. The first pass covers the whole photo; further passes cover tiles of it, for small faces. When nothing was
/// found, it detects with a margin around the photo (a face that fills the frame or is cut by its edge) and with the photo turned by
/// quarters (a face that lies on its side).
/// </summary>
internal sealed class FaceFinder : IFaceDetector, IDisposable
{
    private const byte Grey = 127;

    /// <summary>Least score that confirms a detection.</summary>
    private const float ConfirmedConfidence = 0.9f;

    /// <summary>Least overlap of a box with the one that confirms it.</summary>
    private const float ConfirmedOverlap = 0.35f;

    private readonly BoxNetwork _boxes;
    private readonly PointNetwork _points;
    private readonly DetectorOptions _options;
    private readonly ThreadLocal<byte[]> _window; // always written whole before it is read

    private FaceFinder(BoxNetwork boxes, PointNetwork points, DetectorOptions options)
    {
        (_boxes, _points, _options) = (boxes, points, options);
        Provenance = boxes.ProvenanceWith(options);
        _window = new ThreadLocal<byte[]>(() => new byte[boxes.Width * boxes.Height * Photo.Channels]);
    }

    /// <summary>Loads the default networks for boxes and points.</summary>
    /// <exception cref="ModelException">A model is missing, not the one that the manifest names, or can't be run.</exception>
    public static FaceFinder Load(ModelStore models, DetectorOptions options)
    {
        ArgumentNullException.ThrowIfNull(models);
        var (boxes, points) = (models.Default(ModelKind.FaceBoxes), models.Default(ModelKind.FaceLandmarks));
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
    public void Dispose()
    {
        _boxes.Dispose();
        _points.Dispose();
        _window.Dispose();
    }

    private (int Width, int Height) Window => (_boxes.Width, _boxes.Height);

    /// <inheritdoc/>
    public IReadOnlyList<DetectedFace> Detect(Photo photo, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(photo);
        var seen = DetectInWhole(photo, cancellation);
        DetectInTiles(photo, seen, cancellation);
        var faces = WithPoints(photo, seen, cancellation);
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
        var inside =
            box.ClipTo(photo.Width, photo.Height)
            ?? throw new ArgumentException(
                $"The box must have an area and lie in the photo of {photo.Width} × {photo.Height} pixels.",
                nameof(box)
            );
        return new(inside, 1, _points.Locate(photo, inside, quarters: 0, cancellation));
    }

    /// <summary>The whole photo in one window, stretched to it, as the network was trained.</summary>
    private List<SeenBox> DetectInWhole(Photo photo, CancellationToken cancellation)
    {
        var window = _window.Value!;
        Resampler.Resize(photo.Pixels, photo.Width, photo.Height, window, Window);
        return DetectInWindow(window, shows: new Box(0, 0, photo.Width, photo.Height), cancellation, first: true);
    }

    /// <summary>The tiles of the pyramid. A box cut by a tile's inner edge is left to the neighbour that shows it whole.</summary>
    private void DetectInTiles(Photo photo, List<SeenBox> seen, CancellationToken cancellation)
    {
        var window = _window.Value!;
        var tiles = Tiles.Plan((photo.Width, photo.Height), Window, _options.SmallestFace);
        foreach (var level in tiles.GroupBy(tile => (Width: tile.LevelWidth, Height: tile.LevelHeight)))
        {
            var scaled = new byte[level.Key.Width * level.Key.Height * Photo.Channels];
            Resampler.Resize(photo.Pixels, photo.Width, photo.Height, scaled, level.Key);
            var toPhoto = (float)photo.Width / level.Key.Width;
            foreach (var tile in level)
            {
                cancellation.ThrowIfCancellationRequested();
                var shown = (
                    Width: Math.Min(_boxes.Width, tile.LevelWidth - tile.Left),
                    Height: Math.Min(_boxes.Height, tile.LevelHeight - tile.Top)
                );
                Place(scaled, tile.LevelWidth, (tile.Left, tile.Top), shown, window, (0, 0));
                var shows = new Box(tile.Left, tile.Top, _boxes.Width, _boxes.Height).Scale(toPhoto);
                seen.AddRange(DetectInWindow(window, shows, cancellation).Where(face => !IsCut(face.Box, shows, photo)));
            }
        }
    }

    private static bool IsCut(Box face, Box shown, Photo photo)
    {
        var margin = shown.Width / 160;
        return (shown.Left > margin && face.Left < shown.Left + margin)
            || (shown.Top > margin && face.Top < shown.Top + margin)
            || (shown.Right < photo.Width - margin && face.Right > shown.Right - margin)
            || (shown.Bottom < photo.Height - margin && face.Bottom > shown.Bottom - margin);
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
            var faces = WithPoints(turned, seen, cancellation);
            if (faces.Count > 0)
                return [.. faces.Select(face => QuarterTurn.Back(face, photo, quarters))];
        }
        return [];
    }

    /// <summary>The photo at half size in the middle of a grey window: now a face that filled the frame has a surrounding.</summary>
    private List<SeenBox> DetectWithMargin(Photo photo, CancellationToken cancellation)
    {
        var scale = Math.Min(_boxes.Width / 2f / photo.Width, _boxes.Height / 2f / photo.Height);
        var size = (Width: Math.Max(1, (int)(photo.Width * scale)), Height: Math.Max(1, (int)(photo.Height * scale)));
        var small = new byte[size.Width * size.Height * Photo.Channels];
        Resampler.Resize(photo.Pixels, photo.Width, photo.Height, small, size);
        var at = (Left: (_boxes.Width - size.Width) / 2, Top: (_boxes.Height - size.Height) / 2);
        var window = _window.Value!;
        Place(small, size.Width, (0, 0), size, window, at);
        return DetectInWindow(
            window,
            shows: new Box(-at.Left, -at.Top, _boxes.Width, _boxes.Height).Scale((float)photo.Width / size.Width),
            cancellation
        );
    }

    /// <summary>Copies a rectangle of a picture into the window; the rest becomes grey.</summary>
    private void Place(
        ReadOnlySpan<byte> from,
        int fromWidth,
        (int Left, int Top) at,
        (int Width, int Height) size,
        Span<byte> window,
        (int Left, int Top) to
    )
    {
        window.Fill(Grey);
        for (var y = 0; y < size.Height; y++)
        {
            var line = from.Slice(((at.Top + y) * fromWidth + at.Left) * Photo.Channels, size.Width * Photo.Channels);
            line.CopyTo(window[(((to.Top + y) * _boxes.Width + to.Left) * Photo.Channels)..]);
        }
    }

    /// <summary>What the network detects in a window, in the photo's pixels.</summary>
    /// <param name="window">Pixels of the network's size.</param>
    /// <param name="shows">The rectangle of the photo that the window shows.</param>
    /// <param name="cancellation">Cancels the pass.</param>
    /// <param name="first">Whether this is the first pass, over the whole photo.</param>
    private List<SeenBox> DetectInWindow(ReadOnlySpan<byte> window, Box shows, CancellationToken cancellation, bool first = false)
    {
        var seen = _boxes.Detect(window, _options.MinConfidence, cancellation);
        for (var i = 0; i < seen.Count; i++)
        {
            var part = seen[i].Box;
            seen[i] = seen[i] with
            {
                ByFirstPass = first,
                Box = new Box(
                    shows.Left + part.Left * shows.Width,
                    shows.Top + part.Top * shows.Height,
                    part.Width * shows.Width,
                    part.Height * shows.Height
                ),
            };
        }
        return seen;
    }

    /// <summary>One box a face, each doubtful one confirmed, with its points.</summary>
    private List<DetectedFace> WithPoints(Photo photo, List<SeenBox> seen, CancellationToken cancellation)
    {
        var confirmed = BoxSorting
            .OnePerFace(seen, _options.SameFaceOverlap)
            .Select(face => Confirm(photo, face, cancellation))
            .OfType<SeenBox>();
        return
        [
            .. BoxSorting
                .OnePerFace(confirmed, _options.SameFaceOverlap)
                .Select(face => new DetectedFace(face.Box, face.Confidence, _points.Locate(photo, face.Box, quarters: 0, cancellation))),
        ];
    }

    /// <summary>
    /// Detects again at three scales that suit the network best, with the face in the middle. A detection is kept only if it is confirmed:
    /// folds of cloth, hands and halves of faces are not.
    /// </summary>
    /// <returns>The confirmed box, which fits better; null when the detection is not confirmed.</returns>
    private SeenBox? Confirm(Photo photo, SeenBox face, CancellationToken cancellation)
    {
        if (face.Confidence >= _options.SureConfidence && face.ByFirstPass)
            return face;
        SeenBox? better = null;
        foreach (var height in (ReadOnlySpan<float>)[50, 80, 120])
        {
            var scale = face.Box.Height / height;
            var shows = new Box(
                face.Box.Centre.X - _boxes.Width * scale / 2,
                face.Box.Centre.Y - _boxes.Height * scale / 2,
                _boxes.Width * scale,
                _boxes.Height * scale
            );
            var window = _window.Value!;
            var toPhoto = Matrix3x2.CreateScale(scale) * Matrix3x2.CreateTranslation(shows.Left, shows.Top);
            Resampler.Cut(photo, toPhoto, Window, window, Grey, cancellation);
            better = DetectInWindow(window, shows, cancellation)
                .Where(again => again.Confidence >= ConfirmedConfidence && again.Box.Overlap(face.Box) > ConfirmedOverlap)
                .OrderByDescending(again => again.Box.Overlap(face.Box))
                .Cast<SeenBox?>()
                .FirstOrDefault();
            if (better is null)
                return null;
        }
        return better;
    }
}
