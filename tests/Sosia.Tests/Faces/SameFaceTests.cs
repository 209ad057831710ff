using System.Numerics;
using Sosia.Faces;

namespace Sosia.Tests.Faces;

/// <summary>The same face under another detector's boxes is the same, and two people side by side are not.</summary>
[Slow]
public class SameFaceTests
{
    private static readonly DetectorOptions[] Settings =
    [
        new(),
        new() { SmallestFace = 60, TryHarder = false },
        new()
        {
            MinConfidence = 0.5f,
            SureConfidence = 1,
            SmallestFace = 30,
        },
    ];

    /// <summary>
    /// How other detectors draw the box of a face, beside ours: around eyes and mouth only, with hair and ears, narrow from hair to chin.
    /// </summary>
    private static readonly (Vector2 Size, Vector2 Shift)[] Conventions =
    [
        (new(1, 1), default),
        (new(0.6f, 0.6f), new(0, 0.05f)),
        (new(1.5f, 1.5f), new(0, -0.1f)),
        (new(0.8f, 1.3f), new(0, -0.1f)),
    ];

    public static TheoryData<int> Samples => [1, 2, 3, 4, 5, 6];

    [Theory, MemberData(nameof(Samples))]
    public void Faces_are_told_apart_and_found_again_whatever_settings_and_boxes(int sample)
    {
        var photo = RealFiles.Sample(sample);
        using var stored = RealNetworks.FinderWith(Settings[0]);
        var known = stored.Detect(photo);
        Assert.NotEmpty(known);
        foreach (var settings in Settings)
        {
            using var other = RealNetworks.FinderWith(settings);
            var found = other.Detect(photo);
            Assert.All(known, one => Assert.Contains(found, face => AreSame(one, face)));
            foreach (var (one, face) in known.SelectMany(one => found.Select(face => (one, face))))
            foreach (var convention in Conventions)
            {
                var box = Draw(face.Box, convention);
                Assert.True(SameFace.Is(one.Box, box, face.Landmarks) == AreSame(one, face), $"{one.Box} and {box}");
            }
        }
    }

    [Fact]
    public void Faces_cheek_to_cheek_and_a_child_before_its_parent_are_of_two_people()
    {
        var left = Face(new Box(100, 100, 100, 130));
        foreach (
            var box in new[]
            {
                new Box(180, 110, 100, 130),
                new Box(60, 170, 60, 70),
                new Box(105, 200, 90, 120),
                new Box(190, 90, 300, 390),
            }
        )
        {
            Assert.False(SameFace.Is(left.Box, box, Face(box).Landmarks));
            Assert.False(SameFace.Is(box, left.Box, left.Landmarks));
        }
    }

    /// <summary>By the points alone: the eyes of one face are nearer to each other's than half the distance between them.</summary>
    private static bool AreSame(DetectedFace one, DetectedFace other) =>
        Vector2.Distance(one.Landmarks.LeftEye, other.Landmarks.LeftEye)
            + Vector2.Distance(one.Landmarks.RightEye, other.Landmarks.RightEye)
        < Vector2.Distance(one.Landmarks.LeftEye, one.Landmarks.RightEye);

    private static Box Draw(Box box, (Vector2 Size, Vector2 Shift) convention)
    {
        var size = new Vector2(box.Width, box.Height) * convention.Size;
        var corner = box.Centre + new Vector2(box.Width, box.Height) * convention.Shift - size / 2;
        return new Box(corner.X, corner.Y, size.X, size.Y);
    }

    private static DetectedFace Face(Box box)
    {
        Vector2 At(float x, float y) => new(box.Left + x * box.Width, box.Top + y * box.Height);
        return new(box, 1, new Landmarks(At(0.3f, 0.4f), At(0.7f, 0.4f), At(0.5f, 0.6f), At(0.35f, 0.8f), At(0.65f, 0.8f)));
    }
}
