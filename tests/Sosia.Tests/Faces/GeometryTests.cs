using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Sosia.Faces;
using Sosia.Photos;

namespace Sosia.Tests.Faces;

/// <summary>What must hold for all boxes, transforms, tiles and turns.</summary>
public class GeometryTests
{
    private static readonly Gen<float> Length = Gen.Choose(-4000, 4000).Select(value => value / 4f);
    private static readonly Gen<float> Side = Gen.Choose(1, 4000).Select(value => value / 4f);
    private static readonly Gen<Vector2> Point = Length.Two().Select(pair => new Vector2(pair.Item1, pair.Item2));
    private static readonly Gen<Box> Boxes =
        from at in Point
        from width in Side
        from height in Side
        select new Box(at.X, at.Y, width, height);

    [Fact]
    public void A_known_similarity_transform_is_recovered() =>
        Prop.ForAll(
                (
                    from angle in Gen.Choose(-314, 314)
                    from scale in Gen.Choose(5, 500)
                    from move in Point
                    from points in Point.ArrayOf(5)
                    select (angle / 100f, scale / 100f, move, points)
                ).ToArbitrary(),
                given =>
                {
                    var (angle, scale, move, points) = given;
                    if (points.Distinct().Count() < 3)
                        return;
                    var truth = Matrix3x2.CreateRotation(angle) * Matrix3x2.CreateScale(scale) * Matrix3x2.CreateTranslation(move);
                    Vector2[] moved = [.. points.Select(point => Vector2.Transform(point, truth))];
                    var found = SimilarityTransform.Between(points, moved);
                    var reach = 1 + points.Max(point => point.Length()) * scale + move.Length();
                    Assert.All(
                        points.Zip(moved),
                        pair => Assert.True(Vector2.Distance(Vector2.Transform(pair.First, found), pair.Second) < 1e-4 * reach)
                    );
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_box_is_clipped_to_the_picture_and_what_has_no_area_there_is_none() =>
        Prop.ForAll(
                (
                    from box in Boxes
                    from width in Gen.Choose(1, 500)
                    from height in Gen.Choose(1, 500)
                    select (box, width, height)
                ).ToArbitrary(),
                given =>
                {
                    var (box, width, height) = given;
                    var inside = box.ClipTo(width, height);
                    Assert.Equal(box.Shared(new Box(0, 0, width, height)) > 0, inside is not null);
                    if (inside is not { } part)
                        return;
                    Assert.True(part is { Left: >= 0, Top: >= 0 } && part.Right <= width + 0.001f && part.Bottom <= height + 0.001f);
                    Assert.Equal(box.Shared(new Box(0, 0, width, height)), part.Area, tolerance: 0.01f * part.Area + 0.01f);
                }
            )
            .QuickCheckThrowOnFailure();

    [Theory]
    [
        InlineData(float.NaN, 0, 5, 5),
        InlineData(0, float.NaN, 5, 5),
        InlineData(0, 0, float.NaN, 5),
        InlineData(0, 0, 5, float.PositiveInfinity)
    ]
    [
        InlineData(float.NegativeInfinity, 0, 5, 5),
        InlineData(0, 0, 0, 5),
        InlineData(5, 5, -4, 3),
        InlineData(10, 0, 5, 5),
        InlineData(-5, 0, 5, 5)
    ]
    public void A_box_that_is_none_is_refused(float left, float top, float width, float height) =>
        Assert.Null(new Box(left, top, width, height).ClipTo(10, 10));

    [Fact]
    public void No_nearby_similarity_transform_fits_better() =>
        Prop.ForAll(
                (from points in Point.ArrayOf(5) from targets in Point.ArrayOf(5) select (points, targets)).ToArbitrary(),
                given =>
                {
                    var (points, targets) = given;
                    if (points.Distinct().Count() < 3)
                        return;
                    double Error(Matrix3x2 by) =>
                        points.Zip(targets).Sum(pair => (double)Vector2.DistanceSquared(Vector2.Transform(pair.First, by), pair.Second));
                    var best = SimilarityTransform.Between(points, targets);
                    var error = Error(best);
                    foreach (
                        var change in new[]
                        {
                            Matrix3x2.CreateTranslation(2, 0),
                            Matrix3x2.CreateTranslation(0, -2),
                            Matrix3x2.CreateRotation(0.02f),
                            Matrix3x2.CreateScale(1.02f),
                        }
                    )
                        Assert.True(Error(best * change) > error * (1 - 1e-3) - 1);
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Points_that_do_not_pair_up_are_refused()
    {
        Assert.Throws<ArgumentException>(() => SimilarityTransform.Between([Vector2.One], [Vector2.One]));
        Assert.Throws<ArgumentException>(() => SimilarityTransform.Between([Vector2.One, Vector2.Zero], [Vector2.One]));
        Assert.Equal(Matrix3x2.CreateTranslation(2, 3), SimilarityTransform.Between([Vector2.One, Vector2.One], [new(3, 4), new(3, 4)]));
    }

    [Fact]
    public void Overlap_is_symmetric_whole_with_itself_and_keeps_under_scaling() =>
        Prop.ForAll(
                Boxes.Two().ToArbitrary(),
                pair =>
                {
                    var (one, other) = pair;
                    Assert.Equal(one.Overlap(other), other.Overlap(one), 1e-5);
                    Assert.Equal(1, one.Overlap(one), 1e-5);
                    Assert.InRange(one.Overlap(other), 0, 1.00001f);
                    Assert.Equal(one.Overlap(other), one.Scale(2).Overlap(other.Scale(2)), 1e-4);
                    Assert.True(one.Shared(other) <= Math.Min(one.Area, other.Area) * 1.0001f);
                }
            )
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    public void Turning_by_quarters_and_back_changes_nothing(int quarters)
    {
        var photo = Noise(7, 4);
        var back = QuarterTurn.Turn(QuarterTurn.Turn(photo, quarters), 4 - quarters);
        Assert.Equal(photo.Pixels.ToArray(), back.Pixels.ToArray());
        Assert.Equal((7, 4, 700, 400), (back.Width, back.Height, back.OriginalWidth, back.OriginalHeight));
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    public void What_was_found_in_the_turned_photo_is_where_it_was(int quarters)
    {
        var photo = Noise(70, 40);
        var turned = QuarterTurn.Turn(photo, quarters);
        // The pixel at (12, 5) of the turned photo: its middle, brought back, must be the same pixel.
        var at = new Vector2(12.5f, 5.5f);
        var found = new DetectedFace(new Box(12, 5, 3, 2), 1, new Landmarks(at, at, at, at, at));

        var back = QuarterTurn.Back(found, photo, quarters);

        Assert.Equal(Pixel(turned, 12, 5), Pixel(photo, (int)back.Landmarks.Nose.X, (int)back.Landmarks.Nose.Y));
        Assert.Equal(quarters == 2 ? (3, 2) : (2, 3), (back.Box.Width, back.Box.Height));
        Assert.True(
            back.Box.Left <= back.Landmarks.Nose.X
                && back.Landmarks.Nose.X <= back.Box.Right
                && back.Box.Top <= back.Landmarks.Nose.Y
                && back.Landmarks.Nose.Y <= back.Box.Bottom
        );
    }

    [Fact]
    public void The_largest_face_in_the_middle_is_meant()
    {
        Assert.Equal(-1, FaceChoice.Principal([], 100, 100));
        Assert.Equal(1, FaceChoice.Principal([new(0, 0, 10, 10), new(40, 40, 20, 20)], 100, 100));
        Assert.Equal(0, FaceChoice.Principal([new(400, 300, 200, 200), new(0, 0, 210, 210)], 1000, 800));
        Assert.Equal(1, FaceChoice.Principal([new(45, 45, 5, 5), new(20, 20, 60, 60)], 100, 100));
    }

    private static Photo Noise(int width, int height)
    {
        var pixels = new byte[width * height * 3];
        new Random(3).NextBytes(pixels);
        return new Photo(width, height, pixels, 100 * width, 100 * height);
    }

    private static (byte, byte, byte) Pixel(Photo photo, int x, int y)
    {
        var at = (y * photo.Width + x) * 3;
        return (photo.Pixels[at], photo.Pixels[at + 1], photo.Pixels[at + 2]);
    }
}
