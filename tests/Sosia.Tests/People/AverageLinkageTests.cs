using System.Numerics.Tensors;
using Sosia.People.Groups;

namespace Sosia.Tests.People;

/// <summary>Groups by average linkage are those of the definition, and keep to what is certain.</summary>
public class AverageLinkageTests
{
    private const float Threshold = 0.3f;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Groups_are_those_that_comparing_all_pairs_of_groups_gives(int seed)
    {
        var rows = Rows(seed, people: 8, photos: 9);
        var expected = ByDefinition(rows, Threshold);
        Assert.InRange(expected.Length, 2, rows.Length - 1);
        Assert.Equal(expected, Group(rows, Free(rows.Length)));
    }

    [Fact]
    public void Two_faces_of_one_photo_are_two_people_however_alike_they_are_grouped()
    {
        float[][] rows =
        [
            [1, 0],
            [0.9f, 0.436f],
            [1, 0],
            [0.9f, 0.436f],
        ];
        var rules = new JoinRules([1, 1, 2, 2], (_, _) => false);
        Assert.Equal(
            [
                [0, 2],
                [1, 3],
            ],
            Group(rows, rules)
        );
        Assert.Equal(
            [
                [0, 1, 2, 3],
            ],
            Group(rows, new JoinRules([1, 1, 2, 2], (_, _) => true))
        ); // a mirror in each
        Assert.Equal(
            [
                [0, 1, 2, 3],
            ],
            Group(rows, Free(4))
        );
    }

    [Fact]
    public void What_was_said_binds()
    {
        float[][] rows =
        [
            [1, 0],
            [0, 1],
            [1, 0],
            [0, 1],
            [0.8f, 0.6f],
        ];
        var rules = Free(5);
        rules.Is(7, [0, 1]); // however unlike they are
        rules.Is(8, [2]);
        rules.IsNot(7, 4);
        Assert.Equal(
            [
                [0, 1, 3],
                [2, 4],
            ],
            Group(rows, rules)
        );
    }

    [Fact]
    public void A_few_faces_must_be_more_alike_than_many()
    {
        var alike = new float[][] { [1, 0, 0], [Threshold + 0.05f, MathF.Sqrt(1 - (Threshold + 0.05f) * (Threshold + 0.05f)), 0] };
        Assert.Equal(2, Group(alike, Free(2)).Length);
        float[][] many = [.. Enumerable.Repeat(alike[0], 9), .. Enumerable.Repeat(alike[1], 9)];
        Assert.Single(Group(many, Free(18)));
    }

    [Fact]
    public void Nothing_gives_no_group_and_one_face_gives_one()
    {
        Assert.Empty(Group([], Free(0)));
        Assert.Equal(
            [
                [0],
            ],
            Group(
                [
                    [1, 0],
                ],
                Free(1)
            )
        );
    }

    private static int[][] Group(float[][] rows, JoinRules rules)
    {
        var edges =
            from one in Enumerable.Range(0, rows.Length)
            from other in Enumerable.Range(0, one)
            where TensorPrimitives.Dot<float>(rows[one], rows[other]) >= Threshold
            select (one, other);
        return AverageLinkage.Group([.. rows.Select(row => (float[])row.Clone())], [.. edges], rules, Threshold);
    }

    private static JoinRules Free(int count) => new([.. Enumerable.Range(1, count).Select(photo => (long)photo)], (_, _) => false);

    /// <summary>Joins the two most alike of all pairs of groups, again and again, each mean taken over all pairs of rows.</summary>
    private static int[][] ByDefinition(float[][] rows, float threshold)
    {
        var groups = Enumerable.Range(0, rows.Length).Select(row => new List<int> { row }).ToList();
        while (true)
        {
            var (best, one, other) = (double.NegativeInfinity, 0, 0);
            for (var i = 0; i < groups.Count; i++)
            for (var j = i + 1; j < groups.Count; j++)
            {
                var pairs = groups[i].SelectMany(_ => groups[j], (a, b) => (double)TensorPrimitives.Dot<float>(rows[a], rows[b])).ToArray();
                var likeness = pairs.Average() - AverageLinkage.MarginOfOnePair / Math.Sqrt(pairs.Length);
                if (likeness > best)
                    (best, one, other) = (likeness, i, j);
            }
            if (best < threshold)
                return [.. groups.Select(group => group.Order().ToArray()).OrderBy(group => group[0])];
            groups[one].AddRange(groups[other]);
            groups.RemoveAt(other);
        }
    }

    private static float[][] Rows(int seed, int people, int photos)
    {
        var random = new Random(seed);
        var rows = new List<float[]>();
        for (var person = 0; person < people; person++)
        {
            var centre = Draw(random, 1);
            for (var photo = 0; photo < photos; photo++)
            {
                var row = Draw(random, 1.1f);
                TensorPrimitives.Add(row, centre, row);
                TensorPrimitives.Divide(row, TensorPrimitives.Norm<float>(row), row);
                rows.Add(row);
            }
        }
        return [.. rows];
    }

    private static float[] Draw(Random random, float scale) =>
        [.. Enumerable.Range(0, 24).Select(_ => scale * (random.NextSingle() - 0.5f))];
}
