namespace Sosia.Training.Data;

/// <summary>Which images are learned, and which are only asked about.</summary>
/// <param name="Learned">Row numbers, rising.</param>
/// <param name="Checked">Row numbers of people's other photos, rising; empty without validation.</param>
/// <param name="KeptWhole">People who would have had no image to learn from; all of theirs are learned.</param>
internal sealed record ValidationSplit(IReadOnlyList<int> Learned, IReadOnlyList<int> Checked, int KeptWhole)
{
    /// <summary>Draws a share of every person's images.</summary>
    /// <param name="labels">Class number of each row.</param>
    /// <param name="share">From 0 to less than 1. Of n images, share × n are drawn; what is left of a whole number is drawn by
    /// lot.</param>
    /// <param name="seed">The same seed draws the same images.</param>
    public static ValidationSplit Of(IReadOnlyList<int> labels, double share, int seed)
    {
        var random = new Random(seed);
        var (drawn, keptWhole) = (new HashSet<int>(), 0);
        foreach (var person in Enumerable.Range(0, labels.Count).GroupBy(row => labels[row]).OrderBy(person => person.Key))
        {
            var rows = person.ToArray();
            random.Shuffle(rows);
            var count = (int)Math.Floor(share * rows.Length + random.NextDouble());
            if (count < rows.Length)
                drawn.UnionWith(rows.Take(count));
            else
                keptWhole++;
        }
        int[] all = [.. Enumerable.Range(0, labels.Count)];
        return new ValidationSplit([.. all.Where(row => !drawn.Contains(row))], [.. all.Where(drawn.Contains)], keptWhole);
    }
}
