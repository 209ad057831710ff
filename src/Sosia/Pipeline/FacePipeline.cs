using System.ComponentModel.DataAnnotations;
using System.Numerics;
using Sosia.Catalogue;
using Sosia.Embeddings;
using Sosia.Faces;
using Sosia.Hosting;
using Sosia.Models;
using Sosia.Photos;

namespace Sosia.Pipeline;

/// <summary>A face with all that was made of it. Lengths in pixels of the decoded photo.</summary>
/// <param name="Face">Box, confidence, landmarks.</param>
/// <param name="Aligned">The crop that the embedding network saw.</param>
/// <param name="Quality">Size, sharpness, pose.</param>
/// <param name="Embedding">Unit length; null when the face is too poor for one.</param>
public sealed record ReadFace(DetectedFace Face, AlignedFace Aligned, FaceQuality Quality, float[]? Embedding);

/// <summary>Which faces are too poor to be recognised.</summary>
public sealed record QualityOptions
{
    /// <summary>Smallest face that gets an embedding, in pixels of the original file (twice the distance between the eyes).</summary>
    [Range(0.0, double.MaxValue, ErrorMessage = "The smallest face that gets an embedding must have 0 pixels or more.")]
    public float SmallestFace { get; init; } = 18;
}

/// <summary>
/// The data's way from a photo to embeddings: detect, align, measure, embed. Safe for as many callers as there are cores.
/// </summary>
internal sealed class FacePipeline(IFaceDetector detector, IFaceEmbedder embedder, QualityOptions options)
{
    /// <summary>
    /// How much more the network must make of a face the other way round. Of 67 faces, upright ones had strengths of 3.1 to 4.4, the same
    /// ones lying 1.4 to 2.9.
    /// </summary>
    private const float ClearlyStronger = 1.1f;

    /// <summary>
    /// How far a face may be enlarged to the size that the embedder takes before it is cut from a photo with more pixels. Measured:
    /// docs/large-photos.md.
    /// </summary>
    private const float MostEnlarged = 1.25f;

    /// <summary>The space of the rows.</summary>
    public SpaceInfo Space { get; } = new(FaceSpace.Key(detector.LandmarksKey, embedder.Key), embedder.Model, embedder.Dimensions);

    /// <summary>How the faces are found.</summary>
    public Provenance FoundBy => detector.Provenance;

    /// <inheritdoc cref="IFaceDetector.SideFor"/>
    public int SideFor(int longestSide) => detector.SideFor(longestSide);

    /// <summary>Cuts faces as the embedder takes them; for those who show aligned faces.</summary>
    public FaceAligner Aligner { get; } = new(embedder.FaceSize, embedder.Template);

    /// <summary>All faces of a photo, most confident first; empty when there is none.</summary>
    /// <param name="source">The photo, of the size that <see cref="SideFor"/> gives or larger.</param>
    /// <param name="cancellation">Cancels the work between stages.</param>
    /// <returns>Lengths in pixels of <see cref="PhotoSource.Photo"/>.</returns>
    public IReadOnlyList<ReadFace> Read(PhotoSource source, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        var found = Detect(source.Photo, cancellation);
        if (found.Length > 0)
            source.Enlarged(found.Max(face => PixelsLacking(face.Landmarks)), cancellation); // once, for the face that needs most
        var faces = Array.ConvertAll(found, face => Align(source, face, cancellation));
        var good = Array.FindAll(faces, IsGood);
        var rows = Embed(good, cancellation);
        var next = 0;
        return Array.ConvertAll(faces, face => IsGood(face) ? face with { Embedding = rows[next++] } : face);
    }

    /// <summary>
    /// A face that may lie on its side or stand on its head, the way it stands upright. The detector sees such a face, but its points come
    /// out as if it were upright; which way it really stands is told by the embedding network. Costs three runs of it, so it is done for
    /// queries only.
    /// </summary>
    public ReadFace Upright(PhotoSource source, ReadFace face, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(face);
        ReadFace[] ways =
        [
            face,
            .. Enumerable
                .Range(1, 3)
                .Select(quarters => Align(source, detector.Turned(source.Photo, face.Face, quarters, cancellation), cancellation)),
        ];
        var strengths = Array.ConvertAll(ways, way => embedder.Strength(way.Aligned, cancellation));
        var best = Array.IndexOf(strengths, strengths.Max());
        return strengths[best] < ClearlyStronger * strengths[0] || !IsGood(ways[best])
            ? face
            : ways[best] with
            {
                Embedding = Embed([ways[best]], cancellation)[0],
            };
    }

    /// <summary>A face where somebody says that one is.</summary>
    /// <param name="source">The photo.</param>
    /// <param name="box">In pixels of <see cref="PhotoSource.Photo"/>; what lies beyond the photo's edge is cut off.</param>
    /// <param name="cancellation">Cancels the work between stages.</param>
    /// <exception cref="ArgumentException">The box has no area in the photo, or is not finite.</exception>
    public ReadFace ReadAt(PhotoSource source, Box box, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        var face = Align(source, detector.Locate(source.Photo, box, cancellation), cancellation);
        return IsGood(face) ? face with { Embedding = Embed([face], cancellation)[0] } : face;
    }

    /// <summary>Embeds aligned faces as they are, however poor.</summary>
    internal float[][] Embed(IReadOnlyList<AlignedFace> faces, CancellationToken cancellation) =>
        Embed([.. faces.Select(face => new ReadFace(null!, face, default, null))], cancellation);

    private DetectedFace[] Detect(Photo photo, CancellationToken cancellation)
    {
        using var _ = Telemetry.Measure("detect");
        return [.. detector.Detect(photo, cancellation)];
    }

    private ReadFace Align(PhotoSource source, DetectedFace face, CancellationToken cancellation)
    {
        using var _ = Telemetry.Measure("align");
        var from = source.Enlarged(PixelsLacking(face.Landmarks), cancellation);
        var points = face.Landmarks.Transform(Matrix3x2.CreateScale((float)from.Width / source.Photo.Width));
        var aligned = Aligner.Align(from, points, cancellation);
        return new ReadFace(face, aligned, QualityMeter.Measure(face.Landmarks, aligned, source.Photo.ToOriginal), null);
    }

    /// <summary>How many times more pixels along each side the embedder would need of a face; 1 or less where there are enough.</summary>
    private float PixelsLacking(Landmarks points) => Aligner.Enlargement(points) / MostEnlarged;

    private float[][] Embed(ReadFace[] faces, CancellationToken cancellation)
    {
        using var _ = Telemetry.Measure("embed");
        var rows = new float[faces.Length * embedder.Dimensions];
        embedder.Embed(Array.ConvertAll(faces, face => face.Aligned), rows, cancellation);
        return [.. rows.Chunk(embedder.Dimensions)];
    }

    /// <summary>All faces of a photo as the catalogue stores them: lengths in pixels of the upright original.</summary>
    /// <param name="source">The photo.</param>
    /// <param name="sha256">SHA-256 of its file.</param>
    /// <param name="drawn">Where somebody says that faces are; one that was found there is taken as it was found.</param>
    /// <param name="cancellation">Cancels the work between stages.</param>
    /// <exception cref="ModelException">A network failed, or gave a zero vector or numbers that are not finite for a face.</exception>
    public NewPhoto ToStored(PhotoSource source, string sha256, IReadOnlyList<Box> drawn, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(drawn);
        var photo = source.Photo;
        var faces = Read(source, cancellation).Select(face => ToStored(face, photo.ToOriginal)).ToList();
        foreach (var box in drawn)
            if (!faces.Exists(face => SameFace.Is(box, face.Box, face.Landmarks)))
                faces.Add(ToStored(source, box, cancellation));
        return faces.TrueForAll(face => face.HasFiniteMeasures)
            ? new NewPhoto(sha256, photo.OriginalWidth, photo.OriginalHeight, faces) { FoundBy = FoundBy }
            : throw new ModelException(
                ModelProblem.DoesNotFit,
                "The networks that find faces gave numbers that are not finite for a face in this photo."
            );
    }

    /// <summary>A face that somebody drew, as the catalogue stores it. It is looked at which way it stands: that may be why it was not
    /// found.</summary>
    /// <param name="source">The photo.</param>
    /// <param name="drawn">In pixels of the upright original.</param>
    /// <param name="cancellation">Cancels the work between stages.</param>
    /// <exception cref="ArgumentException">The box has no area in the photo.</exception>
    public NewFace ToStored(PhotoSource source, Box drawn, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        var toOriginal = source.Photo.ToOriginal;
        var face = ReadAt(source, drawn.Scale(1 / toOriginal), cancellation);
        return ToStored(Upright(source, face, cancellation), toOriginal) with { Box = drawn, IsDrawn = true };
    }

    private static NewFace ToStored(ReadFace face, float toOriginal) =>
        new(
            face.Face.Box.Scale(toOriginal),
            face.Face.Confidence,
            face.Face.Landmarks.Transform(Matrix3x2.CreateScale(toOriginal)),
            face.Quality,
            face.Embedding
        );

    private bool IsGood(ReadFace face) => face.Quality.Size >= options.SmallestFace;
}
