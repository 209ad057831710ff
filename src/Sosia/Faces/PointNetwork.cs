using System.Buffers;
using System.Numerics;
using Sosia.Hosting;
using Sosia.Models;
using Sosia.Photos;

namespace Sosia.Faces;

/// <summary>The landmark network: many points of a face in a square crop, of which five are made.</summary>
internal sealed class PointNetwork(OnnxSession session, ModelEntry model) : IDisposable
{
    /// <summary>
    /// Side of the second crop, in distances between the eyes or from eyes to mouth, whichever is longer. Measured on LFW.
    /// </summary>
    private const float SecondPass = 2.8f;

    private readonly Preprocessing _preprocessing = new(model.Input);
    private readonly int[][] _five = model.Output.FivePoints!;

    /// <summary>Names how the points are made.</summary>
    public string Key { get; } = LandmarksKey.Of(model);

    /// <summary>
    /// The five points of a detected face, located twice: in its box, and then in a crop that the first points turn upright and centre.
    /// </summary>
    /// <param name="photo">Source.</param>
    /// <param name="box">The face, in the photo's pixels.</param>
    /// <param name="quarters">Quarters that the face is thought to be turned clockwise: 0 upright.</param>
    /// <param name="cancellation">Cancels both passes.</param>
    public Landmarks Locate(Photo photo, Box box, int quarters, CancellationToken cancellation)
    {
        var height = quarters % 2 == 0 ? box.Height : box.Width;
        var square = new Square(box.Centre, height * model.Input.CropScale, Roll: quarters * MathF.PI / 2);
        return LocateAgain(photo, Locate(photo, square, cancellation), cancellation);
    }

    /// <summary>The points as seen in a square around what was seen before.</summary>
    private Landmarks LocateAgain(Photo photo, Landmarks first, CancellationToken cancellation)
    {
        var eyes = first.RightEye - first.LeftEye;
        var eyesToMouth = Vector2.Distance((first.LeftEye + first.RightEye) / 2, (first.LeftMouth + first.RightMouth) / 2);
        var middle = (first.LeftEye + first.RightEye + first.LeftMouth + first.RightMouth) / 4;
        return Locate(
            photo,
            new Square(middle, SecondPass * Math.Max(eyes.Length(), eyesToMouth), MathF.Atan2(eyes.Y, eyes.X)),
            cancellation
        );
    }

    /// <summary>The five points of the face in a square of the photo.</summary>
    private Landmarks Locate(Photo photo, Square square, CancellationToken cancellation)
    {
        using var _ = Telemetry.Measure("locate");
        var size = model.Input.Width;
        var toPhoto =
            Matrix3x2.CreateTranslation(new Vector2(-size / 2f))
            * Matrix3x2.CreateScale(square.Side / size)
            * Matrix3x2.CreateRotation(square.Roll)
            * Matrix3x2.CreateTranslation(square.Centre);
        var crop = ArrayPool<byte>.Shared.Rent(size * size * Photo.Channels);
        var rented = ArrayPool<float>.Shared.Rent(_preprocessing.Floats + session.FloatsOf(0));
        try
        {
            var pixels = crop.AsSpan(0, size * size * Photo.Channels);
            var input = rented.AsSpan(0, _preprocessing.Floats);
            var points = rented.AsSpan(_preprocessing.Floats, session.FloatsOf(0)); // x, y, x, y, … in parts of the crop's side
            Resampler.Cut(photo, toPhoto, (size, size), pixels, cancellation: cancellation);
            _preprocessing.Fill(pixels, input);
            session.Run(input, 1, points, cancellation: cancellation);
            return new Landmarks(
                Mean(points, _five[0]),
                Mean(points, _five[1]),
                Mean(points, _five[2]),
                Mean(points, _five[3]),
                Mean(points, _five[4])
            ).Transform(Matrix3x2.CreateScale(size) * toPhoto);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(crop);
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    private static Vector2 Mean(ReadOnlySpan<float> points, ReadOnlySpan<int> which)
    {
        var sum = Vector2.Zero;
        foreach (var point in which)
            sum += new Vector2(points[2 * point], points[2 * point + 1]);
        return sum / which.Length;
    }

    public void Dispose() => session.Dispose();

    /// <summary>A square of the photo in which a face is thought to be.</summary>
    /// <param name="Centre">Its middle, in the photo's pixels.</param>
    /// <param name="Side">Its side, in the photo's pixels.</param>
    /// <param name="Roll">The face's turn in the picture, in radians; clockwise is positive.</param>
    private readonly record struct Square(Vector2 Centre, float Side, float Roll);
}
