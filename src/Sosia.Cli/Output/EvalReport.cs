using Sosia.Evaluation;
using Sosia.Evaluation.Measures;

namespace Sosia.Cli.Output;

internal sealed record VerificationJson(double Accuracy, double Std, int Pairs);

internal sealed record SixImageJson(int Queries, double RecallAt20, double AllFive, double Top1, double Map);

internal sealed record ReferencesJson(int References, int Queries, double RecallAt20);

internal sealed record GroupScoresJson(int Groups, double PairwiseF, double BcubedF);

internal sealed record GroupingFiguresJson(double Threshold, GroupScoresJson OtherHalf, GroupScoresJson All, GroupScoresJson AtDefault);

internal sealed record RetrievalJson(int Queries, double Map, double Rank1, double RPrecision);

internal sealed record OpenSetJson(int Gallery, int Genuine, int Impostors, double DirAtFar1, double DirAtFar01);

internal sealed record HubnessJson(int K, double Skewness, int MaxOccurrence);

internal sealed record ThroughputJson(double PhotosPerSecond, double InferencePhotosPerSecond, double Ratio);

internal sealed record RowsJson(string Space, long Embedded, long Kept, int WithoutFace, DateTimeOffset? SpeedMeasured, long? SpeedPhotos);

internal sealed record HeldOutJson(
    string Rule,
    double FalseMatchRate,
    double StatedOverMeasured,
    double Least,
    double Most,
    double WithinTwo
);

internal sealed record EvalJson(
    int Images,
    int People,
    int PeopleWithTwoOrMore,
    VerificationJson? Verification,
    SixImageJson? SixImage,
    SixImageJson? SixImageExpanded,
    RetrievalJson Retrieval,
    RetrievalJson RetrievalExpanded,
    OpenSetJson? OpenSet,
    HubnessJson Hubness,
    ThroughputJson? Throughput,
    double? PeakMemoryMb,
    RowsJson Rows,
    IReadOnlyList<HeldOutJson> CalibrationHeldOut
)
{
    public IReadOnlyList<ReferencesJson>? SixImageReferences { get; init; }
    public required GroupingFiguresJson Grouping { get; init; }
}

/// <summary>What an evaluation found, for people and for programs.</summary>
internal static class EvalReport
{
    public static void Print(EvaluationResult result)
    {
        var rows = result.Folder.Rows;
        Line(
            "images",
            $"{rows.Count:N0} of {Text.Count(result.People, "person", "people")}, {result.PeopleWithTwoOrMore:N0} with two or more; "
                + $"{result.Folder.WithoutFace:N0} without a usable face"
        );
        if (result.Verification is { } pairs)
            Line("verification", $"{pairs.Accuracy:P2} ± {pairs.Std:P2} of {pairs.Pairs:N0} pairs");
        Print("six-image protocol", result.SixImage);
        Print("  with expansion", result.SixImageExpanded);
        foreach (var several in result.SixImageReferences ?? [])
            Line($"  {several.References} references", $"recall@20 {several.RecallAt20:P2} ({several.Queries:N0} queries)");
        Print("grouping", result.Grouping);
        Line(
            "everyone's images",
            $"mAP {result.Retrieval.Map:P2}, rank-1 {result.Retrieval.Rank1:P2}, R-precision {result.Retrieval.RPrecision:P2} "
                + $"({result.Retrieval.Queries:N0} queries)"
        );
        Line(
            "  with expansion",
            $"mAP {result.RetrievalExpanded.Map:P2}, rank-1 {result.RetrievalExpanded.Rank1:P2}, R-precision "
                + $"{result.RetrievalExpanded.RPrecision:P2}"
        );
        if (result.OpenSet is { } open)
            Line(
                "open set",
                $"DIR {open.DirAtFar1:P2} at FAR 1%, {open.DirAtFar01:P2} at FAR 0.1% ({open.Gallery:N0} enrolled, {open.Impostors:N0} "
                    + "impostors)"
            );
        Line(
            "hubness",
            $"skewness {result.Hubness.Skewness:F2} of the counts in {result.Hubness.K} neighbours; the largest is "
                + $"{result.Hubness.MaxOccurrence:N0}"
        );
        foreach (var check in result.HeldOut)
            Line(
                $"FMR {check.Rate:0.####} {check.Rule}".ToLowerInvariant(),
                $"stated ÷ measured on people unseen {check.StatedOverMeasured:F2}, in 9 of 10 draws {check.Least:F2} to {check.Most:F2}"
            );
        if (result.Folder.Figures is { } speed)
            Line(
                "speed",
                $"{speed.Throughput.PhotosPerSecond:F1} photos/s, the networks alone {speed.Throughput.InferencePhotosPerSecond:F1}: "
                    + $"ratio {speed.Throughput.Ratio:F2}; peak memory {speed.PeakMemoryMb:F0} MB"
                    + (result.Folder.Embedded == 0 ? $" (of the run that embedded them, {speed.Measured:yyyy-MM-dd HH:mm} UTC)" : "")
            );
    }

    public static EvalJson ToJson(EvaluationResult result)
    {
        var folder = result.Folder;
        return new EvalJson(
            folder.Rows.Count,
            result.People,
            result.PeopleWithTwoOrMore,
            result.Verification is { } pairs ? new VerificationJson(pairs.Accuracy, pairs.Std, pairs.Pairs) : null,
            SixImage(result.SixImage),
            SixImage(result.SixImageExpanded),
            Of(result.Retrieval),
            Of(result.RetrievalExpanded),
            result.OpenSet is { } open
                ? new OpenSetJson(open.Gallery, open.Genuine, open.Impostors, open.DirAtFar1, open.DirAtFar01)
                : null,
            new HubnessJson(result.Hubness.K, result.Hubness.Skewness, result.Hubness.MaxOccurrence),
            folder.Figures?.Throughput is { } speed
                ? new ThroughputJson(speed.PhotosPerSecond, speed.InferencePhotosPerSecond, speed.Ratio)
                : null,
            folder.Figures?.PeakMemoryMb,
            new RowsJson(
                folder.SpaceKey,
                folder.Embedded,
                folder.Rows.Count - folder.Embedded,
                folder.WithoutFace,
                folder.Figures?.Measured,
                folder.Figures?.Photos
            ),
            [
                .. result.HeldOut.Select(check => new HeldOutJson(
                    check.Rule.ToString().ToLowerInvariant(),
                    check.Rate,
                    check.StatedOverMeasured,
                    check.Least,
                    check.Most,
                    check.WithinTwo
                )),
            ]
        )
        {
            SixImageReferences = result
                .SixImageReferences?.Select(several => new ReferencesJson(several.References, several.Queries, several.RecallAt20))
                .ToArray(),
            Grouping = new GroupingFiguresJson(
                result.Grouping.Threshold,
                Of(result.Grouping.OtherHalf),
                Of(result.Grouping.All),
                Of(result.Grouping.AtDefault)
            ),
        };
    }

    private static void Print(string name, Grouping grouping)
    {
        var all = grouping.AtDefault;
        var half = grouping.OtherHalf;
        Line(
            name,
            $"pairwise F {all.PairwiseF:F4}, BCubed F {all.BCubedF:F4} ({all.Groups:N0} groups); the threshold chosen on half of the "
                + $"people, {grouping.Threshold:F2}, on the other half {half.PairwiseF:F4} and {half.BCubedF:F4}"
        );
    }

    private static GroupScoresJson Of(GroupScores scores) => new(scores.Groups, scores.PairwiseF, scores.BCubedF);

    private static void Print(string name, Retrieval? six)
    {
        if (six is not null)
            Line(
                name,
                $"recall@20 {six.RecallAt20:P2}, all five {six.AllFound:P2}, top-1 {six.Rank1:P2}, mAP {six.Map:P2} ({six.Queries:N0} "
                    + "queries)"
            );
    }

    private static void Line(string name, string figures) => Console.WriteLine($"{name, -22}{figures}");

    private static SixImageJson? SixImage(Retrieval? six) =>
        six is null ? null : new(six.Queries, six.RecallAt20, six.AllFound, six.Rank1, six.Map);

    private static RetrievalJson Of(Retrieval all) => new(all.Queries, all.Map, all.Rank1, all.RPrecision);
}
