using FsCheck;
using FsCheck.Fluent;
using Sosia.Faces.UltraLight;

namespace Sosia.Tests.Faces;

public class LevelsTests
{
    private static double First((int Width, int Height) photo) => Math.Min(320.0 / photo.Width, 240.0 / photo.Height);

    [Fact]
    public void The_parts_cover_every_pixel_of_every_level_and_share_enough_for_a_face() =>
        Prop.ForAll(
                (
                    from width in Gen.Choose(1, 9000)
                    from height in Gen.Choose(1, 9000)
                    from smallest in Gen.Choose(8, 200)
                    select (width, height, smallest)
                ).ToArbitrary(),
                given =>
                {
                    var photo = (given.width, given.height);
                    foreach (var level in Levels.Plan(photo, First(photo), given.smallest).GroupBy(tile => tile.Level))
                    {
                        Covers(level.Select(tile => (tile.Left, tile.Size.Width)), level.Key.Width);
                        Covers(level.Select(tile => (tile.Top, tile.Size.Height)), level.Key.Height);
                        Assert.True(level.Key.Width <= given.width && level.Key.Height <= given.height);
                        Assert.All(level, tile => Assert.True(Math.Max(tile.Size.Width, tile.Size.Height) <= 1280));
                    }
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void The_last_level_shows_the_smallest_face_large_enough_or_the_photo_as_it_is() =>
        Prop.ForAll(
                (
                    from width in Gen.Choose(400, 9000)
                    from height in Gen.Choose(400, 9000)
                    from smallest in Gen.Choose(8, 100)
                    select (width, height, smallest)
                ).ToArbitrary(),
                given =>
                {
                    var photo = (given.width, given.height);
                    if (Levels.Plan(photo, First(photo), given.smallest).LastOrDefault() is not { Level.Width: > 0 } last)
                        return;
                    var shown = (double)given.smallest * last.Level.Width / given.width;
                    Assert.True(last.Level.Width == given.width || shown >= Levels.SureSide * 0.97);
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_photo_of_twelve_megapixels_needs_one_more_pass_and_a_small_photo_none()
    {
        Assert.Empty(Levels.Plan((250, 250), First((250, 250)), 20));
        var tile = Assert.Single(Levels.Plan((4000, 3000), First((4000, 3000)), 80));
        Assert.Equal((800, 600), tile.Level);
        Assert.Equal(tile.Level, tile.Size);
    }

    [Fact]
    public void Small_faces_in_a_large_photo_are_looked_for_at_sizes_between_too()
    {
        var levels = Levels.Plan((4000, 3000), First((4000, 3000)), 20).Select(tile => tile.Level.Width).Distinct().ToArray();
        Assert.Equal(2, levels.Length);
        Assert.Equal(3200, levels[^1]);
    }

    private static void Covers(IEnumerable<(int Start, int Length)> parts, int length)
    {
        var ordered = parts.Distinct().Order().ToArray();
        Assert.Equal(0, ordered[0].Start);
        Assert.Equal(length, ordered[^1].Start + ordered[^1].Length);
        for (var i = 1; i < ordered.Length; i++)
            Assert.True(ordered[i].Start <= ordered[i - 1].Start + ordered[i - 1].Length - 127);
    }
}
