using System.Net;
using System.Text;
using Sosia.Vectors.Files;

namespace Sosia.Evaluation.Reports;

/// <summary>
/// An evaluation as one self-contained HTML page: plots and pictures inside, nothing loaded from anywhere, every figure from the run.
/// </summary>
public static class EvaluationPage
{
    private const int Side = 150;
    private const int FailuresShown = 200;

    /// <summary>Writes the page, complete or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What was evaluated.</param>
    /// <param name="result">What was found.</param>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    public static void Write(string path, string name, EvaluationResult result)
    {
        var page = Encoding.UTF8.GetBytes(Make(name, result));
        DerivedFile.Write(path, stream => stream.Write(page));
    }

    /// <summary>The page's text.</summary>
    public static string Make(string name, EvaluationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var page = new StringBuilder(
            $$"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Sosia: evaluation</title>
            <style>
            :root { font: 16px/1.45 system-ui, sans-serif; color: #1a1a1a; background: #fff }
            body { max-width: 76rem; margin: 2rem auto; padding: 0 1rem }
            table { border-collapse: collapse; width: 100% }
            td, th { text-align: left; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid #ddd; vertical-align: top }
            td:nth-child(2) { white-space: nowrap; font-variant-numeric: tabular-nums; font-weight: 600 }
            .plots, .failed { display: grid; grid-template-columns: repeat(auto-fill, minmax(26rem, 1fr)); gap: 1.5rem }
            .failed { grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)) }
            figure { margin: 0 } figure svg { width: 100%; height: auto } .pair { display: flex; gap: .3rem }
            .pair img { width: 50%; border-radius: .3rem }
            figcaption { overflow-wrap: anywhere }
            </style></head><body>
            <h1>How well people are found in {{WebUtility.HtmlEncode(Path.GetFileName(Path.TrimEndingDirectorySeparator(name)))}}</h1>
            <p>{{result.Folder.Rows.Count:N0}} images of {{result.People:N0}} people, {{result.PeopleWithTwoOrMore:N0}}
            of them with two or more; in {{result.Folder.WithoutFace:N0}} images no usable face was found.</p>
            <table><tr><th>Measure</th><th>Figure</th><th>What it says</th></tr>
            """
        );
        foreach (var (measure, figure, meaning) in Sentences.Of(result))
            page.Append($"<tr><td>{measure}</td><td>{figure}</td><td>{meaning}</td></tr>\n");
        page.Append("</table>\n<h2>Plots</h2><div class=\"plots\">\n");
        Plot(
            page,
            Plots.Roc(result.Scores, result.ScoresExpanded),
            "ROC over all pairs of images: the share of pairs of one person that are recognised, against the share of pairs of two "
                + "people that are mistaken for one."
        );
        Plot(
            page,
            Plots.Cmc(result.Retrieval, result.RetrievalExpanded),
            "CMC: the share of queries whose person stands among the first r other images."
        );
        Plot(page, Plots.Histogram(result.Scores), "Scores of pairs of one person and of two; the less the two hills overlap, the better.");
        Plot(
            page,
            Plots.FalseMatches(result.Scores, result.ScoresExpanded),
            "The share of pairs of two people that score as high: what a calibration states for a score."
        );
        page.Append(
            $"</div>\n<h2>Failed queries</h2><p>{result.Failed.Count:N0} of {result.Retrieval.Queries:N0} queries have somebody else as "
                + "the nearest other image (left: the query; right: who came first)"
        );
        page.Append(result.Failed.Count > FailuresShown ? $"; the first {FailuresShown:N0} are shown.</p>" : ".</p>")
            .Append("<div class=\"failed\">\n");
        foreach (var failed in result.Failed.Take(FailuresShown))
            Failed(page, failed);
        return page.Append("</div></body></html>\n").ToString();
    }

    private static void Plot(StringBuilder page, string svg, string sentence) =>
        page.Append($"<figure>{svg}<figcaption>{sentence}</figcaption></figure>\n");

    private static void Failed(StringBuilder page, FailedQuery failed)
    {
        page.Append("<figure><div class=\"pair\">");
        Picture(page, failed.Query);
        Picture(page, failed.Nearest);
        page.Append(
            $"</div><figcaption>{WebUtility.HtmlEncode(failed.Person)} → {WebUtility.HtmlEncode(failed.Other)}, score "
                + $"{failed.Score:F3}</figcaption></figure>\n"
        );
    }

    private static void Picture(StringBuilder page, string path)
    {
        if (ReportPicture.Of(path, Side) is { } jpeg)
            page.Append(
                $"<img alt=\"{WebUtility.HtmlEncode(Path.GetFileName(path))}\" "
                    + $"src=\"data:image/jpeg;base64,{Convert.ToBase64String(jpeg)}\">"
            );
    }
}
