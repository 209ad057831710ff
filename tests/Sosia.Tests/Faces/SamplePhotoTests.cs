using System.Numerics;
using NetVips;
using Sosia.Faces;
using Sosia.Photos;
using Sosia.Pipeline;
using Sosia.Tests.Photos;

namespace Sosia.Tests.Faces;

/// <summary>The 22 faces of the six sample photos, checked by eye once: found, where they are, at any size, and nothing else.</summary>
[Slow]
public class SamplePhotoTests
{
    /// <summary>Middle of the box and its size, in pixels.</summary>
    private static readonly (int X, int Y, int Width, int Height)[][] Faces =
    [
        [(508, 472, 190, 233), (937, 541, 190, 227), (1573, 318, 220, 247)],
        [(451, 270, 155, 294), (965, 335, 155, 205), (1541, 275, 192, 219)],
        [(690, 468, 202, 278), (1189, 348, 222, 310), (1595, 431, 184, 274)],
        [(344, 317, 146, 250), (760, 188, 184, 247), (1077, 303, 176, 253), (1345, 280, 149, 275)],
        [(466, 1015, 198, 319), (689, 549, 166, 262), (865, 220, 168, 231), (1204, 310, 177, 219), (1506, 540, 182, 321)],
        [(361, 619, 223, 277), (754, 476, 172, 293), (1269, 447, 199, 245), (1580, 408, 213, 323)],
    ];

    public static TheoryData<int> Samples => [1, 2, 3, 4, 5, 6];

    [Theory, MemberData(nameof(Samples))]
    public void Every_face_is_found_where_it_is_and_nothing_else_is(int sample)
    {
        using var photo = MadePictures.Sample(sample);
        AreFound(Faces[sample - 1], RealNetworks.Detect(MadePictures.ToPhoto(photo)), scale: 1);
    }

    [Theory]
    [InlineData(3, 2.0), InlineData(4, 0.5), InlineData(5, 0.25)]
    public void The_same_faces_are_found_in_the_photo_made_larger_or_smaller(int sample, double scale)
    {
        using var photo = MadePictures.Sample(sample);
        using var other = photo.Resize(scale);
        AreFound(Faces[sample - 1], RealNetworks.Detect(MadePictures.ToPhoto(other)), scale);
    }

    [Fact]
    public void Faces_of_about_20_pixels_are_found_in_a_large_photo_by_looking_thoroughly()
    {
        using var finder = RealNetworks.FinderWith(DetectorOptions.Thorough);
        using var photo = MadePictures.Sample(6);
        using var small = photo.Resize(0.105); // faces 18 to 23 pixels wide
        using var canvas = small.Gravity(
            Enums.CompassDirection.Centre,
            1600,
            1200,
            extend: Enums.Extend.Background,
            background: [90, 110, 100]
        );

        var found = finder.Detect(MadePictures.ToPhoto(canvas));

        var corner = new Vector2((1600 - small.Width) / 2f, (1200 - small.Height) / 2f);
        Assert.Equal(4, found.Count);
        Assert.All(
            Faces[5],
            face => Assert.Contains(found, box => Vector2.Distance(box.Box.Centre - corner, new Vector2(face.X, face.Y) * 0.105f) < 8)
        );
    }

    [Theory]
    [InlineData(0.95f), InlineData(1.1f)]
    public void A_face_that_fills_the_frame_is_found(float share)
    {
        foreach (var (sample, face) in new[] { (1, 0), (3, 0), (3, 1), (5, 1), (6, 0), (6, 3) })
        {
            var (x, y, width, height) = Faces[sample - 1][face];
            using var close = MadePictures.Cut(
                sample,
                (int)(x - share * width / 2),
                (int)(y - share * height / 2),
                (int)(share * width),
                (int)(share * height)
            );
            Assert.NotEmpty(RealNetworks.Detect(MadePictures.ToPhoto(close)));
        }
    }

    [Theory]
    [InlineData("left"), InlineData("right"), InlineData("top"), InlineData("bottom")]
    public void A_face_cut_by_the_edge_is_found(string edge)
    {
        foreach (var (sample, face) in new[] { (3, 0), (3, 1), (6, 0), (6, 3) })
        {
            var (x, y, width, height) = Faces[sample - 1][face];
            var (left, top, right, bottom) = (x - width, y - height, x + width, y + height);
            if (edge == "left")
                left = x - width / 4;
            if (edge == "right")
                right = x + width / 4;
            if (edge == "top")
                top = y - height / 4;
            if (edge == "bottom")
                bottom = y + height / 3;
            (left, top) = (Math.Max(0, left), Math.Max(0, top));
            using var cut = MadePictures.Cut(sample, left, top, Math.Min(right, 1919) - left, bottom - top);

            var centre = new Vector2(x - left, y - top);
            Assert.Contains(
                RealNetworks.Detect(MadePictures.ToPhoto(cut)),
                found => Vector2.Distance(found.Box.Centre, centre) < width / 2f
            );
        }
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    public void A_face_that_lies_on_its_side_or_stands_on_its_head_in_the_query_is_found_and_known(int quarters)
    {
        foreach (var (sample, x, y) in new[] { (1, 508, 472), (3, 1189, 348), (4, 1077, 303), (5, 865, 220), (6, 1580, 408) })
        {
            using var cut = MadePictures.Cut(sample, x - 120, y - 160, 240, 320);
            var upright = MadePictures.ToPhoto(cut);
            var turned = QuarterTurn.Turn(upright, quarters);
            var known = Middle(upright);
            Assert.Equal(known, RealNetworks.Pipeline.Upright(PhotoSource.Of(upright), known)); // what stands upright stays as it is

            var face = RealNetworks.Pipeline.Upright(PhotoSource.Of(turned), Middle(turned));

            Assert.True(
                RealNetworks.Cosine(face, known) > 0.4, // two people reach that once in many thousand times
                $"sample {sample} at {x}, {y}: cosine {RealNetworks.Cosine(face, known):F3}"
            );
        }

        static ReadFace Middle(Photo photo) =>
            RealNetworks.Read(photo).MinBy(face => Vector2.Distance(face.Face.Box.Centre, new Vector2(photo.Width, photo.Height) / 2))!;
    }

    [Fact]
    public void No_face_is_seen_in_pictures_without_one()
    {
        using var soft = MadePictures.Soft(800, 600);
        using var noise = Image.Gaussnoise(640, 480, sigma: 50, mean: 120, seed: 1).Cast(Enums.BandFormat.Uchar);
        using var coloured = noise.Bandjoin(noise, noise);
        using var stairs = MadePictures.Cut(5, 0, 0, 420, 760); // railings and steps
        using var cloth = MadePictures.Cut(6, 900, 800, 560, 700); // stripes and hands

        foreach (var picture in new[] { soft, coloured, stairs, cloth })
            Assert.Empty(RealNetworks.Detect(MadePictures.ToPhoto(picture)));
    }

    private static void AreFound((int X, int Y, int Width, int Height)[] faces, IReadOnlyList<DetectedFace> found, double scale)
    {
        Assert.Equal(faces.Length, found.Count);
        Assert.All(
            faces,
            face =>
            {
                var truth = new Box(face.X - face.Width / 2f, face.Y - face.Height / 2f, face.Width, face.Height).Scale((float)scale);
                var box = found.MaxBy(other => other.Box.Overlap(truth))!;
                Assert.True(box.Box.Overlap(truth) > 0.6, $"Expected a face at {truth}, got {box.Box}.");
                Assert.InRange(box.Confidence, 0.7f, 1f);
                Assert.True(box.Landmarks.LeftEye.X < box.Landmarks.RightEye.X || face.Y == 318, "The left eye is on the left.");
            }
        );
    }
}
