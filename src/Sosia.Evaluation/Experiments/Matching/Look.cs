using System.Numerics;
using Sosia.Faces;
using Sosia.Photos;

namespace Sosia.Evaluation.Experiments.Matching;

/// <summary>What of a picture can be told without knowing who is in it.</summary>
public enum Trait
{
    /// <summary>Mean red, green and blue of the background.</summary>
    BackgroundColour,

    /// <summary>Mean luminance of the picture.</summary>
    Brightness,

    /// <summary>The middle of the face, in widths and heights of the picture.</summary>
    FacePosition,

    /// <summary>The gender that a small network guesses from the face: the same or the other.</summary>
    Gender,

    /// <summary>The age that a small network guesses from the face, in years.</summary>
    Age,
}

/// <summary>The traits of one picture; not a number where there is no face to tell them by.</summary>
internal readonly record struct Look(Vector3 Background, float Brightness, Vector2 FaceAt, FaceGuess Guess)
{
    /// <summary>Of a picture that can't be read.</summary>
    public static Look Unknown { get; } = new(new Vector3(float.NaN), float.NaN, new Vector2(float.NaN), FaceGuess.None);

    public static Look Of(Photo photo, Box? face, FaceGuess guess)
    {
        var (background, light) = (Vector3.Zero, 0.0);
        var outside = 0;
        var pixels = photo.Pixels;
        for (var y = 0; y < photo.Height; y++)
        for (var x = 0; x < photo.Width; x++)
        {
            var at = (y * photo.Width + x) * Photo.Channels;
            var colour = new Vector3(pixels[at], pixels[at + 1], pixels[at + 2]);
            light += Vector3.Dot(colour, new Vector3(0.299f, 0.587f, 0.114f));
            if (face is not { } box || Regions.Of(box, x + 0.5f, y + 0.5f) != Region.Background)
                continue;
            background += colour;
            outside++;
        }
        return new Look(
            outside == 0 ? new Vector3(float.NaN) : background / outside,
            (float)(light / (photo.Width * photo.Height)),
            face is { } found ? found.Centre / new Vector2(photo.Width, photo.Height) : new Vector2(float.NaN),
            guess
        );
    }

    /// <summary>How far two pictures differ in a trait; not a number where one hasn't got it.</summary>
    public static float Difference(Look one, Look other, Trait trait) =>
        trait switch
        {
            Trait.BackgroundColour => Vector3.Distance(one.Background, other.Background),
            Trait.Brightness => Math.Abs(one.Brightness - other.Brightness),
            Trait.FacePosition => Vector2.Distance(one.FaceAt, other.FaceAt),
            Trait.Gender => Math.Abs(one.Guess.Male - other.Guess.Male),
            _ => Math.Abs(one.Guess.Age - other.Guess.Age),
        };
}
