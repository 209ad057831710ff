using Sosia.Catalogue;
using Sosia.Copies;

namespace Sosia.Tests.Copies;

public class CopyGroupsTests
{
    [Fact]
    public void Whatever_a_chain_of_pairs_joins_is_one_group() =>
        Assert.Equal(
            [
                [1, 3, 5, 9],
                [2, 4],
            ],
            Groups((5, 3), (9, 5), (2, 4), (1, 9), (3, 1))
        );

    [Fact]
    public void A_photo_paired_with_itself_is_a_group_of_one() =>
        Assert.Equal(
            [
                [7],
            ],
            Groups((7, 7))
        );

    [Fact]
    public void No_pairs_make_no_group() => Assert.Empty(Groups());

    private static long[][] Groups(params (long, long)[] pairs) =>
        [
            .. CopyGroups
                .Of(pairs.Select(pair => (new PhotoId(pair.Item1), new PhotoId(pair.Item2))))
                .Select(group => group.Select(photo => photo.Value).ToArray()),
        ];
}
