using System.Numerics;
using Sosia.Faces;
using Sosia.Faces.Points;
using Sosia.Models;
using Sosia.Models.Packages;
using Sosia.Photos;

namespace Sosia.Tests.Faces.Points;

/// <summary>The real YuNet, on squares of the sample photos, against what OpenCV 4.10's FaceDetectorYN says of the same pixels.</summary>
public class YuNetTests
{
    private const int Side = 640;

    private static readonly DetectorOptions LikeOpenCv = new() { SameFaceOverlap = 0.3f };

    /// <summary>For each face: left, top, width, height, the five points and the confidence; least confidence 0.7, overlap 0.3.</summary>
    private static readonly Dictionary<int, float[][]> Expected = new()
    {
        [1] =
        [
            [
                196.29f,
                271.26f,
                201.55f,
                221.38f,
                230.87f,
                387.98f,
                305.08f,
                364.52f,
                263.93f,
                430.19f,
                265.63f,
                450.12f,
                331.39f,
                429.76f,
                0.9062f,
            ],
        ],
        [2] =
        [
            [
                257.16f,
                77.42f,
                161.57f,
                196.97f,
                300.09f,
                166.71f,
                355.74f,
                162.39f,
                324.62f,
                208.94f,
                307.51f,
                223.43f,
                357.23f,
                220.1f,
                0.8673f,
            ],
        ],
        [3] =
        [
            [
                420.39f,
                25.8f,
                212.69f,
                325.82f,
                470.87f,
                144.75f,
                575.33f,
                161.47f,
                504.43f,
                215.49f,
                462.54f,
                257.72f,
                552.3f,
                272.33f,
                0.9393f,
            ],
            [1.07f, 138.98f, 163.97f, 294.23f, 1.96f, 259.31f, 82.04f, 257.88f, 18.78f, 311.69f, 10.63f, 367.24f, 71.63f, 365.86f, 0.9314f],
        ],
        [5] =
        [
            [
                -3.84f,
                240.76f,
                135.16f,
                232.1f,
                43.12f,
                329.6f,
                112.69f,
                325.93f,
                94.21f,
                373.66f,
                47.89f,
                416.42f,
                107.95f,
                413.17f,
                0.9385f,
            ],
            [
                476.42f,
                13.87f,
                165.05f,
                233.02f,
                510.03f,
                106.94f,
                585.6f,
                104.6f,
                539.86f,
                148.44f,
                518.74f,
                188.17f,
                580.48f,
                186.75f,
                0.9316f,
            ],
            [143.19f, -1.74f, 170.25f, 148.19f, 214.11f, 8.97f, 286.45f, 21.36f, 257.68f, 56.33f, 201.72f, 84.9f, 263.85f, 95.46f, 0.928f],
        ],
    };

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(5)]
    public void Boxes_points_and_confidence_are_those_of_OpenCV(int sample)
    {
        using var finder = Finder(LikeOpenCv);

        var found = finder.Detect(Square(RealFiles.Sample(sample)));

        Assert.Equal(Expected[sample].Length, found.Count);
        foreach (var (expected, face) in Expected[sample].Zip(found))
        {
            Assert.Equal(expected[14], face.Confidence, 0.005f);
            Assert.All(expected[..14].Zip(Numbers(face)), pair => Assert.Equal(pair.First, pair.Second, 0.25f));
        }
    }

    [Fact, Slow]
    public void The_22_faces_of_the_samples_are_found_and_nothing_else()
    {
        using var finder = Finder(new DetectorOptions());
        Assert.Equal(22, Enumerable.Range(1, 6).Sum(number => finder.Detect(RealFiles.Sample(number)).Count));
        using var thorough = Finder(DetectorOptions.Thorough);
        Assert.InRange(Enumerable.Range(1, 6).Sum(number => thorough.Detect(RealFiles.Sample(number)).Count), 22, 23); // one is false
    }

    [Fact]
    public void Points_in_a_box_that_somebody_draws_are_those_of_the_face_there_and_the_usual_ones_where_none_is()
    {
        using var finder = Finder(new DetectorOptions());
        var photo = RealFiles.Sample(3);
        var face = finder.Detect(photo)[0];
        var located = finder.Locate(photo, face.Box.Scale(1)).Landmarks;
        Assert.InRange(Vector2.Distance(located.Nose, face.Landmarks.Nose), 0, face.Box.Width / 20);

        var wall = finder.Locate(photo, new Box(2, 2, 40, 40));
        Assert.InRange(wall.Landmarks.LeftEye.X, 2, wall.Landmarks.RightEye.X);
        Assert.InRange(wall.Landmarks.Nose.Y, wall.Landmarks.LeftEye.Y, wall.Landmarks.LeftMouth.Y);
        Assert.Throws<ArgumentException>(() => finder.Locate(photo, new Box(-50, -50, 10, 10)));
    }

    [Fact]
    public void A_face_that_lies_on_its_side_is_found_and_its_points_turn_with_it()
    {
        using var finder = Finder(new DetectorOptions());
        var photo = RealFiles.Sample(1);
        var upright = finder.Detect(photo)[0];
        var turned = QuarterTurn.Turn(photo, 1);
        var lying = QuarterTurn.Back(upright, photo, 0) with { Box = finder.Detect(turned).MaxBy(face => face.Confidence)!.Box };
        var points = finder.Turned(turned, lying, 1).Landmarks;
        Assert.True(points.RightEye.Y > points.LeftEye.Y); // clockwise: what was right is below
        Assert.True(points.LeftMouth.X < points.LeftEye.X);
    }

    [Fact]
    public void A_network_with_other_inputs_and_outputs_is_refused_in_one_sentence()
    {
        var other = File.ReadAllBytes(RealFiles.Model("ultra-light-320").Path);

        var refused = Assert.Throws<ModelException>(() => DetectorSession.Load(other, Entry));

        Assert.Equal(ModelProblem.DoesNotFit, refused.Problem);
        Assert.Matches(
            "^The model 'yunet' is not a YuNet: it has .*; correct its manifest entry or give the file that belongs to it.$",
            refused.Message
        );
    }

    [Fact]
    public void A_file_that_is_no_network_is_refused_in_one_sentence() =>
        Assert.Equal(
            ModelProblem.NotAModel,
            Assert.Throws<ModelException>(() => DetectorSession.Load(File.ReadAllBytes(Repository.SamplePhotos[0]), Entry)).Problem
        );

    private static ModelEntry Entry => KnownPackages.All.Single(package => package.Name == "yunet").Parts[0][1].Entry;

    private static PointsFinder Finder(DetectorOptions options) =>
        new(DetectorSession.Load(File.ReadAllBytes(RealFiles.Shared("models/yunet-n-640.onnx")), Entry), options);

    private static float[] Numbers(DetectedFace face) =>
        [
            face.Box.Left,
            face.Box.Top,
            face.Box.Width,
            face.Box.Height,
            .. new[]
            {
                face.Landmarks.LeftEye,
                face.Landmarks.RightEye,
                face.Landmarks.Nose,
                face.Landmarks.LeftMouth,
                face.Landmarks.RightMouth,
            }.SelectMany(point => new[] { point.X, point.Y }),
        ];

    /// <summary>A square of the photo's own pixels, so that nothing is resized: in the middle, a quarter of what is left over from the top.</summary>
    private static Photo Square(Photo photo)
    {
        var (left, top) = ((photo.Width - Side) / 2, (photo.Height - Side) / 4);
        var square = new byte[Side * Side * Photo.Channels];
        for (var y = 0; y < Side; y++)
            photo
                .Pixels.Slice(((top + y) * photo.Width + left) * Photo.Channels, Side * Photo.Channels)
                .CopyTo(square.AsSpan(y * Side * Photo.Channels));
        return new Photo(Side, Side, square, Side, Side);
    }
}
