using System.Numerics;
using System.Runtime.InteropServices;
using NetVips;
using Sosia.Faces;
using Sosia.Photos;

namespace Sosia.Bench.LargePhotos;

/// <summary>
/// Makes scenes: a background of noise and shapes, and pictures of one face each (LFW's: 250 pixels, the face 100 pixels wide in the
/// middle) at drawn places and sizes, their edges blended into the background.
/// </summary>
internal sealed class SceneMaker(IReadOnlyList<Photo> pictures, int seed)
{
    private const int PictureSide = 250,
        FaceWidth = 100,
        Feather = 24,
        MostFaces = 14,
        Shapes = 60;

    private static readonly (int Width, int Height)[] Sizes = [(1280, 960), (2048, 1536), (4000, 3000)];

    /// <summary>The scene of a number: always the same for one seed.</summary>
    public Scene Make(int number)
    {
        var random = new Random(seed * 1_000_003 + number);
        var (width, height) = Sizes[number % Sizes.Length];
        var pixels = Backdrop.Draw(random, width, height, Shapes);
        var faces = new List<PlacedFace>();
        for (var tries = 0; tries < 6 * MostFaces && faces.Count < MostFaces; tries++)
        {
            var share = 0.01 * Math.Pow(30, random.NextDouble() * random.NextDouble()); // small ones are more frequent
            var side = (float)Math.Max(20, share * width);
            var pose = random.Next(6) switch
            {
                0 => Pose.Turned,
                1 => Pose.Cut,
                _ => side > FaceWidth ? Pose.Enlarged : Pose.Upright,
            };
            if (Place(random, side, pose, (width, height)) is not { } box || faces.Exists(other => Collide(other.Box, box)))
                continue;
            var angle = pose == Pose.Turned ? (random.NextSingle() * 20 + 10) * (random.Next(2) == 0 ? -1 : 1) : 0;
            Paste(pixels, (width, height), pictures[random.Next(pictures.Count)], box, angle * MathF.PI / 180);
            faces.Add(new PlacedFace(box, box.ClipTo(width, height)!.Value, pose));
        }
        return new Scene(ToJpeg(pixels, width, height, random.Next(75, 96)), width, faces);
    }

    private static Box? Place(Random random, float side, Pose pose, (int Width, int Height) scene)
    {
        var reach = side * PictureSide / FaceWidth / 2;
        if (pose == Pose.Cut)
        {
            var beyond = (0.25f + 0.15f * random.NextSingle()) * side;
            var x = random.Next(2) == 0 ? side / 2 - beyond : scene.Width - side / 2 + beyond;
            return new Box(x - side / 2, random.NextSingle() * (scene.Height - side), side, side);
        }
        if (2 * reach > scene.Width || 2 * reach > scene.Height)
            return null;
        var centre = new Vector2(
            reach + random.NextSingle() * (scene.Width - 2 * reach),
            reach + random.NextSingle() * (scene.Height - 2 * reach)
        );
        return new Box(centre.X - side / 2, centre.Y - side / 2, side, side);
    }

    /// <summary>Pictures do not cover one another's faces.</summary>
    private static bool Collide(Box one, Box other)
    {
        const float Reach = 0.5f * PictureSide / FaceWidth;
        var apart = Vector2.Abs(one.Centre - other.Centre);
        return Math.Max(apart.X, apart.Y) < Reach * (one.Width + other.Width);
    }

    private static void Paste(byte[] pixels, (int Width, int Height) scene, Photo picture, Box face, float angle)
    {
        var scale = face.Width / FaceWidth;
        var side = (int)MathF.Ceiling(PictureSide * scale * 1.3f);
        var toPicture =
            Matrix3x2.CreateTranslation(-side / 2f, -side / 2f)
            * Matrix3x2.CreateScale(1 / scale)
            * Matrix3x2.CreateRotation(angle)
            * Matrix3x2.CreateTranslation(PictureSide / 2f, PictureSide / 2f);
        var patch = new byte[side * side * Photo.Channels];
        Resampler.Cut(picture, toPicture, (side, side), patch);
        var (left, top) = ((int)(face.Centre.X - side / 2f), (int)(face.Centre.Y - side / 2f));
        for (var y = Math.Max(0, -top); y < side && top + y < scene.Height; y++)
        for (var x = Math.Max(0, -left); x < side && left + x < scene.Width; x++)
        {
            var at = Vector2.Transform(new Vector2(x + 0.5f, y + 0.5f), toPicture);
            var inside = Math.Min(Math.Min(at.X, PictureSide - at.X), Math.Min(at.Y, PictureSide - at.Y));
            var share = Math.Clamp(inside / Feather, 0, 1);
            var to = ((top + y) * scene.Width + left + x) * Photo.Channels;
            for (var channel = 0; channel < Photo.Channels; channel++)
                pixels[to + channel] = (byte)(
                    pixels[to + channel] * (1 - share) + patch[(y * side + x) * Photo.Channels + channel] * share + 0.5f
                );
        }
    }

    private static byte[] ToJpeg(byte[] pixels, int width, int height, int quality)
    {
        var held = GCHandle.Alloc(pixels, GCHandleType.Pinned);
        try
        {
            using var image = Image.NewFromMemory(
                held.AddrOfPinnedObject(),
                (ulong)pixels.Length,
                width,
                height,
                Photo.Channels,
                Enums.BandFormat.Uchar
            );
            return image.JpegsaveBuffer(q: quality);
        }
        finally
        {
            held.Free();
        }
    }
}
