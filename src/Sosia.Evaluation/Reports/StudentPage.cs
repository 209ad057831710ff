using System.Globalization;
using System.Net;
using System.Text;
using Sosia.Evaluation.Student;
using Sosia.Vectors.Files;

namespace Sosia.Evaluation.Reports;

/// <summary>The student project's run as one page: what was trained, the drawings of the networks, and all experiments.</summary>
public static class StudentPage
{
    /// <summary>Writes the page, complete or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="directory">Where the run lies.</param>
    /// <param name="result">What it gave.</param>
    /// <param name="drawings">Title and SVG of each.</param>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    public static void Write(string path, string directory, StudentResult result, IReadOnlyList<(string Title, string Svg)> drawings)
    {
        ArgumentNullException.ThrowIfNull(result);
        var before = Training(directory, result) + Drawn(drawings);
        var page = Encoding.UTF8.GetBytes(ExperimentsPage.Make("Labeled Faces in the Wild", result.Experiments, before));
        DerivedFile.Write(path, stream => stream.Write(page));
    }

    private static string Training(string directory, StudentResult result)
    {
        var html = new StringBuilder();
        html.Append(
            CultureInfo.InvariantCulture,
            $"<p>This is the student project, run again on {result.Rows:N0} of its rows, in its order: row 630 is Carmen Electra, row "
                + $"696 Albert Costa. The pictures lie as arrays in <code>arrays</code>, features and products in <code>work</code>.</p>\n"
        );
        html.Append("<h2>The training</h2>");
        if (result.NotTrained is { } why)
        {
            html.Append($"<p>Nothing was trained: {WebUtility.HtmlEncode(why)} All that needs no training follows.</p>\n");
            return html.ToString();
        }
        html.Append(
            CultureInfo.InvariantCulture,
            $"<p>{result.Sample:N0} images of {result.Classes:N0} people were learned. After epoch {result.Training["epoch"]} the "
                + $"training accuracy is {Percent(result.Training["accuracy"])}."
        );
        if (result.Others is { } others)
            html.Append(
                CultureInfo.InvariantCulture,
                $" Of {others.Asked:N0} other photos of the same people the network names the right person for {others.Right:N0} "
                    + $"({100.0 * others.Right / others.Asked:F1}%): it learned its pictures by heart."
            );
        html.Append("</p>\n");
        var plot = Path.Combine(directory, "run", "run.png");
        if (File.Exists(plot))
            html.Append(
                "<figure><img alt=\"Accuracy and loss after each epoch\" "
                    + $"src=\"data:image/png;base64,{Convert.ToBase64String(File.ReadAllBytes(plot))}\" "
                    + "style=\"max-width:100%\"><figcaption>Training accuracy and loss after each epoch.</figcaption></figure>\n"
            );
        return html.ToString();
    }

    private static string Drawn(IReadOnlyList<(string Title, string Svg)> drawings)
    {
        var html = new StringBuilder("<h2>The networks</h2>");
        // As pictures: the style of one drawing would else be that of the whole page.
        foreach (var (title, svg) in drawings)
            html.Append(
                $"<figure><img alt=\"{WebUtility.HtmlEncode(title)}\" "
                    + $"src=\"data:image/svg+xml;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(svg))}\" "
                    + $"style=\"max-width:100%\"><figcaption>{WebUtility.HtmlEncode(title)}.</figcaption></figure>\n"
            );
        return html.ToString();
    }

    private static string Percent(string share) =>
        (double.Parse(share, CultureInfo.InvariantCulture) * 100).ToString("F1", CultureInfo.InvariantCulture) + "%";
}
