using Sosia.Training.Data;

namespace Sosia.Training.Tests.Data;

public class ValidationSplitTests
{
    /// <summary>People with 1, 2, … 20 images, the images of all mixed.</summary>
    private static readonly int[] Labels =
    [
        .. Enumerable.Range(1, 20).SelectMany(person => Enumerable.Repeat(person - 1, person)).OrderBy(person => person * 7919 % 31),
    ];

    [Fact]
    public void Every_image_is_either_learned_or_checked_and_the_same_seed_draws_the_same()
    {
        var split = ValidationSplit.Of(Labels, 0.2, seed: 5);
        Assert.Equal(Enumerable.Range(0, Labels.Length), split.Learned.Concat(split.Checked).Order());
        Assert.Equal(split.Checked, ValidationSplit.Of(Labels, 0.2, seed: 5).Checked);
        Assert.NotEqual(split.Checked, ValidationSplit.Of(Labels, 0.2, seed: 6).Checked);
    }

    [Fact]
    public void The_share_is_taken_of_every_person_and_not_of_all_images_together()
    {
        var split = ValidationSplit.Of(Labels, 0.3, seed: 1);
        foreach (var person in Labels.Distinct().Where(person => person >= 4))
            Assert.InRange(split.Checked.Count(row => Labels[row] == person), (int)(0.3 * (person + 1)), (int)(0.3 * (person + 1)) + 1);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.99)]
    public void Nobody_is_left_without_an_image_to_learn_and_those_who_would_be_are_counted(double share)
    {
        var split = ValidationSplit.Of(Labels, share, seed: 3);
        var learned = split.Learned.Select(row => Labels[row]).ToHashSet();
        Assert.Equal(20, learned.Count);
        var drawn = split.Checked.Select(row => Labels[row]).ToHashSet();
        Assert.InRange(split.KeptWhole, 0, 20 - drawn.Count);
        if (share == 0.99)
            Assert.True(split.KeptWhole >= 15);
    }

    [Fact]
    public void Without_a_share_all_is_learned()
    {
        var split = ValidationSplit.Of(Labels, 0, seed: 1);
        Assert.Equal(Labels.Length, split.Learned.Count);
        Assert.Empty(split.Checked);
        Assert.Equal(0, split.KeptWhole);
    }
}
