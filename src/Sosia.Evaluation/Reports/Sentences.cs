using System.Net;

namespace Sosia.Evaluation.Reports;

/// <summary>Every figure of an evaluation with the sentence that says what it means. The sentences hold HTML.</summary>
internal static class Sentences
{
    public static IEnumerable<(string Measure, string Figure, string Meaning)> Of(EvaluationResult result)
    {
        if (result.Verification is { } pairs)
            yield return (
                "Verification",
                $"{pairs.Accuracy:P2} ± {pairs.Std:P2}",
                $"So many of {pairs.Pairs:N0} pairs are rightly called one person or two, each fold by the threshold that was best on "
                    + "the others."
            );
        foreach (
            var (name, six) in new[] { ("Six-image protocol", result.SixImage), ("Six-image protocol, expanded", result.SixImageExpanded) }
        )
        {
            if (six is null)
                continue;
            yield return (
                $"{name}: recall",
                $"{six.RecallAt20:P2}",
                "Of the five other images of a person with exactly six, so many are among the 20 first ones, the query included "
                    + $"({six.Queries:N0} queries against all images); all five are there for {six.AllFound:P2} of the queries, and the "
                    + $"very first is right for {six.Rank1:P2}."
            );
            yield return ($"{name}: mAP", $"{six.Map:P2}", "Mean average precision: 100% when all five come before anybody else.");
        }
        foreach (
            var (name, all) in new[]
            {
                ("Everyone with two or more", result.Retrieval),
                ("Everyone with two or more, expanded", result.RetrievalExpanded),
            }
        )
            yield return (
                $"{name}: mAP",
                $"{all.Map:P2}",
                $"Mean average precision over {all.Queries:N0} queries. The nearest other image is right for {all.Rank1:P2}; of the R "
                    + $"nearest, R being how many there are, {all.RPrecision:P2} are right."
            );
        if (result.OpenSet is { } open)
            yield return (
                "Open set",
                $"{open.DirAtFar1:P2}",
                $"With {open.Gallery:N0} people enrolled by one image each, so many of {open.Genuine:N0} probes of theirs are found and "
                    + $"named at a threshold that lets 1% of {open.Impostors:N0} strangers through; {open.DirAtFar01:P2} where it lets "
                    + "through 0.1%. Mean of ten draws."
            );
        yield return (
            "Hubness",
            $"{result.Hubness.Skewness:F2}",
            $"Skewness of how often an image is among the {result.Hubness.K} nearest of others: 0 is even, above 10 a few images come "
                + $"back for every query. The largest count is {result.Hubness.MaxOccurrence:N0}, of "
                + $"{WebUtility.HtmlEncode(Path.GetFileName(result.Folder.Rows.Files[result.Hubness.Hub]))}."
        );
        foreach (var check in result.HeldOut)
            yield return (
                $"Calibration, {check.Rule.ToString().ToLowerInvariant()} score, at a false match rate of {check.Rate:0.####}",
                $"{check.StatedOverMeasured:F2}",
                Meaning(check)
            );
        if (result.Folder.Figures is { } speed)
        {
            yield return (
                "Speed",
                $"{speed.Throughput.PhotosPerSecond:F1} photos/s",
                $"From file to committed embedding, measured {speed.Measured:yyyy-MM-dd} on {speed.Photos:N0} photos. The three "
                    + $"networks alone run at {speed.Throughput.InferencePhotosPerSecond:F1} photos/s: the whole is "
                    + $"{speed.Throughput.Ratio:F2} of that."
            );
            yield return (
                "Peak memory",
                $"{speed.PeakMemoryMb:F0} MB",
                "The largest resident memory of the process until the last photo was committed."
            );
        }
    }

    private static string Meaning(HeldOutCheck check) =>
        "Stated ÷ measured: the rate stated by half of the people, over the rate measured on the other half, the median of 48 draws; "
        + $"in nine of ten draws it lies between {check.Least:F2} and {check.Most:F2}, and within a factor of 2 in "
        + $"{check.WithinTwo:P0}.";
}
